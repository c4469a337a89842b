// A morning in an office, made through the API: some wait, some are at a desk,
// one has been called, others are set aside.
import assert from 'node:assert/strict'
import { setTimeout as pass } from 'node:timers/promises'

const WAIT = 12
const BEFORE = 6 // people who were called and are gone, for the list of last calls
const REST = 9_000 // ms; a call's colour, and a bit
const FAR = 3 * 3_600_000 // ms; too early to be checked in on time

/**
 * setScene fills a house's first office and gives the addresses of what it
 * made. call(n) calls n people within the same second, the first being always
 * the same person again.
 *
 * @param {Object} house what start() gave
 */
export async function setScene(house) {
  const office = (await house.api('/offices')).body.offices[0].id
  const base = '/offices/' + office
  const catalogue = (await house.api(base + '/catalogue')).body
  const desks = catalogue.desks.map((d) => d.id)
  const order = async (path, body = {}) => {
    const answer = await house.api(base + path, { role: 'supervisor', body })
    assert.ok(answer.status < 300, path + ': ' + JSON.stringify(answer))
    return answer.body
  }
  const services = catalogue.categories.map((c) => catalogue.services.find((s) => s.category === c.id)).filter(Boolean)
  const drawn = (i, quantity = 1) => order('/tickets', { services: [{ id: services[i % services.length].id, quantity }] })
  const path = (link) => new URL(link, house.url).pathname

  for (const desk of desks) await order(`/desks/${desk}/open`)
  const done = await drawn(0)
  await serve(desks[0], done)
  await order(`/desks/${desks[0]}/finish`)
  await order(`/desks/${desks[0]}/close`) // for whoever signs in
  const second = desks[1] || desks[0]
  for (let i = 0; i < BEFORE; i++) {
    await serve(desks[(i % 2) + 2] || second, await drawn(i))
    await order(`/desks/${desks[(i % 2) + 2] || second}/finish`)
  }
  const parked = await drawn(1)
  await serve(second, parked)
  await order(`/desks/${second}/park`, { reason: catalogue.park_reasons[0] })
  const missed = await drawn(0)
  await serve(second, missed)
  await order(`/desks/${second}/no-show`)
  const left = await drawn(0)
  await order(`/tickets/${left.id}/leave`)
  const called = await drawn(2)
  await serve(second, called)
  const beside = desks[2] && (await drawn(3))
  if (beside) await serve(desks[2], beside)
  for (let i = 0; i < WAIT; i++) await drawn(i, i === 4 ? 2 : 1)
  const soon = new Date(Math.ceil(Date.now() / 300_000) * 300_000 + 300_000).toISOString()
  const book = (at, i) => order('/appointments', { at, services: [{ id: services[i].id, quantity: 1 }] })
  let arrived, booked
  for (let i = 0; i < 3; i++) {
    arrived = await book(soon, i)
    booked = await order(`/appointments/${arrived.code}/check-in`)
  }
  const waiting = await drawn(0)
  const later = await book(soon, 0)
  const early = await book(new Date(Date.parse(soon) + FAR).toISOString(), 1)
  await order(`/appointments/${early.code}/check-in`)
  // Next week somebody comes, and somebody else no longer does.
  const free = (await house.api(`${base}/slots?services=${services[2].id}&days=14&staff=true`, { role: 'supervisor' })).body.days.flatMap((d) => d.times)
  const sold = async (at) => {
    const { hold } = await order('/holds', { at, services: [{ id: services[2].id, quantity: 1 }], channel: 'phone' })
    const answer = await house.api(`/holds/${hold}/book`, { role: 'supervisor', body: { contact: { surname: 'Beispiel', phone: '0171 2345678', yes: [], no: [] } } })
    assert.equal(answer.status, 201, JSON.stringify(answer))
    return answer.body
  }
  const booking = await sold(free.at(-1))
  const cancelled = await sold(free.at(-2))
  await order(`/appointments/${cancelled.code}/cancel`)
  await pass(REST)

  async function serve(desk, ticket) {
    await order(`/desks/${desk}/take`, { ticket: ticket.id })
  }
  return {
    office,
    setup: new URL(house.setup).pathname,
    board: '/board/' + (await screenOf(house, office)),
    kiosk: '/kiosk/' + office,
    desk: '/desk/' + office + '/' + desks[0],
    service: services[2].id,
    done: path(done.link), called: path(called.link), waiting: path(waiting.link), booked: path(booked.link),
    parked: path(parked.link), missed: path(missed.link), left: path(left.link),
    booking: path(booking.link), gone: path(cancelled.link),
    appointment: path(later.link), arrived: path(arrived.link), early: path(early.link),
    async call(n) {
      await order(`/desks/${second}/recall`)
      if (n > 1 && beside) await order(`/desks/${desks[2]}/recall`)
    },
    notice: (text = 'Das Fotogerät ist bis etwa 11:30 Uhr außer Betrieb.') => order('/notice', { text }),
    intake: (open) => order('/intake', { open }),
    /** Everybody goes home and the house closes; once, at the end. */
    async close() {
      if (!(await house.api(base)).body.hours.open) return
      await order('/close')
      for (const desk of desks) {
        await house.api(`${base}/desks/${desk}/finish`, { role: 'supervisor', body: {} })
        await house.api(`${base}/desks/${desk}/close`, { role: 'supervisor', body: {} })
      }
      for (const t of (await house.api(base + '/queue', { role: 'supervisor' })).body.tickets) {
        if (['waiting', 'parked', 'called'].includes(t.state)) await order(`/tickets/${t.id}/leave`)
      }
    },
  }
}

/** The office's first screen, as the first page links to it. */
export async function screenOf(house, office) {
  const text = await (await fetch(house.url + '/', { headers: { Accept: 'text/html' } })).text()
  const found = text.match(/href="\/board\/([^"]+)"/)
  assert.ok(found, 'the first page links to no board of ' + office)
  return found[1]
}
