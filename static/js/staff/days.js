// Local days as the API writes them, "2026-11-24", whatever the device's zone.

const at = (date) => new Date(date + 'T00:00:00Z')

/** The local day of an instant. @param {number} now ms @param {string} [zone] the office's */
export function dayOf(now, zone) {
  const part = Object.fromEntries(new Intl.DateTimeFormat('en', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone }).formatToParts(now).map((p) => [p.type, p.value]))
  return `${part.year}-${part.month}-${part.day}`
}

/** So many days later. @param {string} date @param {number} n */
export function addDays(date, n) {
  const d = at(date)
  d.setUTCDate(d.getUTCDate() + n)
  return d.toISOString().slice(0, 10)
}

/** The Monday of a day's week. @param {string} date */
export const mondayOf = (date) => addDays(date, -((at(date).getUTCDay() + 6) % 7))

/** Whether a text is a day that there is. @param {string} text */
export const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at(text).getTime())

const written = (page, date, how) => new Intl.DateTimeFormat(page.t.lang, { ...how, timeZone: 'UTC' }).format(at(date))

/** "Dienstag, 24. November" */
export const longDay = (page, date) => written(page, date, { weekday: 'long', day: 'numeric', month: 'long' })

/** "Di. 24.11." */
export const shortDay = (page, date) => written(page, date, { weekday: 'short', day: 'numeric', month: 'numeric' })

/** "24.11.2026" */
export const plainDay = (page, date) => written(page, date, { dateStyle: 'medium' })
