// An office's wait in one line.
import { tellNew } from './wait.js'

/**
 * spanOf sums an office up, from the shortest wait of a category to the longest,
 * as display.Office.Span does.
 *
 * @param {Array<{wait: Object|null, refusal: string}>} categories
 * @returns {{told: Object|null, differs: boolean}} differs: it depends on what somebody comes for
 */
export function spanOf(categories) {
  const known = categories.filter((c) => c.wait && !c.refusal).map((c) => c.wait)
  const ranges = known.filter((w) => w.state === 'range')
  if (ranges.length === 0) return { told: tellNew(known[0] || null), differs: false }
  const [low, high] = [Math.min(...ranges.map((w) => w.low)), Math.max(...ranges.map((w) => w.high))]
  return { told: tellNew({ state: 'range', low, high }), differs: ranges.some((w) => w.low !== low || w.high !== high) }
}
