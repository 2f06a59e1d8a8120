// The token stands behind the # of the address, which browsers never send: it goes into the form, and out of the address bar.
const field = document.getElementById('token')
const token = window.location.hash.slice(1)
if (field && token) {
  field.value = token
  window.history.replaceState(null, '', window.location.pathname)
  void check(field.form)
}
const missing = document.getElementById('no-token')
if (missing && field) missing.hidden = field.value !== ''

// A spent link is told before anybody fills the form; whatever else goes wrong is told after it.
async function check(form) {
  try {
    const { status } = await fetch(form.dataset.check, { method: 'POST', body: new FormData(form) })
    form.hidden = status === 404
    document.getElementById('spent').hidden = status !== 404
  } catch {}
}
