// The supervisor, in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axe, axeInBoth, elsewhere, openBrowser, plain, signUp, start } from './program.mjs'

let house, browser, context, page, office, desk, service

before(async () => {
  house = await start()
  browser = await openBrowser()
  context = await signUp(browser, house)
  const offices = (await house.api('/offices')).body
  office = (offices[0] ?? offices.offices[0]).id
  const catalogue = (await house.api(`/offices/${office}/catalogue`)).body
  desk = catalogue.desks[0].id
  service = catalogue.services[0]
  page = await context.newPage()
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await page.goto(`${house.url}/supervisor/${office}`)
  await page.waitForSelector('.supervisor')
})

const said = (text) => page.waitForFunction((x) => document.querySelector('.voice').textContent.includes(x), text)
const draw = () => house.api(`/offices/${office}/tickets`, { role: 'reception', body: { services: [{ id: service.id, quantity: 1 }], priority: 0 } })

test('a device is let in by the code it shows, is listed, and is shut out again', async () => {
  const asked = await house.api('/pairings', { body: {} })
  assert.ok(asked.body.code, JSON.stringify(asked))
  await page.fill('#device-code', asked.body.code.toLowerCase())
  await page.fill('#device-label', 'Fernseher Eingang')
  await page.press('#device-label', 'Enter')
  await said('Fernseher Eingang')
  const polled = await house.api('/pairings/' + asked.body.poll)
  assert.equal(polled.body.state, 'approved')
  assert.match(polled.body.path, /^\/board\//)
  const row = page.locator('.devices__list tr', { hasText: 'Fernseher Eingang' })
  await row.waitFor()
  assert.deepEqual(await axe(page), [])
  await row.locator('button').click()
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('Enter')
  await row.waitFor({ state: 'detached' })
})

test('a wrong code is refused in words and the form keeps what was typed', async () => {
  await page.fill('#device-code', 'ZZZZZZ')
  await page.fill('#device-label', 'Kiosk 2')
  await page.press('#device-label', 'Enter')
  await page.waitForSelector('.voice__line--bad')
  assert.equal(await page.inputValue('#device-label'), 'Kiosk 2')
})

test('a notice stands on the board, and the page says that it is public', async () => {
  const board = await context.newPage()
  const screen = await page.locator('#device-screen').inputValue()
  await board.goto(`${house.url}/board/${screen}`)
  assert.match(await page.locator('#notice-hint').textContent(), /lesen/)
  await page.fill('#notice', 'Das Fotogerät ist bis 11:30 Uhr außer Betrieb.')
  await page.locator('section[aria-labelledby="notice-title"] [type="submit"]').click()
  await board.waitForFunction(() => document.body.textContent.includes('Das Fotogerät ist bis 11:30 Uhr außer Betrieb.'))
  await board.close()
})

test('the intake is closed and opened again', async () => {
  const button = page.locator('section[aria-labelledby="opening-title"] button').last()
  await button.click()
  await said('keine Nummern mehr')
  await button.filter({ hasText: 'Wieder' }).waitFor() // the frame; the answer may come before it
  assert.equal((await draw()).body.code, 'intake_closed')
  await button.click()
  await said('wieder Nummern')
  await button.filter({ hasText: 'Keine' }).waitFor()
  assert.equal((await draw()).status, 201)
})

test('the room shows a call at its desk, and a foreign desk is closed after a question', async () => {
  await house.api(`/offices/${office}/desks/${desk}/open`, { role: 'clerk', body: {} })
  const number = (await draw()).body.number
  await page.waitForFunction((n) => [...document.querySelectorAll('.person__number')].some((p) => p.textContent.replace(/\s/g, '') === n), number)
  const button = page.locator('.floor__close').first()
  await button.click()
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('.floor__desk').classList.contains('floor__desk--closed'))
})

test('the supervisor’s page meets WCAG 2.2 AA wide and narrow, and no hour of its pictures is cut off', async () => {
  await page.waitForSelector('.plan__small-picture')
  for (const width of [1280, 480, 320]) {
    await page.setViewportSize({ width, height: 900 })
    await page.waitForFunction(() => [...document.querySelectorAll('.plan__small-picture')].every((p) => p.scrollWidth <= p.clientWidth + 1))
    assert.deepEqual(await axe(page), [], `at ${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
})

test('home, sign-in and set-up meet WCAG 2.2 AA', async () => {
  for (const path of ['/', '/sign-in']) {
    await page.goto(house.url + path)
    assert.deepEqual(await axe(page), [], path)
  }
})

test('a screen elsewhere shows a code, and the board once the code is typed here', async () => {
  const far = await browser.newContext({ locale: 'de-DE', viewport: { width: 1280, height: 720 }, ...elsewhere })
  const screen = await far.newPage()
  await screen.goto(house.url + '/board/lobby')
  await screen.waitForFunction(() => /^[A-Z0-9]{3}\u2009[A-Z0-9]{3}$/.test(document.getElementById('code').textContent))
  assert.deepEqual(await axeInBoth(screen), [])
  await page.fill('#device-code', plain(await screen.locator('#code').textContent()))
  await page.fill('#device-label', 'Fernseher im Flur')
  await page.press('#device-label', 'Enter')
  await said('Fernseher im Flur')
  await screen.waitForSelector('.board')
  await far.close()
})
