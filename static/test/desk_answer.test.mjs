import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withAnswer } from '../js/staff/desk_answer.js'

const page = { catalogue: { no_show_after: 2 }, planned: () => 10 }
const waiting = { id: 't1', number: { text: 'A001' }, services: [{ service: 's', quantity: 1 }], booked: true, appointment_at: '2026-11-24T09:00:00Z', language: 'en' }
const desk = { desk: '3', phase: 'open', by: 'me', since: 'x', ticket: null, next: null, undo: null }
const room = { seq: 10, skew: 0, view: { desks: [desk], line: [waiting], parked: [], no_shows: [], expected: [] } }
const answer = { seq: 11, desk: '3', state: 'open', ticket: { id: 't1', number: 'A001', state: 'called', services: [{ id: 's', quantity: 1 }], called_at: '2026-11-24T09:01:00Z', started_at: null, calls: 2, reason: {} }, next: null }

test('an answer is shown before its frame, with what the frame knew of the person', () => {
  const shown = withAnswer(room, 'me', page, desk, answer)
  assert.equal(shown.ticket.number.text, 'A001')
  assert.equal(shown.ticket.state, 'called')
  assert.equal(shown.ticket.booked, true)
  assert.equal(shown.ticket.language, 'en')
  assert.deepEqual(shown.ticket.services, [{ service: 's', quantity: 1 }])
  assert.equal(shown.ticket.offer_no_show, true)
})

test('a frame as new as the answer is the truth', () => {
  assert.equal(withAnswer({ ...room, seq: 11 }, 'me', page, desk, answer), desk)
})

test('another desk’s answer changes nothing', () => {
  assert.equal(withAnswer(room, 'me', page, desk, { ...answer, desk: '4' }), desk)
})

test('a desk just opened is the own one before the frame says so', () => {
  const closed = { ...desk, phase: 'closed', by: undefined, since: null }
  const shown = withAnswer(room, 'me', page, closed, { ...answer, ticket: null })
  assert.equal(shown.phase, 'open')
  assert.equal(shown.by, 'me')
})
