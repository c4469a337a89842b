import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLine } from '../js/staff/line.js'
import { addDays, dayOf, daysTo, minuteOf } from '../js/staff/when.js'

const services = [
  { id: 'perso', names: { de: 'Personalausweis beantragen', en: 'Apply for an ID card' }, words: ['perso', 'ausweis'] },
  { id: 'kind', names: { de: 'Personalausweis für Kinder', en: 'Card for children (ID)' }, words: ['perso', 'kind'] },
  { id: 'pass', names: { de: 'Reisepass', en: 'Passport' }, words: ['pass'] },
  { id: 'umzug', names: { de: 'Wohnung anmelden', en: 'Register a home' }, words: ['umzug'] },
]
const TODAY = '2026-11-24' // a Tuesday
const read = (line, more = {}) => readLine(line, { services, today: TODAY, ...more })
// "perso*2+pass 2026-12-01..2026-12-01 0-720 10:30 +15 tel name booking"
const short = (line) => {
  const r = read(line)
  const { from, to, start, end, time } = r.when
  return [r.items.map((i) => i.service + (i.quantity > 1 ? '*' + i.quantity : '')).join('+'), from && (from === to ? from : from + '..' + to), start >= 0 && start + '-' + end, time,
    r.priority && '+' + r.priority, r.phone && 'tel:' + r.phone.replace(/\D/g, ''), r.name && 'name:' + r.name, r.booking && 'books'].filter(Boolean).join(' ')
}

test('a line is understood in any order', () => {
  const cases = [
    ['perso', 'perso'],
    ['perso di vorm', 'perso 2026-12-01 0-720 books'],
    ['vorm perso di', 'perso 2026-12-01 0-720 books'],
    ['2 perso', 'perso*2'],
    ['perso x2', 'perso*2'],
    ['2x perso', 'perso*2'],
    ['2 perso + pass morgen', 'perso*2+pass 2026-11-25 books'],
    ['perso+pass', 'perso+pass'],
    ['perso, 2 pass, umzug 8.12. ab 14', 'perso+pass*2+umzug 2026-12-08 840-1440 books'],
    ['perso und pass mi', 'perso+pass 2026-11-25 books'],
    ['perso pass mi', 'perso+pass 2026-11-25 books'],
    ['perso kind', 'kind'],
    ['perso heute', 'perso 2026-11-24 books'],
    ['perso übermorgen früh', 'perso 2026-11-26 0-600 books'],
    ['perso di', 'perso 2026-12-01 books'], // today is a Tuesday: "heute" says so
    ['perso fr. vorm.', 'perso 2026-11-27 0-720 books'],
    ['di 8 perso', 'perso 2026-12-08 books'], // the eighth is a Tuesday
    ['di 10 perso', 'perso 2026-12-01 10:00 books'], // the tenth is none for long
    ['di 2 perso', 'perso*2 2026-12-01 books'], // and nobody comes at two at night
    ['perso 8.12.', 'perso 2026-12-08 books'],
    ['perso 8.1.', 'perso 2027-01-08 books'],
    ['perso 8.12.2027', 'perso 2027-12-08 books'],
    ['perso 8. dezember', 'perso 2026-12-08 books'],
    ['perso di 8.12.', 'perso 2026-12-08 books'],
    ['perso mi 8.12.', 'perso never books'], // the eighth is a Tuesday
    ['perso 29.2.', 'perso never books'],
    ['perso in 2 wo', 'perso 2026-12-08..2026-12-13 books'],
    ['perso di in 2 wo', 'perso 2026-12-08 books'],
    ['perso in 3 tagen', 'perso 2026-11-27 books'],
    ['perso nächste woche nachm', 'perso 2026-11-30..2026-12-06 720-1440 books'],
    ['perso do nächste woche', 'perso 2026-12-03 books'],
    ['perso im januar', 'perso 2027-01-01..2027-01-31 books'],
    ['perso abend', 'perso 960-1440 books'],
    ['perso 9-11', 'perso 540-660 books'],
    ['perso 9–11:30 uhr', 'perso 540-690 books'],
    ['perso bis 10', 'perso 0-600 books'],
    ['perso do 10 uhr', 'perso 2026-11-26 10:00 books'],
    ['perso do um 10', 'perso 2026-11-26 10:00 books'],
    ['perso 10:30', 'perso 10:30'], // of today, as ever
    ['10:30 2 perso +5', 'perso*2 10:30 +5'],
    ['perso +15', 'perso +15'],
    ['perso +15 0171 234567', 'perso +15 tel:0171234567'],
    ['perso termin', 'perso books'],
    ['passport tuesday morning', 'pass 2026-12-01 0-720 books'],
    ['passport tomorrow 9 am', 'pass 2026-11-25 09:00 books'],
    ['2 passport + id next week from 14', 'pass*2+perso 2026-11-30..2026-12-06 840-1440 books'],
    ['morgen früh umzug 0171 234567 müller', 'umzug 2026-11-25 0-600 tel:0171234567 name:Müller books'],
    ['perso di +49 171/2345-678', 'perso 2026-12-01 tel:491712345678 books'],
    ['perso di meier-lüdenscheidt', 'perso 2026-12-01 name:Meier-Lüdenscheidt books'],
    ['perso di frau pass', 'perso 2026-12-01 name:Pass books'], // a name that is a matter
    ['perso di "von der Au"', 'perso 2026-12-01 name:von der Au books'],
    ['müller', 'name:Müller'],
    ['0171 2345678', 'tel:01712345678'],
    ['di vorm', '2026-12-01 0-720 books'],
    ['', ''],
    ['   ', ''],
    ['=HYPERLINK(1)', 'name:=HYPERLINK(1)'], // the form says what is wrong with it
    ['<script>', 'name:<script>'],
  ]
  for (const [line, parts] of cases) assert.equal(short(line), parts, JSON.stringify(line))
})

