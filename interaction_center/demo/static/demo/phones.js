// Two telephones in the phone network in a box: shown as they are, used by buttons and keys.
const WORDS = {
  en: {
    idle: "Ready",
    dialled: "Ready",
    ringing: "Ringing",
    calling: "Calling",
    talking: "Connected",
    ended: "The call has ended",
    gone: "The phone network does not answer. It is asked again.",
    number: "Write the number with its country code, like +49 1522 8817386.",
    busy: "This telephone can’t do that just now.",
    ours: "This telephone belongs to somebody who works here.",
    copied: "Copied",
    elsewhere: "The centre is calling a telephone that is not shown here. Type its number above to pick it up.",
    customer: "The customer’s telephone is ringing",
    desk: "The agent’s telephone is ringing",
    own: "You",
    person: "Other side",
    digits: "Tones",
    beep: "(beep)",
    play: "(music)",
    error: "(error)",
  },
  de: {
    idle: "Bereit",
    dialled: "Bereit",
    ringing: "Es klingelt",
    calling: "Ruft an",
    talking: "Verbunden",
    ended: "Das Gespräch ist beendet",
    gone: "Das Telefonnetz antwortet nicht. Es wird erneut gefragt.",
    number: "Schreiben Sie die Nummer mit Ländervorwahl, etwa +49 1522 8817386.",
    busy: "Das kann dieses Telefon gerade nicht.",
    ours: "Dieses Telefon gehört jemandem, der hier arbeitet.",
    copied: "Kopiert",
    elsewhere: "Das Center ruft ein Telefon an, das hier nicht gezeigt wird. Geben Sie oben seine Nummer ein, um abzuheben.",
    customer: "Das Telefon des Kunden klingelt",
    desk: "Das Telefon des Agenten klingelt",
    own: "Sie",
    person: "Gegenseite",
    digits: "Töne",
    beep: "(Piepton)",
    play: "(Musik)",
    error: "(Fehler)",
  },
}
const words = WORDS[document.documentElement.lang] ?? WORDS.en
const root = document.querySelector("[data-phones]")
const address = root.dataset.phones
const soundSwitch = root.querySelector("#phones-sound")
const elsewhere = root.querySelector("#phones-elsewhere")
const alarm = root.querySelector("[data-alarm]")
const title = document.title
const RETRY_MS = 2000
const RING_MS = 3000

// The company's lines by number: a caller is shown by name.
const lines = new Map([...root.querySelectorAll("[data-call] option")].map((line) => [line.value, line]))

function e164(text) {
  const bare = text.replace(/\(0\)/, "").replace(/[\s()./-]/g, "").replace(/^00/, "+").replace(/^0/, "+49")
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : ""
}

function remembered(name) {
  try {
    return localStorage.getItem(`demo-phone-${name}`)
  } catch {
    return null // storage is switched off: the page forgets, and works
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`demo-phone-${name}`, value)
  } catch {
    // as above
  }
}

class Phone {
  constructor(box) {
    this.box = box
    this.name = box.dataset.phone
    this.field = this.find("[data-number]")
    this.talk = this.find("[data-talk]")
    this.call = null
    const kept = remembered(this.name)
    if (kept && (this.field.tagName !== "SELECT" || [...this.field.options].some((one) => one.value === kept))) this.field.value = kept
    this.dial(e164(this.field.value))
    this.listen()
  }

  find(what) {
    return this.box.querySelector(what)
  }

  // Another telephone takes this place on the page.
  dial(number) {
    this.number = number
    this.seen = 0
    this.call = null
    this.show({ state: "idle", call: null, messages: [] })
    this.talk.replaceChildren()
  }

