// Following a topic over the websocket. A frame is the whole small state of
// one audience, so that coming back after an outage is simply the next frame.

const BACK_OFF_FIRST = 500 // ms; doubles with each attempt in vain
const BACK_OFF_MOST = 30_000
const RESTART_SPREAD = 4_000 // ms; a restarting server gets its followers back spread over this
const STALE_AFTER = 12_000 // ms; two missed hearts of boards and desks, and a bit
const CONNECT_WITHIN = 10_000 // ms; a network that swallows packets says nothing for minutes
const BELIEVE_AFTER = 60_000 // ms; a server that stays behind for so long was set back on purpose

/**
 * @typedef {Object} Envelope
 * @property {number} [v] version of the envelope, 1; not in a patch
 * @property {number} seq the journal's number this state comes from
 * @property {string|number} at the server's time: RFC 3339; of a patch, milliseconds
 * @property {string} [build] not in a patch
 * @property {Object} [view] the state; absent in a heart
 * @property {Object} [patch] what is other than in the view before on this socket, instead of the view
 * @property {boolean} [heart]
 *
 * @typedef {Object} Following
 * @property {string} topic
 * @property {Envelope|null} [first] the frame that came with the page
 * @property {(view: Object, frame: Envelope) => void} onFrame
 * @property {(at: string|number|null) => void} [onStale] no news for staleAfter; at is the last news' time
 * @property {() => void} [onFresh] news again after onStale
 * @property {(build: string) => void} [onBuild] the server serves other pages now than when this one came
 * @property {(code: number) => void} [onEnd] closed for good (4100–4199): access ended, nothing to follow
 * @property {(before: Object, patch: Object) => Object} [patched] of lib/patch.js: take patches, which are shorter
 * @property {number} [staleAfter] ms; 12 s, for phones two of their hearts
 * @property {number} [lostAfter] ms without news once the connection was cut, where that is known sooner than by silence; else staleAfter
 * @property {Object} [world] the browser; another one in tests
 */

/**
 * follow keeps a topic's newest state coming until close() is called. Frames
 * older than the newest seen are dropped and do not count as news.
 *
 * @param {Following} options
 * @returns {{close: () => void, at: () => string|number|null}}
 */
export function follow({ topic, first = null, onFrame, onStale, onFresh, onBuild, onEnd, staleAfter = STALE_AFTER, lostAfter = staleAfter, patched, world = globalThis }) {
  let socket = null
  let attempt = 0
  let seq = -1
  let at = null
  let build = null
  let stale = false
  let lost = false
  let ended = false
  let cutLoose = false // was without a network since the socket was made
  let heard = Date.now()
  let behindSince = 0
  let retryTimer = 0
  let staleTimer = 0

  const receive = (frame) => {
    if (frame.seq < seq) {
      behindSince = behindSince || Date.now()
      if (Date.now() - behindSince < BELIEVE_AFTER) return
      seq = -1
    }
    behindSince = 0
    at = frame.at
    news()
    if (build !== null && frame.build && frame.build !== build && onBuild) onBuild(frame.build)
    build = frame.build || build
    if (frame.heart) return
    seq = frame.seq
    onFrame(frame.view, frame)
  }

  const news = () => {
    heard = Date.now()
    attempt = 0
    lost = false
    clearTimeout(staleTimer)
    staleTimer = setTimeout(silence, staleAfter)
    if (!stale) return
    stale = false
    if (onFresh) onFresh()
  }

  // A connection that is silent for so long may be half open: the other side
  // can be gone without a close, so it is given up and made anew.
  const silence = () => {
    if (!stale) {
      stale = true
      if (onStale) onStale(at)
    }
    staleTimer = setTimeout(silence, staleAfter)
    if (socket) again(0)
  }

  // Cut off, a follower knows sooner than by silence that news may be missing.
  const cutOff = () => {
    if (stale || lost || lostAfter >= staleAfter) return
    lost = true
    clearTimeout(staleTimer)
    staleTimer = setTimeout(silence, lostAfter)
  }

  const drop = () => {
    clearTimeout(retryTimer)
    retryTimer = 0
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
    socket = null
  }

  const again = (atLeast) => {
    const window = Math.max(atLeast, Math.min(BACK_OFF_MOST, BACK_OFF_FIRST * 2 ** attempt))
    comeBack(Math.random() * window)
  }

  const comeBack = (wait) => {
    drop()
    attempt += 1
    retryTimer = setTimeout(connect, wait)
  }

  const connect = () => {
    drop()
    cutLoose = false
    const { protocol, host } = world.location
    socket = new world.WebSocket((protocol === 'https:' ? 'wss://' : 'ws://') + host + '/live?topic=' + encodeURIComponent(topic) + (patched ? '&patch=1' : ''))
    let view // newest on this socket, also where it is too old to be shown: patches go on from it
    retryTimer = setTimeout(() => again(0), CONNECT_WITHIN)
    socket.onopen = () => clearTimeout(retryTimer)
    socket.onmessage = (event) => {
      let frame
      try {
        frame = JSON.parse(event.data)
      } catch {
        return
      }
      if (!frame || (frame.patch ? !view : frame.v !== 1)) return
      if (frame.patch) frame.view = patched(view, frame.patch)
      view = frame.view || view
      receive(frame)
    }
    socket.onclose = ({ code, reason }) => {
      socket = null
      cutOff()
      if (code >= 4100 && code <= 4199) {
        close()
        if (onEnd) onEnd(code)
        return
      }
      // A server that starts again knows how many follow, and tells each a time of its own.
      const told = code === 1012 && / (\d+) ms$/.exec(reason)
      if (told) comeBack(Number(told[1]))
      else again(code === 1001 || code === 1012 ? RESTART_SPREAD : 0)
    }
  }

  // Timers stand still while a phone sleeps, and a socket may have died unheard.
  // Awake again, or back in a network, do not wait for them.
  const resync = () => {
    if (ended || (world.document && world.document.visibilityState === 'hidden')) return
    const silent = Date.now() - heard
    if (socket && !cutLoose && silent < staleAfter / 2) return
    attempt = 0
    if (silent >= staleAfter) {
      clearTimeout(staleTimer)
      silence()
    }
    connect()
  }

  const offline = () => { cutLoose = true }

  const close = () => {
    ended = true
    clearTimeout(staleTimer)
    drop()
    world.removeEventListener('pageshow', resync)
    world.removeEventListener('online', resync)
    world.removeEventListener('offline', offline)
    if (world.document) world.document.removeEventListener('visibilitychange', resync)
  }

  world.addEventListener('pageshow', resync)
  world.addEventListener('online', resync)
  world.addEventListener('offline', offline)
  if (world.document) world.document.addEventListener('visibilitychange', resync)
  if (first) receive(first)
  else news()
  connect()
  return { close, at: () => at }
}