test('a number and a code are told from words', () => {
  assert.equal(read('a 17').number, 'A017')
  assert.equal(read('A\u2009017').number, 'A017')
  assert.equal(read('k7f2-9xq4').code, 'K7F29XQ4')
  assert.equal(read('perso + pass').code, '')
})

test('what a word may mean as well is kept, and a chosen meaning stays', () => {
  assert.deepEqual(read('perso di').items[0].others, ['kind'])
  const chosen = read('2 perso di', { pins: { perso: 'kind' } }).items[0]
  assert.equal(chosen.service, 'kind')
  assert.equal(chosen.quantity, 2)
  assert.deepEqual(chosen.others, ['perso'])
})

test('a name that is being typed does not become a matter on the way', () => {
  for (const line of ['perso di p', 'perso di pe', 'perso di per']) assert.equal(read(line).items.length, 1, line)
})

test('days are those of the office, over the changes of the clock', () => {
  assert.equal(dayOf('2026-11-23T23:30:00Z', 'Europe/Berlin'), '2026-11-24')
  assert.equal(minuteOf('2026-07-01T06:30:00Z', 'Europe/Berlin'), 510)
  assert.equal(addDays('2026-03-28', 2), '2026-03-30')
  assert.equal(daysTo('2026-10-24', '2026-10-26'), 2)
})

test('a small word is passed over, unless it is all that was typed so far', () => {
  assert.equal(short('um'), 'umzug')
  assert.notEqual(short('an'), '')
  assert.equal(short('perso um 10 uhr'), 'perso 10:00')
  assert.equal(short('an perso'), 'perso')
  assert.equal(short('am 8.12.'), '2026-12-08 books')
})

test('on a weekend a week from now begins on Monday', () => {
  const weeks = (today) => { const { from, to } = read('perso in 2 wo', { today }).when; return from + '..' + to }
  assert.equal(weeks('2026-11-27'), '2026-12-11..2026-12-13')
  assert.equal(weeks('2026-11-28'), '2026-12-14..2026-12-20')
  assert.equal(weeks('2026-11-29'), '2026-12-14..2026-12-20')
  assert.equal(weeks('2026-11-30'), '2026-12-14..2026-12-20')
})
