// Waits as people are told them. display/told.go makes the same of the same;
// display/testdata/told holds both to one table.

const SOON = 3 // minutes; up to here the word alone is honest
const FINE = 10 // minutes; up to here single ones are known, beyond it steps of five
const MINUTE = 60_000 // ms

/**
 * @typedef {{kind: string, low: number, high: number, at: number|null}} Told at: the time of day in ms
 */

/**
 * tellWait tells the wait of somebody in the line. The instants stay while they
 * hold, so the minutes run down here.
 *
 * @param {{state: string, from: string|null, likely: string|null, to: string|null}|null} wait
 * @param {number} now the server's time in ms
 * @returns {Told|null}
 */
export function tellWait(wait, now) {
  if (!wait || wait.state !== 'range') return plain(wait)
  const told = tell(...outward((Date.parse(wait.from) - now) / MINUTE, (Date.parse(wait.to) - now) / MINUTE))
  const step = (told.high > FINE ? 5 : 1) * MINUTE
  const at = Math.floor(Date.parse(wait.likely) / step + 0.5) * step
  return told.kind !== 'soon' && at > now ? { ...told, at } : told
}

/**
 * tellNew tells the wait of somebody who would come now.
 *
 * @param {{state: string, low: number, high: number}|null} wait
 * @returns {Told|null}
 */
export const tellNew = (wait) => (wait && wait.state === 'range' ? tell(wait.low, wait.high) : plain(wait))

/**
 * waitText writes what is told.
 *
 * @param {Function} t the page's words
 * @param {Told} told
 * @param {string} [form] 'long_' for whole sentences
 */
export const waitText = (t, { kind, low, high }, form = '') => t('wait.' + form + kind, { Low: low, Count: high })

/**
 * freeText writes how many appointments are still to be had today.
 *
 * @param {Function} t
 * @param {number} free
 */
export const freeText = (t, free) => (free ? t('board.free_today', { Count: free }) : t('board.free_none'))

const plain = (wait) => (wait ? { kind: wait.state, low: 0, high: 0, at: null } : null)

function tell(low, high) {
  if (high <= SOON) return { kind: 'soon', low: 0, high: 0, at: null }
  return { kind: low === 0 ? 'up_to' : low === high ? 'about' : 'range', low, high, at: null }
}

// Rounded outward: whole minutes up to ten, then steps of five; never none.
function outward(from, to) {
  const low = Math.floor(Math.max(from, 0))
  const high = Math.max(1, Math.ceil(Math.max(to, 0)))
  return [low > FINE ? low - (low % 5) : low, high > FINE ? Math.ceil(high / 5) * 5 : high]
}
