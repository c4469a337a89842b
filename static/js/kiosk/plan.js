// What a booking at the kiosk is made of, as far as it can be told without a
// page: which questions, which papers, which step comes next, which times lie
// near, and what is plainly wrong with what somebody typed.

/** How many things may be chosen from at once. */
export const AT_ONCE = 6

const HOURS_FROM = 12 // times of a day; with more, the hour is asked for first
const LONGEST = 80 // characters of a name, as the server has it
const LEAST_DIGITS = 7 // of a telephone number, with its area
const MOST_DIGITS = 20 // as the server has it: 15, and 00 and a bracketed zero before

/**
 * @typedef {{id: string, names: Object, when?: string, condition?: Object, question?: Object, hint?: boolean}} Paper
 * @typedef {{id: string, names: Object, papers: Paper[]}} Service
 * @typedef {Object} Booking
 * @property {string|null} at the time, RFC 3339
 * @property {string|null} hold the secret of the time that is kept
 * @property {Object<string, 'yes'|'no'|'skip'>} answers by condition
 * @property {boolean} read the list of papers was seen
 * @property {string} surname
 * @property {string} phone
 */

/** A booking of which nothing is known yet. @returns {Booking} */
export const newBooking = () => ({ at: null, hold: null, answers: {}, read: false, surname: '', phone: '' })

/** questionsOf are the conditions that are asked for, each once. @param {Service[]} services */
export function questionsOf(services) {
  const asked = new Map()
  for (const paper of services.flatMap((s) => s.papers || [])) {
    if (!paper.hint && paper.when && paper.question && Object.keys(paper.question).length > 0 && !asked.has(paper.when)) asked.set(paper.when, { id: paper.when, names: paper.question })
  }
  return [...asked.values()]
}

/**
 * papersOf lists what to bring, service by service. A paper whose condition does
 * not hold is left out, one whose condition holds stands without it.
 *
 * @param {Service[]} services
 * @param {Object<string, string>} answers
 */
export function papersOf(services, answers) {
  return services.map((service) => {
    const needed = (service.papers || []).filter((p) => !(p.when && answers[p.when] === 'no'))
    const shown = needed.map((p) => ({ names: p.names, hint: Boolean(p.hint), condition: p.when && answers[p.when] !== 'yes' && p.condition && Object.keys(p.condition).length > 0 ? p.condition : null }))
    return { service, papers: shown.filter((p) => !p.hint), hints: shown.filter((p) => p.hint) }
  }).filter((list) => list.papers.length + list.hints.length > 0)
}

/** answered gives the ids of the conditions that hold, and of those that do not. */
export const answered = (answers) => {
  const ids = (answer) => Object.keys(answers).filter((id) => answers[id] === answer)
  return { yes: ids('yes'), no: ids('no') }
}

/**
 * stepsOf are the pages between the time and the appointment, in order: {page,
 * question}.
 *
 * @param {Service[]} services
 */
export function stepsOf(services) {
  const papers = services.some((s) => (s.papers || []).length > 0)
  return questionsOf(services).map((q) => ({ page: 'question', question: q.id }))
    .concat(papers ? [{ page: 'papers' }] : [], [{ page: 'surname' }, { page: 'phone' }, { page: 'confirm' }])
}

const done = (step, booking) => ({
  question: () => Boolean(booking.answers[step.question]), papers: () => booking.read,
  surname: () => nameFault(booking.surname) === '', phone: () => phoneFault(booking.phone) === '', confirm: () => false,
})[step.page]()

/** nextStep is the first step that is not done. @param {Service[]} services @param {Booking} booking */
export const nextStep = (services, booking) => stepsOf(services).find((step) => !done(step, booking))

/**
 * stepBefore is the step that was before one; null: the choice of a time.
 *
 * @param {Service[]} services
 * @param {{page: string, question?: string}} at
 */
export function stepBefore(services, at) {
  const steps = stepsOf(services)
  const i = steps.findIndex((s) => s.page === at.page && s.question === (at.question || undefined))
  return i > 0 ? steps[i - 1] : null
}

/**
 * nearest are the free times that lie nearest to one, in order.
 *
 * @param {Array<{day: string, times: string[]}>} days
 * @param {string} at
 */
export function nearest(days, at) {
  const wanted = Date.parse(at)
  const far = (time) => Math.abs(Date.parse(time) - wanted)
  return days.flatMap((d) => d.times).sort((a, b) => far(a) - far(b)).slice(0, AT_ONCE).sort((a, b) => Date.parse(a) - Date.parse(b))
}

/**
 * hoursOf groups a day's times by the hour they begin in; null when there are
 * so few that they are shown at once.
 *
 * @param {string[]} times
 * @param {(at: string) => string} clock "10:50"
 */
export function hoursOf(times, clock) {
  if (times.length <= HOURS_FROM) return null
  const groups = new Map()
  for (const at of times) {
    const hour = clock(at).slice(0, 2)
    groups.set(hour, (groups.get(hour) || []).concat(at))
  }
  return [...groups].map(([hour, list]) => ({ hour, times: list }))
}

/** nameFault is the code of what is plainly wrong with a name, '' for nothing. */
export function nameFault(text) {
  const name = text.trim()
  if (name === '') return 'missing_surname'
  if ([...name].length > LONGEST) return 'long'
  if (!/^[\p{L}\p{M}\p{Nd} \-–'’‘`´ʼ.,/()·&\u200c\u200d]+$/u.test(name)) return 'characters'
  return /\p{L}/u.test(name) ? '' : 'no_letter'
}

/** phoneFault is the same of a telephone number. The server knows more of them. */
export function phoneFault(text) {
  const digits = text.replace(/\D/g, '').length
  if (text.trim() === '') return 'missing_phone'
  if (!/^\s*\+?[\d \-–/().]+$/.test(text)) return 'phone'
  if (digits > MOST_DIGITS) return 'phone_long'
  return digits < LEAST_DIGITS ? 'phone_short' : ''
}

/** What may be told of a fault. */
export const faultParams = { Max: LONGEST }

/** initialOf is the letter that was typed last, '' if none was. */
export const initialOf = (text) => [...text].filter((c) => /\p{L}/u.test(c)).pop() || ''
