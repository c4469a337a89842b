// When somebody wants to come, as people say it: "di vorm", "8.12. ab 14",
// "in 2 wo", "morgen 10:30". Days are texts, "2026-12-08", in the office's zone.

/**
 * @typedef {Object} When
 * @property {string} from first day
 * @property {string} to last day; both empty where none was said
 * @property {number} start minutes of the day; -1 where no part of it was said
 * @property {number} end
 * @property {string} time "10:30" where a time of day was said
 * @property {boolean} asked the word "termin" alone
 */

// A zone's writers are kept: to make one takes a hundred times as long as to use
// it, and a thousand free times are looked at with each key that is typed.
const writers = new Map()
function writersOf(zone) {
  if (!writers.has(zone)) {
    writers.set(zone, {
      day: new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }),
      minute: new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    })
  }
  return writers.get(zone)
}

/** The day of an instant. @param {string|number} instant @param {string} [zone] */
export const dayOf = (instant, zone) => writersOf(zone).day.format(new Date(instant))

/** Minutes of its day at which an instant is. @param {string|number} instant @param {string} [zone] */
export function minuteOf(instant, zone) {
  const [hours, minutes] = writersOf(zone).minute.format(new Date(instant)).split(':')
  return Number(hours) * 60 + Number(minutes)
}

/** @param {string} day @param {number} n */
export const addDays = (day, n) => new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)
/** Days from one to another. @param {string} from @param {string} to */
export const daysTo = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
const weekdayOf = (day) => new Date(day).getUTCDay() // 0: Sunday
const mondayOf = (day) => addDays(day, -((weekdayOf(day) + 6) % 7))

const WEEKDAYS = [
  ['so', 'sonntag', 'sun', 'sunday'], ['mo', 'montag', 'mon', 'monday'], ['di', 'dienstag', 'tue', 'tues', 'tuesday'], ['mi', 'mittwoch', 'wed', 'wednesday'],
  ['do', 'donnerstag', 'thu', 'thur', 'thurs', 'thursday'], ['fr', 'freitag', 'fri', 'friday'], ['sa', 'samstag', 'sonnabend', 'sat', 'saturday'],
]
const MONTHS = [
  ['jan', 'januar', 'january'], ['feb', 'februar', 'february'], ['märz', 'maerz', 'mrz', 'mar', 'march'], ['apr', 'april'], ['mai', 'may'], ['jun', 'juni', 'june'],
  ['jul', 'juli', 'july'], ['aug', 'august'], ['sep', 'sept', 'september'], ['okt', 'oktober', 'oct', 'october'], ['nov', 'november'], ['dez', 'dezember', 'dec', 'december'],
]
const NOON = 12 * 60
// Parts of a day in minutes; the end is not in it.
const PARTS = [
  [['früh', 'frueh', 'early'], 0, 10 * 60],
  [['vorm', 'vormittag', 'vormittags', 'vm', 'morgens', 'morning'], 0, NOON],
  [['mittag', 'mittags', 'noon', 'midday'], 11 * 60, 14 * 60],
  [['nachm', 'nachmittag', 'nachmittags', 'nm', 'afternoon'], NOON, 24 * 60],
  [['spät', 'spaet', 'abend', 'abends', 'evening', 'late'], 16 * 60, 24 * 60],
]
const any = (lists) => lists.flat().sort((a, b) => b.length - a.length).join('|')
const at = (lists, word) => lists.findIndex((l) => l.includes(word))
const DAY = any(WEEKDAYS)
const MONTH = any(MONTHS)
const CLOCK = '([01]?\\d|2[0-3])(?:[:.]([0-5]\\d))?'
const END = '(?=\\s|,|;)'

/**
 * takeWhen takes out of a line what says when. take(pattern, good) gives a match
 * that is good and removes it; patterns begin behind a space.
 *
 * @param {(pattern: RegExp, good?: (m: RegExpMatchArray) => boolean) => RegExpMatchArray|null} take
 * @param {string} today
 * @returns {When}
 */
export function takeWhen(take, today) {
  const when = { from: '', to: '', start: -1, end: -1, time: '', asked: false }
  takeDay(take, today, when)
  takePart(take, when)
  takeWeekday(take, today, when)
  if (take(/\s(?:termin|appointment)(?=\s|,|;)/i)) when.asked = true
  return when
}

