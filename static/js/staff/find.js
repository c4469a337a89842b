// Finding what somebody means by a few letters: services by everyday words,
// tickets by number, appointments by time.

/**
 * fold makes texts comparable: lower case, no accents, ß as ss, and both ways
 * to write an umlaut without one ("prüf" is found by "pruf" and "pruef").
 */
export function fold(text) {
  const lower = text.toLowerCase().replaceAll('ß', 'ss')
  const bare = lower.normalize('NFD').replace(/\p{M}/gu, '')
  const written = lower.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').normalize('NFD').replace(/\p{M}/gu, '')
  return bare === written ? bare : bare + ' ' + written
}

/**
 * findServices gives the services of which every typed word begins some word,
 * best first: a whole everyday word, then a hit at the beginning of the name,
 * then anywhere.
 *
 * @param {Array<Object>} services of the catalogue
 * @param {string} query
 */
export function findServices(services, query, most = 8) {
  const wanted = fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  if (wanted.length === 0) return []
  const asked = [...new Set(wanted)]
  const hits = []
  services.forEach((service, order) => {
    const name = words(Object.values(service.names))
    const everyday = words(service.words || [])
    const all = [...everyday, ...name]
    // Of the two ways to write the query's umlauts one is enough.
    const some = new Set(asked.filter((w) => all.some((v) => v.startsWith(w))))
    if (!covers(query, some)) return
    const rank = everyday.includes(asked[0]) ? 0 : Object.values(service.names).some((n) => fold(n).startsWith(asked[0])) ? 1 : 2
    hits.push({ service, rank, order })
  })
  return hits.sort((a, b) => a.rank - b.rank || a.order - b.order).slice(0, most).map((h) => h.service)
}

const words = (texts) => texts.flatMap((text) => fold(text).split(/[^\p{L}\p{N}]+/u)).filter(Boolean)
const covers = (query, hit) => query.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean).every((word) => fold(word).split(' ').some((w) => hit.has(w)))

/**
 * nextAt is the next instant at which the office's clocks show a time of day:
 * half past midnight, asked for in the evening, is tomorrow.
 *
 * @param {string} time "00:30"
 * @param {number} now ms
 * @param {string} [zone] else the device's
 */
export function nextAt(time, now, zone) {
  const today = todayAt(time, now, zone)
  if (Date.parse(today) > now) return today
  return todayAt(time, Date.parse(todayAt('12:00', now, zone)) + 24 * 3600_000, zone)
}

/**
 * todayAt is the instant of a time of day, today in the office's zone.
 *
 * @param {string} time "10:30"
 * @param {number} now ms
 * @param {string} [zone] else the device's
 */
export function todayAt(time, now, zone) {
  const [hours, minutes] = time.split(':').map(Number)
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
  const read = (ms) => Object.fromEntries(parts.formatToParts(ms).map((p) => [p.type, Number(p.value)]))
  const { year, month, day } = read(now)
  const wanted = Date.UTC(year, month - 1, day, hours, minutes)
  let at = wanted
  for (let i = 0; i < 2; i++) {
    const there = read(at)
    at += wanted - Date.UTC(there.year, there.month - 1, there.day, there.hour, there.minute)
  }
  return new Date(at).toISOString()
}
