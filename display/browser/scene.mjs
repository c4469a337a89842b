// A morning in an office, made through the API: some wait, some are at a desk,
// one has been called.
import assert from 'node:assert/strict'

const WAIT = 12

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
  const called = await drawn(2)
  await serve(desks[1] || desks[0], called)
  const beside = desks[2] && (await drawn(3))
  if (beside) await serve(desks[2], beside)
  for (let i = 0; i < WAIT; i++) await drawn(i, i === 4 ? 2 : 1)
  const soon = new Date(Math.ceil(Date.now() / 300_000) * 300_000 + 300_000).toISOString()
  for (let i = 0; i < 3; i++) {
    const booked = await order('/appointments', { at: soon, services: [{ id: services[i].id, quantity: 1 }] })
    await order(`/appointments/${booked.code}/check-in`)
  }
  const waiting = await drawn(0)
  const later = await order('/appointments', { at: soon, services: [{ id: services[0].id, quantity: 1 }] })

  async function serve(desk, ticket) {
    await order(`/desks/${desk}/take`, { ticket: ticket.id })
  }
  return {
    office,
    setup: new URL(house.setup).pathname,
    board: '/board/' + (await screenOf(house, office)),
    kiosk: '/kiosk/' + office,
    desk: '/desk/' + office + '/' + desks[0],
    done: path(done.link), called: path(called.link), waiting: path(waiting.link), appointment: path(later.link),
    async call(n) {
      await order(`/desks/${desks[1] || desks[0]}/recall`)
      if (n > 1 && beside) await order(`/desks/${desks[2]}/recall`)
    },
    notice: (text = 'Das Fotogerät ist bis etwa 11:30 Uhr außer Betrieb.') => order('/notice', { text }),
  }
}

/** The office's first screen, as the first page links to it. */
export async function screenOf(house, office) {
  const text = await (await fetch(house.url + '/', { headers: { Accept: 'text/html' } })).text()
  const found = text.match(/href="\/board\/([^"]+)"/)
  assert.ok(found, 'the first page links to no board of ' + office)
  return found[1]
}
