// Real phones and screens on sockets that were taken over from the web server.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, openLive, plain, start } from './program.mjs'
import { screenOf } from './scene.mjs'

const BACK_WITHIN = 20_000 // ms; a phone stays away for 4 s at most, and a busy machine for longer

let house, browser, office, desk

before(async () => {
  house = await start({ args: ['--open-now', 'always', '--metrics', '127.0.0.1:0'] })
  browser = await openBrowser()
  office = (await house.api('/offices')).body.offices[0].id
  desk = (await house.api(`/offices/${office}/catalogue`)).body.desks[0].id
  await order(`/desks/${desk}/open`)
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

async function order(path, body = {}) {
  const answer = await house.api(`/offices/${office}${path}`, { role: 'supervisor', body })
  assert.ok(answer.status < 300, path + ': ' + JSON.stringify(answer))
  return answer.body
}

const figure = async (name) => Number((await (await fetch(house.metrics)).text()).match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1])
const lit = (page, number) => page.waitForFunction((n) => [...document.querySelectorAll('.call--lit .call__number')].some((e) => e.textContent.replace(/\s/g, '') === n), number)

test('a call reaches a taken-over phone and screen, and a restart brings both back', async () => {
  const service = (await house.api(`/offices/${office}/catalogue`)).body.services[0].id
  const draw = () => order('/tickets', { services: [{ id: service, quantity: 1 }] })
  const ticket = await draw()
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 } })
  const phone = await context.newPage()
  await openLive(phone, house.url + new URL(ticket.link, house.url).pathname)
  const board = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  await openLive(board, house.url + '/board/' + (await screenOf(house, office)))
  // The first frame leaves before the loop counts who comes, a moment later.
  for (const end = Date.now() + BACK_WITHIN; (await figure('aufruf_sockets_taken_over')) < 2 && Date.now() < end;) await board.waitForTimeout(20)
  assert.equal(await figure('aufruf_sockets_taken_over'), 2)
  await order(`/desks/${desk}/next`)
  await phone.waitForSelector('#page[data-state="called"]')
  await lit(board, plain(ticket.number))
  assert.ok(await figure('aufruf_frames_total') >= 4)

  // An attempt may come before the program listens again; one of them gets its frame.
  const back = Promise.all([phone, board].map((page) => new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('not back: ' + page.url())), BACK_WITHIN)
    page.on('websocket', (socket) => socket.once('framereceived', () => { clearTimeout(late); resolve() }))
  })))
  await house.restart()
  await back
  await order(`/desks/${desk}/start`)
  await phone.waitForFunction(() => document.querySelector('#page').dataset.state !== 'called')
  await context.close()
  await board.close()
})
