// The server's time on a screen whose own clock may be anything: the newest
// frame's instant plus what has passed since it came.

/**
 * createClock gives a clock that is set by frames.
 *
 * @param {string|null} at RFC 3339; null: the device's own time until the first frame
 */
export function createClock(at) {
  let base = at ? +new Date(at) : Date.now()
  let heard = performance.now()
  return {
    /** set takes a frame's instant. @param {string|number} instant RFC 3339 or milliseconds */
    set(instant) {
      base = +new Date(instant)
      heard = performance.now()
    },
    /** now is the server's time in ms. @returns {number} */
    now: () => base + (performance.now() - heard),
  }
}

/** Whole minutes of a span in ms, never below zero. @param {number} ms */
export const minutes = (ms) => Math.max(0, Math.floor(ms / 60_000))

/**
 * sameDay tells whether two instants fall on one day of a zone.
 *
 * @param {number} a ms
 * @param {number} b ms
 * @param {string} [timeZone]
 */
export function sameDay(a, b, timeZone) {
  const day = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' })
  return day.format(a) === day.format(b)
}
