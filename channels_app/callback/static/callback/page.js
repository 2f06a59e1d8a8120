// Times by the reader's own clock: the zone goes along with the form, and can be another one.
// Whoever has signed in to the help pages need not type who they are: their cookie goes there alone, so it is asked there.
const form = document.querySelector("form[data-callback]")
const times = form?.querySelector("[data-times]")
const zones = form?.querySelector("#zones")
const own = Intl.DateTimeFormat().resolvedOptions().timeZone

async function show(zone) {
  const query = new URLSearchParams({ site: form.dataset.site ?? "", zone, lang: document.documentElement.lang, days: "99" })
  const response = await fetch(`/callback/offer?${query}`)
  const offer = response.ok ? await response.json() : {}
  if (!offer.line || zone !== zones.value) return
  const chosen = times.value
  const first = times.querySelector('option[value=""]')
  const soonest = form.querySelector("[data-soonest]")
  if (soonest && offer.soonest) soonest.textContent = offer.soonest
  times.replaceChildren(...(first ? [first] : []), ...offer.days.map(group))
  times.value = chosen
  if (times.selectedIndex < 0) times.selectedIndex = 0
  form.querySelector("[data-clock]").textContent = offer.clock
  form.elements.zone.value = zone
}

function group(day) {
  const options = document.createElement("optgroup")
  options.label = day.words
  options.append(...day.choices.map(({ start, words }) => new Option(words, start)))
  return options
}

async function fillIn() {
  const response = await fetch("/help/requests/me")
  const me = response.ok ? await response.json() : {}
  const { phone, name, email, proof } = form.elements
  if (!me.email || phone.value || name.value || email.value) return
  name.value = me.name
  email.value = me.email
  proof.value = me.proof
}

if (form) fillIn()
if (own && form?.dataset.site) {
  const names = new Set([form.elements.zone.value || own, own, ...Intl.supportedValuesOf("timeZone")])
  zones.append(...[...names].map((name) => new Option(name.replaceAll("_", " "), name)))
  zones.value = form.elements.zone.value || own
  form.querySelector("[data-zones]").hidden = false
  zones.addEventListener("change", () => show(zones.value))
  if (zones.value !== form.dataset.lineZone) show(zones.value)
  else form.elements.zone.value = zones.value
}
