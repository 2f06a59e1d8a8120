// A link to a person opens the widget's panel; where the widget is not there it stays the link to the mail address.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-chat]")) return
  const launcher = document.querySelector("interaction-center")?.shadowRoot.querySelector("button")
  if (!launcher) return
  event.preventDefault()
  if (launcher.getAttribute("aria-expanded") !== "true") launcher.click()
})
