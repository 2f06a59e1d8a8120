// The widget comes when the page is done and the browser idle: a reader of an article must not wait for the chat.
const site = document.currentScript.dataset.site

function loadWidget() {
  const script = document.createElement("script")
  script.src = "/widget.js"
  script.async = true
  script.dataset.site = site
  document.body.append(script)
}

const whenIdle = window.requestIdleCallback ?? ((run) => setTimeout(run, 200))
addEventListener("load", () => whenIdle(loadWidget))

// Chatting needs scripts, so it is offered by one. Where the widget is not there, the link leads to the form.
document.documentElement.dataset.canChat = ""

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-chat]")) return
  const launcher = document.querySelector("interaction-center")?.shadowRoot.querySelector("button")
  if (!launcher) return
  event.preventDefault()
  if (launcher.getAttribute("aria-expanded") !== "true") launcher.click()
})
