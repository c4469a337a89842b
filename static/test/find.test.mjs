import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findServices, fold, nextAt, todayAt } from '../js/staff/find.js'

const services = [
  { id: 'perso', names: { de: 'Personalausweis beantragen', en: 'Apply for an ID card' }, words: ['perso', 'ausweis'] },
  { id: 'abholen', names: { de: 'Personalausweis abholen', en: 'Collect an ID card' }, words: [] },
  { id: 'fuehrung', names: { de: 'Führungszeugnis', en: 'Certificate of conduct' }, words: ['polizeiliches führungszeugnis'] },
  { id: 'pass', names: { de: 'Reisepass', en: 'Passport' }, words: ['pass'] },
]
const found = (query) => findServices(services, query).map((s) => s.id)

test('services are found by the beginnings of words, in any language', () => {
  assert.deepEqual(found('perso'), ['perso', 'abholen'])
  assert.deepEqual(found('perso abh'), ['abholen'])
  assert.deepEqual(found('passport'), ['pass'])
  assert.deepEqual(found('id coll'), ['abholen'])
  assert.deepEqual(found('ausweis'), ['perso'])
  const two = [{ id: 'child', names: { de: 'Reisepass für Kinder', en: 'Passport for children' }, words: ['kinderpass'] }, services[3]]
  assert.deepEqual(findServices(two, 'pass').map((s) => s.id), ['pass', 'child'], 'an everyday word means its matter first')
})

test('an umlaut is found however it is typed', () => {
  for (const query of ['führung', 'fuehrung', 'fuhrung', 'FÜHRUNG']) assert.deepEqual(found(query), ['fuehrung'], query)
})

test('what means nothing finds nothing', () => {
  for (const query of ['', '   ', 'xyz', 'perso xyz', '+']) assert.deepEqual(found(query), [], JSON.stringify(query))
})

test('folding keeps both ways to write an umlaut', () => {
  assert.equal(fold('Straße'), 'strasse')
  assert.equal(fold('Prüfung'), 'prufung pruefung')
})

test('a time of today is an instant in the office’s zone, summer and winter', () => {
  const at = (time, now) => todayAt(time, Date.parse(now), 'Europe/Berlin')
  assert.equal(at('10:30', '2026-11-24T09:00:00Z'), '2026-11-24T09:30:00.000Z')
  assert.equal(at('10:30', '2026-07-24T09:00:00Z'), '2026-07-24T08:30:00.000Z')
  assert.equal(at('00:15', '2026-11-23T23:30:00Z'), '2026-11-23T23:15:00.000Z', 'today is the office’s day, not UTC’s')
  assert.equal(at('14:00', '2026-03-29T00:30:00Z'), '2026-03-29T12:00:00.000Z', 'after the clock was put forward')
})

test('a time of day that has passed means tomorrow, across summer time too', () => {
  const at = (time, now) => nextAt(time, Date.parse(now), 'Europe/Berlin')
  assert.equal(at('10:30', '2026-11-24T08:00:00Z'), '2026-11-24T09:30:00.000Z')
  assert.equal(at('00:30', '2026-11-24T22:00:00Z'), '2026-11-24T23:30:00.000Z')
  assert.equal(at('00:15', '2026-10-24T22:30:00Z'), '2026-10-25T23:15:00.000Z')
  assert.equal(at('23:00', '2026-03-28T22:30:00Z'), '2026-03-29T21:00:00.000Z')
})
