// Keeps the list of answers fresh; touches the page only when something has come.
const list = document.querySelector("[data-answers]")
let shown = list.innerHTML

async function refresh() {
  if (document.hidden) return
  try {
    const response = await fetch(list.dataset.answers)
    const html = response.ok ? await response.text() : shown
    if (html !== shown) {
      list.innerHTML = shown = html
    }
  } catch {
    // The centre restarts; the next round asks again.
  }
}

refresh()
setInterval(refresh, 2000)
document.addEventListener("visibilitychange", refresh)