  listen() {
    this.field.addEventListener("change", () => this.changeNumber())
    for (const button of this.box.querySelectorAll("[data-do]"))
      button.addEventListener("click", () => this.act(button.dataset.do))
    for (const key of this.box.querySelectorAll("[data-key]"))
      key.addEventListener("click", () => this.act("press", { digits: key.dataset.key }))
    this.find("[data-say]").addEventListener("submit", (event) => this.say(event))
    this.find("[data-call]")?.addEventListener("submit", (event) => {
      event.preventDefault()
      this.act("call", { to: event.target.querySelector("select").value })
    })
    this.find("[data-copy]")?.addEventListener("click", (event) => this.copy(event.currentTarget))
    this.box.addEventListener("keydown", (event) => this.key(event))
  }

  changeNumber() {
    const number = e164(this.field.value)
    this.complain(number ? "" : words.number)
    if (!number) return
    remember(this.name, this.field.value)
    this.dial(number)
    askAnew()
  }

  // The digits of the keyboard are the keys of the telephone, but where somebody types or scrolls.
  key(event) {
    const types = event.target.closest("input, select, textarea")
    if (types || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return
    if (this.state === "talking") this.act("press", { digits: event.key })
  }

  async copy(button) {
    const before = button.textContent
    await navigator.clipboard.writeText(this.field.value)
    button.textContent = words.copied
    setTimeout(() => (button.textContent = before), 1500)
  }

  async say(event) {
    event.preventDefault()
    const field = event.target.querySelector("input")
    const text = field.value.trim()
    if (text && (await this.act("say", { text }))) field.value = ""
  }

  async act(deed, body) {
    try {
      const response = await fetch(`/demo/phone/${this.number}/${deed}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
        body: JSON.stringify(body ?? {}),
      })
      this.complain(response.ok ? "" : response.status === 404 ? words.ours : words.busy)
      if (response.ok) this.take(await response.json())
      return response.ok
    } catch {
      this.complain(words.gone)
      return false
    }
  }

  complain(text) {
    this.find("[data-problem]").textContent = text
  }

  take(state) {
    if (state.number !== this.number) return
    this.seen = state.last_event
    this.show(state)
  }

  show(state) {
    const before = this.state
    const hadFocus = this.find(".phone-buttons").contains(document.activeElement)
    this.state = state.state === "dialled" ? "idle" : state.state
    this.box.dataset.state = this.state
    const isOver = this.state === "idle" && (before === "talking" || before === "calling" || this.wasOver)
    this.wasOver = isOver
    this.find("[data-state-words]").textContent = isOver ? words.ended : words[state.state]
    this.find("[data-who]").textContent = state.call && this.state !== "idle" ? nameOf(state.call) : ""
    this.since = this.state === "talking" ? state.call.since : 0
    for (const [deed, states] of Object.entries(DEEDS))
      this.find(`[data-do="${deed}"]`).hidden = !states.includes(this.state)
    this.find("[data-talking]").hidden = this.state !== "talking"
    const form = this.find("[data-call]")
    if (form) form.hidden = this.state !== "idle"
    if (state.call) this.showTalk(state.call)
    this.showTexts(state.messages)
    if (hadFocus && before !== this.state) this.box.querySelector("[data-do]:not([hidden])")?.focus()
    this.tick()
    ring()
  }

  // What was said, in order; only what is new is added, so that it is read aloud and scrolled to once.
  showTalk(call) {
    if (this.call !== call.sid) this.talk.replaceChildren()
    this.call = call.sid
    const all = [...call.heard, ...call.said.filter((one) => one.text).map((one) => ({ ...one, kind: "own" }))]
    all.sort((one, other) => one.at - other.at)
    for (const what of all.slice(this.talk.children.length)) {
      this.talk.append(line(what))
      if (what.kind === "say" || what.kind === "whisper") readAloud(what)
    }
    this.talk.scrollTop = this.talk.scrollHeight
  }

  showTexts(messages) {
    const list = this.find("[data-texts]")
    if (!list || list.children.length === messages.length) return
    list.replaceChildren(...[...messages].reverse().map(textMessage))
    this.find("[data-no-texts]").hidden = messages.length > 0
  }

  tick() {
    const seconds = this.since ? Math.max(0, Math.floor(Date.now() / 1000 - this.since)) : -1
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    this.find("[data-time]").textContent = seconds < 0 ? "" : clock
  }
}

const DEEDS = { answer: ["ringing"], decline: ["ringing"], hangup: ["talking", "calling"] }

function nameOf(call) {
  const other = call.direction === "inbound" ? call.to : call.from
  return lines.get(other)?.textContent ?? other
}

function line({ kind, text, language }) {
  const item = document.createElement("p")
  const label = { own: words.own, person: words.person, digits: words.digits }[kind]
  if (label) item.append(Object.assign(document.createElement("small"), { textContent: label }))
  item.append(kind === "play" ? words.play : text || words[kind] || "") // its text is an address
  if (language) item.lang = language
  item.classList.toggle("is-own", kind === "own")
  item.classList.toggle("is-sound", !text || kind === "play")
  return item
}

function textMessage({ text, sender, at }) {
  const item = document.createElement("li")
  const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
  const from = `${lines.get(sender)?.dataset.name ?? sender}, ${time}`
  item.append(Object.assign(document.createElement("small"), { textContent: from }), ...withLinks(text))
  return item
}

// An address in a text message can be followed, if it leads to this centre.
function withLinks(text) {
  return text.split(/(https?:\/\/\S+)/).map((part) => {
    if (!part.startsWith(`${location.origin}/`)) return part
    return Object.assign(document.createElement("a"), { href: part, textContent: part })
  })
}

// Sound is off until somebody wants it.
let audio

function readAloud({ text, language }) {
  if (!soundSwitch.checked || !("speechSynthesis" in window)) return
  speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang: language || document.documentElement.lang }))
}

function ringTone() {
  if (!soundSwitch.checked || !phones.some((phone) => phone.state === "ringing")) return
  audio ??= new AudioContext()
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  tone.frequency.value = 425
  volume.gain.setValueAtTime(0.1, audio.currentTime)
  volume.gain.setTargetAtTime(0, audio.currentTime + 0.9, 0.05)
  tone.connect(volume).connect(audio.destination)
  tone.start()
  tone.stop(audio.currentTime + 1.2)
}

function ring() {
  const ringing = phones.find((phone) => phone.state === "ringing")
  document.title = ringing ? `☎ ${words[ringing.name]}` : title
  alarm.textContent = ringing ? words[ringing.name] : ""
  alarm.hidden = !ringing || isInView
}

function csrfToken() {
  return document.querySelector("[name=csrfmiddlewaretoken]").value
}

// The line to the phone network: one request for both telephones, answered as soon as something has happened.
let asking
let ringsElsewhere = 0

function askAnew() {
  asking?.abort()
}

async function follow() {
  for (;;) {
    asking = new AbortController()
    try {
      const watched = phones.filter((phone) => phone.number)
      const query = new URLSearchParams([...watched.map((one) => ["phone", `${one.number},${one.seen}`]), ["elsewhere", ringsElsewhere]])
      const response = await fetch(`${address}?${query}`, { signal: asking.signal })
      if (!response.ok) throw response
      const news = await response.json()
      showElsewhere(news.elsewhere)
      for (const state of news.phones) phones.find((phone) => phone.number === state.number)?.take(state)
    } catch (problem) {
      if (problem.name === "AbortError") continue
      showTrouble(problem)
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

function showElsewhere(count) {
  ringsElsewhere = count
  elsewhere.textContent = count ? words.elsewhere : ""
}

function showTrouble(problem) {
  if (problem.status === 404) phones[0].complain(words.ours)
  else elsewhere.textContent = words.gone
}

let isInView = false
const phones = []
for (const box of root.querySelectorAll("[data-phone]")) phones.push(new Phone(box))
new IntersectionObserver(([entry]) => {
  isInView = entry.isIntersecting
  ring()
}).observe(root.querySelector(".phones-row"))
setInterval(() => phones.forEach((phone) => phone.tick()), 1000)
setInterval(ringTone, RING_MS)
follow()
