// Chatting needs scripts, so it is offered by one. Where the widget is not there, the link leads to the form.
for (const choice of document.querySelectorAll("[data-chat-choice]")) choice.hidden = false

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-chat]")) return
  const launcher = document.querySelector("interaction-center")?.shadowRoot.querySelector("button")
  if (!launcher) return
  event.preventDefault()
  if (launcher.getAttribute("aria-expanded") !== "true") launcher.click()
})
