import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answered, hoursOf, initialOf, nameFault, nearest, newBooking, nextStep, papersOf, phoneFault, questionsOf, stepBefore, stepsOf } from '../js/kiosk/plan.js'

const card = { id: 'old_card', names: { de: 'alter Ausweis' } }
const deed = { id: 'deed', names: { de: 'Urkunde' }, when: 'first', condition: { de: 'beim ersten Mal' }, question: { de: 'Ist es der erste?' } }
const again = { id: 'photo', names: { de: 'Foto' }, when: 'first', condition: { de: 'beim ersten Mal' }, question: { de: 'Ist es der erste?' } }
const never = { id: 'proof', names: { de: 'Nachweis' }, when: 'urgent', condition: { de: 'wenn es eilt' } }
const hint = { id: 'early', names: { de: 'frühestens 7 Tage vorher' }, hint: true }
const services = [{ id: 'a', names: {}, papers: [card, deed, hint] }, { id: 'b', names: {}, papers: [again, never] }, { id: 'c', names: {}, papers: [] }]

test('each condition is asked for once, and one without a question never', () => {
  assert.deepEqual(questionsOf(services).map((q) => q.id), ['first'])
})

test('what does not hold is left out, what holds stands without its condition, what is not known keeps it', () => {
  const bring = (answers) => papersOf(services, answers).flatMap((l) => l.papers.map((p) => p.names.de + (p.condition ? '?' : '')))
  assert.deepEqual(bring({}), ['alter Ausweis', 'Urkunde?', 'Foto?', 'Nachweis?'])
  assert.deepEqual(bring({ first: 'skip' }), bring({}))
  assert.deepEqual(bring({ first: 'yes' }), ['alter Ausweis', 'Urkunde', 'Foto', 'Nachweis?'])
  assert.deepEqual(bring({ first: 'no' }), ['alter Ausweis', 'Nachweis?'])
  assert.deepEqual(papersOf(services, {})[0].hints.length, 1)
  assert.deepEqual(papersOf([services[2]], {}), [])
  assert.deepEqual(answered({ first: 'yes', other: 'no', third: 'skip' }), { yes: ['first'], no: ['other'] })
})

test('the steps follow one another, and what is typed already is not asked for again', () => {
  const walk = []
  const booking = newBooking()
  for (let step = nextStep(services, booking); step.page !== 'confirm'; step = nextStep(services, booking)) {
    walk.push(step.page)
    if (step.page === 'question') booking.answers[step.question] = 'skip'
    if (step.page === 'papers') booking.read = true
    if (step.page === 'surname') booking.surname = 'Meier'
    if (step.page === 'phone') booking.phone = '0171 2345678'
  }
  assert.deepEqual(walk, ['question', 'papers', 'surname', 'phone'])
  assert.equal(nextStep(services, { ...booking, at: null, hold: null }).page, 'confirm') // another time, the same person
  assert.equal(nextStep([services[2]], newBooking()).page, 'surname') // nothing to bring, nothing to read
})

test('back leads through the same steps to the choice of a time', () => {
  const back = []
  for (let at = { page: 'confirm' }; at; at = stepBefore(services, at)) back.push(at.page)
  assert.deepEqual(back, stepsOf(services).map((s) => s.page).reverse())
})

test('the nearest times lie on both sides and come in order', () => {
  const day = (d, ...times) => ({ day: d, times: times.map((t) => `${d}T${t}:00Z`) })
  const days = [day('2026-11-24', '08:00', '09:00', '09:50', '10:10', '10:20', '15:00'), day('2026-11-25', '08:00', '10:00')]
  assert.deepEqual(nearest(days, '2026-11-24T10:00:00Z').map((t) => t.slice(11, 16)), ['08:00', '09:00', '09:50', '10:10', '10:20', '15:00'])
  assert.deepEqual(nearest([], '2026-11-24T10:00:00Z'), [])
})

test('many times are asked for by the hour, few are shown at once', () => {
  const clock = (at) => at.slice(11, 16)
  const times = Array.from({ length: 18 }, (_, i) => `2026-11-24T${String(8 + Math.floor(i / 6)).padStart(2, '0')}:${(i % 6)}0:00Z`)
  assert.equal(hoursOf(times.slice(0, 12), clock), null)
  assert.deepEqual(hoursOf(times, clock).map((h) => [h.hour, h.times.length]), [['08', 6], ['09', 6], ['10', 6]])
})

test('what is plainly wrong with a name or a number has its code', () => {
  const names = { '': 'missing_surname', '  ': 'missing_surname', Meier: '', "O'Brien-Łukasiewicz": '', 'von der Aa 2.': '', 'Meier😀': 'characters', 'a<b>': 'characters', '123': 'no_letter', 'محمد': '' }
  for (const [text, code] of Object.entries(names)) assert.equal(nameFault(text), code, text)
  assert.equal(nameFault('x'.repeat(81)), 'long')
  const numbers = { '': 'missing_phone', '123': 'phone_short', '0171 2345678': '', '+49 (0)171/234-5678': '', '0171x2345678': 'phone', '0171😀2345678': 'phone' }
  for (const [text, code] of Object.entries(numbers)) assert.equal(phoneFault(text), code, text)
  assert.equal(phoneFault('1'.repeat(40)), 'phone_long')
})

test('of what is typed as a first letter the last letter counts', () => {
  assert.equal(initialOf('m'), 'm')
  assert.equal(initialOf('mö'), 'ö')
  assert.equal(initialOf('4 😀'), '')
})
