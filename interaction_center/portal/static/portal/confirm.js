// Moves the token from the fragment, which browsers never send, into the form, and out of the address line.
const form = document.querySelector("[data-confirm]")
const token = new URLSearchParams(location.hash.slice(1)).get("t")
if (form && token) {
  form.elements.namedItem("token").value = token
  form.querySelector("[data-paste]").hidden = true
  form.querySelector("[data-ready]").hidden = false
  history.replaceState(null, "", location.pathname)
}
