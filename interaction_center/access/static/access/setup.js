// The token stands behind the # of the address, which browsers never send: it goes into the form, and out of the address bar.
const field = document.getElementById('token')
const token = window.location.hash.slice(1)
if (field && token) {
  field.value = token
  window.history.replaceState(null, '', window.location.pathname)
}
const missing = document.getElementById('no-token')
if (missing && field) missing.hidden = field.value !== ''