const re = (text) => new RegExp('\\s' + text + END, 'i')
const only = (when, day) => Object.assign(when, { from: day, to: day })
const span = (when, from, to) => Object.assign(when, { from, to })

function takeDay(take, today, when) {
  let m
  if ((m = take(/\s(\d{4})-(\d\d)-(\d\d)(?=\s|,|;)/)) && valid(+m[1], +m[2], +m[3])) return only(when, iso(+m[1], +m[2], +m[3]))
  if ((m = take(re('(?:(?:am|den|the|on)\\s+)?(\\d{1,2})\\.\\s?(\\d{1,2})\\.(\\d{4}|\\d\\d)?')))) return date(when, today, +m[1], +m[2], m[3] ? +m[3] % 100 + 2000 : 0)
  if ((m = take(re('(?:(?:am|den|the|on)\\s+)?(\\d{1,2})\\.?(?:th|st|nd|rd)?\\s?(' + MONTH + ')')))) return date(when, today, +m[1], at(MONTHS, m[2].toLowerCase()) + 1, 0)
  if ((m = take(/\sin\s+(\d{1,2})\s*(?:wochen|woche|wo|w|weeks|week)(?=\s|,|;)/i))) return weeksOn(when, addDays(today, 7 * +m[1]))
  if ((m = take(/\sin\s+(\d{1,3})\s*(?:tagen|tag|t|days|day)(?=\s|,|;)/i))) return only(when, addDays(today, +m[1]))
  if ((m = take(/\sin\s+(\d{1,2})\s*(?:monaten|monat|months|month)(?=\s|,|;)/i))) return span(when, addDays(today, 30 * +m[1]), addDays(today, 30 * +m[1] + 13))
  if (take(/\s(?:übernächste|uebernaechste)r?\s+(?:woche|wo)(?=\s|,|;)/i)) return week(when, today, 2)
  if (take(/\s(?:nächste|naechste|kommende|next)r?\s+(?:woche|wo|week)(?=\s|,|;)/i)) return week(when, today, 1)
  if (take(/\s(?:diese|this)r?\s+(?:woche|wo|week)(?=\s|,|;)/i)) return span(when, today, addDays(mondayOf(today), 6))
  if (take(/\s(?:übermorgen|uebermorgen)(?=\s|,|;)/i)) return only(when, addDays(today, 2))
  if (take(/\s(?:heute|today)(?=\s|,|;)/i)) return only(when, today)
  if (take(/\s(?:morgen|tomorrow)(?=\s|,|;)/i)) return only(when, addDays(today, 1))
  return when
}

