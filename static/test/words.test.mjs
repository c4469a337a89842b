import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWords, ticketText } from '../js/lib/words.js'

test('a placeholder is filled and numbers are written as the language does', () => {
  const t = createWords('de', { 'board.call_to': 'Bitte zu {{.Place}}', 'board.waiting': '{{ .Count }} warten' })
  assert.equal(t('board.call_to', { Place: 'Platz 3' }), 'Bitte zu Platz 3')
  assert.equal(t('board.waiting', { Count: 1473 }), '1.473 warten')
})

test('what a citizen typed cannot become a placeholder or a pattern', () => {
  const t = createWords('de', { 'a.b': '{{.Name}} {{.Other}}' })
  assert.equal(t('a.b', { Name: '{{.Other}} $& $1', Other: 'x' }), '{{.Other}} $& $1 x')
})

test('plural forms are chosen by Count', () => {
  const de = createWords('de', { 'phone.ahead': { one: 'Eine Person', other: '{{.Count}} Personen' } })
  assert.equal(de('phone.ahead', { Count: 1 }), 'Eine Person')
  assert.equal(de('phone.ahead', { Count: 3 }), '3 Personen')
  const ar = createWords('ar', { k: { zero: 'z', one: '1', two: '2', few: 'few', many: 'many', other: 'other' } })
  assert.deepEqual([0, 1, 2, 3, 11, 100].map((Count) => ar('k', { Count })), ['z', '1', '2', 'few', 'many', 'other'])
})

test('an unknown key and a missing parameter are seen', () => {
  const t = createWords('de', { 'a.b': 'x {{.Gone}}' })
  assert.equal(t('a.c'), 'a.c')
  assert.equal(t('toString'), 'toString')
  assert.equal(t('a.b'), 'x {{.Gone}}')
  assert.ok(t.has('a.b') && !t.has('a.c'))
})

test('times are those of the office and in Western digits', () => {
  for (const lang of ['de', 'en', 'ar']) {
    const t = createWords(lang, {}, { timeZone: 'Europe/Berlin' })
    assert.equal(t.time('2026-07-01T08:50:07Z'), '10:50')
    assert.equal(t.time('2026-01-01T23:05:00Z'), '00:05')
    assert.equal(t.clock('2026-07-01T08:50:07Z'), '10:50:07')
  }
  assert.equal(createWords('de', {}, { timeZone: 'Europe/Berlin' }).date('2026-11-24T23:30:00Z'), 'Mittwoch, 25. November')
  assert.equal(createWords('ar', {}).number(1473), '1,473')
  assert.equal(createWords('ar', {}).dir, 'rtl')
})

test('small numbers are written without making ready for large ones', () => {
  const Real = Intl.NumberFormat
  let made = 0
  Intl.NumberFormat = function (...how) { made++; return new Real(...how) }
  try {
    for (const lang of ['de', 'en', 'ar']) {
      const t = createWords(lang, { n: '{{.N}}' })
      for (const n of [0, 7, 999]) assert.equal(t('n', { N: n }), new Real(lang + '-u-nu-latn').format(n))
      assert.equal(made, 0)
      for (const n of [-1, 0.5, 1000, 123456]) assert.equal(t.number(n), new Real(lang + '-u-nu-latn').format(n))
      assert.equal(made, 1)
      made = 0
    }
  } finally {
    Intl.NumberFormat = Real
  }
})

test('a ticket number is letter, thin space, digits', () => {
  assert.equal(ticketText('A017'), 'A\u2009017')
  assert.equal(ticketText('B1003'), 'B\u20091003')
})
