// What is larger than the server takes in one go is said before it is sent, while all that was written still stands.
for (const input of document.querySelectorAll("input[type=file][data-max]")) {
  input.addEventListener("change", () => {
    const size = [...input.files].reduce((sum, file) => sum + file.size, 0)
    input.setCustomValidity(size > Number(input.dataset.max) ? input.dataset.tooLarge : "")
    input.reportValidity()
  })
}

// The server does not know the reader's clock; dates keep the form that they have on every page.
const { lang } = document.documentElement
const clock = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "long", timeStyle: "short" })
for (const time of document.querySelectorAll("time[datetime]")) time.textContent = clock.format(new Date(time.dateTime))