// From a day on to the end of its week; on a weekend the week that comes is meant.
function weeksOn(when, day) {
  const from = [0, 6].includes(weekdayOf(day)) ? addDays(mondayOf(day), 7) : day
  return span(when, from, addDays(mondayOf(from), 6))
}
const week = (when, today, n) => span(when, addDays(mondayOf(today), 7 * n), addDays(mondayOf(today), 7 * n + 6))
const iso = (y, m, d) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`
const valid = (y, m, d) => new Date(Date.UTC(y, m - 1, d)).getUTCMonth() === m - 1 && m >= 1 && d >= 1

// A date without a year is the next one: in December, "8.1." is in January. The
// 29th of February of a year that has none is no day at all.
function date(when, today, d, m, year) {
  let y = year || Number(today.slice(0, 4))
  if (!year && iso(y, m, d) < today) y++
  return valid(y, m, d) ? only(when, iso(y, m, d)) : Object.assign(when, { from: 'never', to: 'never' })
}

function takePart(take, when) {
  let m
  const part = (start, end) => Object.assign(when, { start, end })
  if ((m = take(re('(?:(?:von|from|zwischen|between)\\s+)?' + CLOCK + '\\s?(?:-|–|bis|to|und|and)\\s?' + CLOCK + '(?:\\s?(?:uhr|h))?')))) part(clock(m[1], m[2]), clock(m[3], m[4]))
  else if ((m = take(re('(?:ab|nach|from|after)\\s+' + CLOCK + '(?:\\s?(?:uhr|h))?')))) part(clock(m[1], m[2]), 24 * 60)
  else if ((m = take(re('(?:bis|vor|until|before)\\s+' + CLOCK + '(?:\\s?(?:uhr|h))?')))) part(0, clock(m[1], m[2]))
  else if ((m = take(/\s(?:at\s+)?(1[0-2]|[1-9])\s?(am|pm)(?=\s|,|;)/i))) when.time = text((+m[1] % 12 + (m[2].toLowerCase() === 'pm' ? 12 : 0)) * 60)
  else if ((m = take(/\s(?:(?:um|at)\s+)?([01]?\d|2[0-3])[:.]([0-5]\d)(?:\s?(?:uhr|h))?(?=\s|,|;)/i))) when.time = text(clock(m[1], m[2]))
  else if ((m = take(/\s(?:um|at)\s+([01]?\d|2[0-3])(?:\s?(?:uhr|h))?(?=\s|,|;)/i) || take(/\s([01]?\d|2[0-3])\s?(?:uhr|h)(?=\s|,|;)/i))) when.time = text(clock(m[1]))
  else {
    for (const [words, start, end] of PARTS) if (take(re('(?:am\\s+)?(?:' + words.join('|') + ')\\.?'))) return part(start, end)
  }
  return when
}

const clock = (hours, minutes) => Number(hours) * 60 + Number(minutes || 0)
const text = (minutes) => String(Math.floor(minutes / 60)).padStart(2, '0') + ':' + String(minutes % 60).padStart(2, '0')

const SEEN_AHEAD = 60 // days in which "di 8" may be the eighth

const NAMED = '(?:(?:am|on|nächsten|naechsten|kommenden|next)\\s+)?(' + DAY + ')\\.?'
const [DAWN, DUSK] = [6, 20] // hours that a number behind a weekday can mean

// The day of the month n that falls on a weekday, soon; empty: there is none.
function monthDay(today, weekday, n) {
  for (let i = 1; i <= SEEN_AHEAD; i++) {
    const day = addDays(today, i)
    if (Number(day.slice(8)) === n && weekdayOf(day) === weekday) return day
  }
  return ''
}

// A weekday is the next one after today, or the one in the weeks that were said.
// A number behind it is the day of the month where that falls on the weekday
// soon, else the hour; if it can be neither, it belongs to what follows.
function takeWeekday(take, today, when) {
  const fits = (m) => monthDay(today, at(WEEKDAYS, m[1].toLowerCase()), Number(m[2])) !== '' || (Number(m[2]) >= DAWN && Number(m[2]) <= DUSK)
  const m = take(re(NAMED + '\\s+(\\d{1,2})\\.?'), fits) || take(re(NAMED))
  if (!m) {
    const month = take(re('(?:im\\s+|in\\s+)?(' + MONTH + ')'))
    if (month && !when.from) monthOf(when, today, at(MONTHS, month[1].toLowerCase()))
    return
  }
  const wanted = at(WEEKDAYS, m[1].toLowerCase())
  const first = when.from && when.from !== 'never' ? when.from : addDays(today, 1)
  const day = addDays(when.from ? mondayOf(first) : first, (wanted - weekdayOf(when.from ? mondayOf(first) : first) + 7) % 7)
  const n = Number(m[2] || 0)
  if (n) {
    const named = monthDay(today, wanted, n)
    if (named) return only(when, named)
    if (!when.time && when.start < 0) when.time = text(n * 60)
  }
  // A date and its weekday together say the date; they may not agree.
  if (when.from && when.from === when.to && when.from !== 'never' && weekdayOf(when.from) !== wanted) return Object.assign(when, { from: 'never', to: 'never' })
  if (when.from && when.from === when.to) return when
  only(when, day)
}

function monthOf(when, today, month) {
  const now = Number(today.slice(5, 7)) - 1
  const y = Number(today.slice(0, 4)) + (month < now ? 1 : 0)
  const last = new Date(Date.UTC(y, month + 1, 0)).getUTCDate()
  span(when, month === now ? today : iso(y, month + 1, 1), iso(y, month + 1, last))
}
