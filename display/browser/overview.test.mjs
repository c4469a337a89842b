// What a desk and a supervisor are told about those who wait, in a real browser
// against the real program.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, plain, signUp, start } from './program.mjs'

let house, browser, context, page, office, catalogue, service

before(async () => {
  house = await start()
  browser = await openBrowser()
  context = await signUp(browser, house)
  office = (await house.api('/offices')).body.offices[0].id
  catalogue = (await house.api(`/offices/${office}/catalogue`)).body
  service = catalogue.services.find((s) => s.papers?.some((p) => !p.condition))
  page = await context.newPage()
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

const order = async (path, body = {}) => {
  const answer = await house.api(`/offices/${office}${path}`, { role: 'supervisor', body })
  assert.ok(answer.status < 300, path + ': ' + JSON.stringify(answer))
  return answer.body
}
const draw = (s = service) => order('/tickets', { services: [{ id: s.id, quantity: 1 }] })
const text = (selector) => page.locator(selector).textContent()

test('the overview counts who waits, in all and per service, with the longest wait', async () => {
  const other = catalogue.services.find((s) => s.category !== service.category)
  const first = await draw()
  await draw()
  await draw(other)
  const at = new Date(Date.now() + 60_000).toISOString()
  const booked = await order('/appointments', { at, services: [{ id: service.id, quantity: 1 }] })
  await order(`/appointments/${booked.code}/check-in`)
  await page.goto(`${house.url}/supervisor/${office}`)
  await page.waitForSelector('.figures')
  const cells = await page.locator('.figures__row dd strong').allTextContents()
  assert.equal(cells[0], '4')
  assert.match(await text('.figures__row'), /1[^0-9]*3/, 'one booked, three walk-ins')
  assert.ok(plain(await text('.figures__row > div:nth-child(2)')).includes(first.number), 'who waits longest is named')
  assert.match(cells[1], /\d+ min/)
  const row = page.locator('.figures__services tbody tr', { hasText: service.names.de })
  assert.deepEqual((await row.locator('td').allTextContents()).slice(0, 2), ['1', '2'])
  assert.match(await row.locator('td').nth(2).textContent(), /\d+ min/)
  await draw(other)
  await page.waitForFunction(() => document.querySelector('.figures__row dd strong').textContent === '5')
})

test('a desk shows who comes next and why, which papers the matter needs, and how long it has run', async () => {
  const desk = catalogue.desks[0].id
  await page.goto(`${house.url}/desk/${office}`)
  await page.waitForSelector('.choose__take')
  await page.locator('.choose__take').first().click()
  await page.waitForSelector('.next__number')
  const ticket = await draw()
  await page.waitForFunction((n) => [...document.querySelectorAll('.row__open')].some((b) => b.textContent.replace(/\s/g, '') === n), ticket.number)
  assert.match(plain(await text('.next__number')), /^[A-Z]\d{3,4}$/)
  assert.match(await text('.next__why'), /\d\d:\d\d/, 'the reason has its time')
  const waits = page.locator('.row', { hasText: ticket.number.slice(1) })
  assert.match(await waits.locator('.row__since').textContent(), /\d+ min/)
  // The page presses as whoever is signed in; another caller may not have the desk.
  await page.evaluate(([to, id]) => fetch(to, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify({ ticket: id }) }),
    [`/api/v1/offices/${office}/desks/${desk}/take`, ticket.id])
  await page.waitForFunction((n) => document.querySelector('.running__number').textContent.replace(/\s/g, '') === n, ticket.number)
  const papers = await text('.papers')
  for (const paper of service.papers) assert.ok(papers.includes(paper.names.de), paper.names.de)
  assert.match(await text('.running__time'), /0 min/)
  // The same room, seven minutes later by this browser's clock, and by that of
  // the frames that still come: a look ahead brings one every now and then.
  await page.evaluate(() => {
    const LATER = 7 * 60_000 // ms
    const [now, parse] = [Date.now, JSON.parse]
    Date.now = () => now() + LATER
    JSON.parse = (text, ...more) => {
      const frame = parse(text, ...more)
      if (frame && frame.v === 1 && frame.at) frame.at = new Date(Date.parse(frame.at) + LATER).toISOString()
      return frame
    }
  })
  await page.waitForFunction(() => /[67] min/.test(document.querySelector('.running__time').textContent))
})

test('an office is closed after a question and opened until an hour', async () => {
  await page.goto(`${house.url}/supervisor/${office}`)
  const state = page.locator('section[aria-labelledby="opening-title"] .house__state').first()
  await page.locator('section[aria-labelledby="opening-title"] .button--bad').click()
  await page.waitForSelector('dialog[open]')
  assert.equal((await house.api(`/offices/${office}`)).body.hours.open, true, 'not before the answer')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => !document.querySelector('section[aria-labelledby="opening-title"] .button--bad'))
  await page.waitForFunction(() => document.querySelector('.voice').textContent.includes('geschlossen')) // the answer; the frame may come before it
  assert.equal((await house.api(`/offices/${office}`)).body.hours.open, false)
  await page.fill('#open-until', '23:58')
  await page.press('#open-until', 'Enter')
  await state.filter({ hasText: '23:58' }).waitFor()
  assert.equal((await house.api(`/offices/${office}`)).body.hours.open, true)
})
