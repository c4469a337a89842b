import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseTimes, writeItems } from '../js/staff/times.js'
import { dayOf, minuteOf } from '../js/staff/when.js'

const on = (day, ...clocks) => clocks.map((c) => ({ at: `${day}T${c}:00Z`, day, minute: Number(c.slice(0, 2)) * 60 + Number(c.slice(3)) }))
const every = (day, step, from, to) => {
  const list = []
  for (let m = from; m < to; m += step) list.push(...on(day, String(Math.floor(m / 60)).padStart(2, '0') + ':' + String(m % 60).padStart(2, '0')))
  return list
}
const when = (more) => ({ from: '', to: '', start: -1, end: -1, time: '', ...more })
const clocks = (list) => list.map((x) => x.at.slice(11, 16)).join(' ')

test('over several days the earliest comes first, and few of a day, well apart', () => {
  const times = [...every('2026-12-01', 10, 480, 720), ...every('2026-12-02', 10, 480, 720), ...every('2026-12-03', 10, 480, 720), ...every('2026-12-04', 10, 480, 720)]
  const some = chooseTimes(times, null)
  assert.equal(some.length, 9)
  assert.equal(clocks(some), '08:00 09:00 10:00 08:00 09:00 10:00 08:00 09:00 10:00')
})

test('of a single day those are shown that are quickly said, from the first to the last', () => {
  assert.equal(clocks(chooseTimes(every('2026-12-01', 10, 490, 720), when({ from: '2026-12-01', to: '2026-12-01' }))), '08:10 08:30 09:00 09:30 10:00 10:30 11:00 11:30')
  assert.equal(clocks(chooseTimes(on('2026-12-01', '08:10', '08:20'), null)), '08:10 08:20')
})

test('a part of the day leaves out the rest', () => {
  const some = chooseTimes(every('2026-12-01', 30, 480, 960), when({ start: 720, end: 1440 }))
  assert.equal(clocks(some), '12:00 12:30 13:00 13:30 14:00 14:30 15:00 15:30')
  assert.deepEqual(chooseTimes(on('2026-12-01', '08:00'), when({ start: 720, end: 1440 })), [])
})

test('around a time that was asked for, or lost, are the nearest', () => {
  const times = every('2026-12-01', 10, 480, 960)
  assert.equal(chooseTimes(times, when({ time: '10:30' }))[0].at, '2026-12-01T10:30:00Z')
  const near = chooseTimes(times.filter((x) => x.minute !== 630), null, { near: '2026-12-01T10:30:00Z', most: 4 })
  assert.equal(clocks(near), '10:10 10:20 10:40 10:50')
})

test('services are written as addresses have them', () => {
  assert.equal(writeItems([{ service: 'a', quantity: 2 }, { id: 'b', quantity: 1 }]), 'a*2,b')
})

test('a zone is made ready once, however many times are looked at', () => {
  const Real = Intl.DateTimeFormat
  let made = 0
  Intl.DateTimeFormat = function (...how) { made++; return new Real(...how) }
  try {
    for (let i = 0; i < 100; i++) {
      assert.equal(minuteOf(Date.UTC(2026, 11, 1, 8, i % 60), 'Asia/Tokyo'), 17 * 60 + (i % 60))
      assert.equal(dayOf(Date.UTC(2026, 11, 1, 8), 'Pacific/Kiritimati'), '2026-12-01')
    }
  } finally {
    Intl.DateTimeFormat = Real
  }
  assert.ok(made <= 4, `${made} made for two zones`)
})
