// What a screen that nobody touches needs: it stays awake, does not burn in,
// hides the pointer, and begins anew every night.

const SHIFT_EVERY = 90_000 // ms; slow enough that nobody sees it move
const SHIFT_BY = 3 // px; of a safe area of 5 %
const SHIFTS = [[0, 0], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]]
const POINTER_REST = 4_000 // ms
const NIGHT_HOUR = 3 // local; nobody is there
const NIGHT_MINUTES = 50 // the screens of a house do not come all at once
const LEAST_AGE = 6 * 3_600_000 // ms; a page of this night is young enough

/** stayAwake asks for the screen lock now and whenever the page is seen again. */
export function stayAwake() {
  if (!navigator.wakeLock) return
  const ask = () => {
    if (document.visibilityState === 'visible') navigator.wakeLock.request('screen').catch(() => {})
  }
  document.addEventListener('visibilitychange', ask)
  ask()
}

/** shiftSlowly moves an element by a few pixels now and then. @param {HTMLElement} node */
export function shiftSlowly(node) {
  let step = 0
  setInterval(() => {
    step = (step + 1) % SHIFTS.length
    const [x, y] = SHIFTS[step]
    node.style.transform = 'translate(' + x * SHIFT_BY + 'px,' + y * SHIFT_BY + 'px)'
  }, SHIFT_EVERY)
}

/** restPointer hides a pointer that does not move. */
export function restPointer() {
  let timer = 0
  const seen = () => {
    document.documentElement.classList.remove('pointer-rests')
    clearTimeout(timer)
    timer = setTimeout(() => document.documentElement.classList.add('pointer-rests'), POINTER_REST)
  }
  addEventListener('pointermove', seen)
  seen()
}

/**
 * nightly calls renew once in the small hours.
 *
 * @param {() => number} now the server's time in ms
 * @param {string|undefined} timeZone
 * @param {() => void} renew
 */
export function nightly(now, timeZone, renew) {
  const started = now()
  const minute = Math.floor(Math.random() * NIGHT_MINUTES)
  const clock = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
  setInterval(() => {
    if (now() - started < LEAST_AGE) return
    const parts = clock.formatToParts(now())
    const part = (type) => Number(parts.find((p) => p.type === type).value)
    if (part('hour') === NIGHT_HOUR && part('minute') >= minute) renew()
  }, 60_000)
}

/**
 * reload loads the page anew, but only while the server answers: an old page
 * is better than a browser's error.
 */
export async function reload() {
  try {
    const answer = await fetch(location.href, { cache: 'no-store', credentials: 'same-origin' })
    if (answer.status < 500) location.reload()
  } catch {
    // Not there; whoever asked asks again.
  }
}
