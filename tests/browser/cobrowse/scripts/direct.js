/*
 * What a test of the direct line wants to know of a page that has one end of it, the customer's or the agent's: which
 * connections it has made, and when which line of `#lines` was there. `clock` is the same for all pages of a machine.
 */
globalThis.clock = () => performance.timeOrigin + performance.now()
globalThis.connections = []
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...words) {
    super(...words)
    connections.push(this)
  }
}

globalThis.direct = (() => {
  const PATIENCE_MS = 15_000
  const word = (sdp) => /^a=ice-ufrag:.*$/m.exec(sdp)?.[0]
  const pause = (ms) => new Promise((go) => setTimeout(go, ms))

  async function until(is) {
    for (const begun = clock(); !is(); await pause(5)) if (clock() - begun > PATIENCE_MS) return false
    return true
  }

  return {
    /** Another way is sought at this moment, as after a failure; whether both ends have agreed on one in time. */
    async renegotiated(moment) {
      const connection = connections.at(-1)
      const before = [connection.currentLocalDescription, connection.currentRemoteDescription].map(({ sdp }) => word(sdp))
      await pause(moment - clock())
      connection.restartIce()
      return until(() => {
        const { currentLocalDescription: own, currentRemoteDescription: theirs } = connection
        const isNew = word(own.sdp) !== before[0] && word(theirs.sdp) !== before[1]
        return isNew && connection.signalingState === 'stable' && connection.connectionState === 'connected'
      })
    },

    /** The customer's page gets ten lines a second, each with its number. */
    write() {
      globalThis.written = {}
      let number = 0
      globalThis.writing = setInterval(() => {
        const line = document.createElement('li')
        line.textContent = String(++number)
        written[number] = clock()
        document.getElementById('lines').append(line)
      }, 100)
    },

    /** The agent's page: when each line came, how often; and when it was last said that the line is direct. */
    watch() {
      globalThis.came = []
      globalThis.saidUntil = 0
      const page = document.querySelector('iframe').contentDocument
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
          for (const { localName, textContent } of addedNodes) if (localName === 'li') came.push([Number(textContent), clock()])
      }).observe(page, { subtree: true, childList: true })
      const isSaid = () => [...document.querySelectorAll('.chip span')].some((chip) => chip.textContent === 'direct')
      setInterval(() => isSaid() && (saidUntil = clock()), 20)
    },
  }
})()
