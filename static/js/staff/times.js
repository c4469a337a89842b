// Free times: asked for, and a few of them chosen to be read out.
import { useFetched } from './fetched.js'
import { dayOf, daysTo, minuteOf } from './when.js'

const WINDOW = 28 // days that are looked at where no day was said
const MOST_DAYS = 92 // that one request may ask for
const A_DAY = 3 // times of one day in a list over several days
const APART = 60 // minutes between them
const ROUND = 30 // minutes; "half past eight" is said faster than "eight twenty"

/** Services as addresses write them. @param {Array<{service?: string, id?: string, quantity: number}>} items */
export const writeItems = (items) => items.map((i) => (i.service || i.id) + (i.quantity > 1 ? '*' + i.quantity : '')).join(',')

/**
 * useTimes asks for the free times of a visit.
 *
 * @param {Object} page from readPage
 * @param {Array<{service: string, quantity: number}>} items none: nothing is asked
 * @param {import('./when.js').When|null} when null: as soon as possible
 * @param {{today: string, move?: string, of?: unknown}} options of: ask again when it changes
 * @returns {{times: Array<{at: string, day: string, minute: number}>|null, minutes: number, refused: Object|null}}
 *   null: not known yet
 */
export function useTimes(page, items, when, { today, move = '', of = '' }) {
  const from = when?.from || today
  const never = from === 'never'
  const days = when?.from ? Math.min(MOST_DAYS, daysTo(from, when.to) + 1) : WINDOW
  const path = items.length === 0 || never ? '' : `/slots?services=${encodeURIComponent(writeItems(items))}&staff=true&from=${from < today ? today : from}&days=${days}` + (move ? '&move=' + encodeURIComponent(move) : '')
  const { body, refused, path: answered } = useFetched(page, path, { of })
  if (never || path === '') return { times: path === '' && !never ? null : [], minutes: 0, refused: null }
  if (answered !== path) return { times: null, minutes: 0, refused: null }
  return { times: body ? flat(body.days, page.boot.zone) : null, minutes: body?.minutes || 0, refused }
}

function flat(days, zone) {
  return days.flatMap((d) => d.times.map((at) => ({ at, day: d.day, minute: minuteOf(at, zone) })))
}

/**
 * chooseTimes picks the times worth saying, in order: the earliest, and then
 * few a day and well apart; of a single day, those that are quickly said. Around
 * a time that was asked for or lost they are the nearest.
 *
 * @param {Array<{at: string, day: string, minute: number}>} times
 * @param {import('./when.js').When|null} when
 * @param {{most?: number, near?: string}} [options] near: an instant that is no longer free
 */
export function chooseTimes(times, when, { most = 9, near = '' } = {}) {
  const early = (a, b) => (a.at < b.at ? -1 : 1)
  if (near) {
    const far = (x) => Math.abs(Date.parse(x.at) - Date.parse(near))
    return [...times].sort((a, b) => far(a) - far(b) || early(a, b)).slice(0, most).sort(early)
  }
  if (when?.time) {
    const wanted = clock(when.time)
    const far = (x) => Math.abs(x.minute - wanted)
    const best = [...times].sort((a, b) => far(a) - far(b) || early(a, b)).slice(0, most)
    return best.some((x) => far(x) === 0) ? [...best.filter((x) => far(x) === 0), ...best.filter((x) => far(x) > 0).sort(early)] : best.sort(early)
  }
  const fits = when && when.start >= 0 ? times.filter((x) => x.minute >= when.start && x.minute < when.end) : times
  const days = new Map()
  for (const x of fits) days.set(x.day, [...(days.get(x.day) || []), x])
  if (days.size === 1) return ofOneDay(fits, most)
  const some = []
  for (const list of days.values()) {
    let last = -Infinity
    let n = 0
    for (const x of list) {
      if (n === A_DAY || some.length === most) break
      if (x.minute - last < APART) continue
      some.push(x)
      last = x.minute
      n++
    }
  }
  return some
}

function ofOneDay(times, most) {
  if (times.length <= most) return times
  const round = times.filter((x, i) => i === 0 || x.minute % ROUND === 0)
  const from = round.length >= most / 2 ? round : times
  if (from.length <= most) return from
  return Array.from({ length: most }, (_, i) => from[Math.round((i * (from.length - 1)) / (most - 1))])
}

const clock = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** "Di, 8. Dez." of an instant. */
export function shortDay(page, at) {
  return new Intl.DateTimeFormat(page.t.lang + '-u-nu-latn', { timeZone: page.boot.zone, weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(at))
}

/** "Di, 8. Dez." of a day. */
export const shortDate = (page, day) => shortDay({ ...page, boot: { zone: 'UTC' } }, day + 'T12:00:00Z')

/** The office's day now. */
export const todayOf = (page, now) => dayOf(now, page.boot.zone)

