// What people are told, and what they did not bring, on the supervisor's page,
// in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { axe, openBrowser, signUp, start } from './program.mjs'

const base = '/offices/buergerbuero'
let house, browser, context, page

before(async () => {
  house = await start()
  browser = await openBrowser()
  context = await signUp(browser, house)
  page = await context.newPage()
  const { days } = (await house.api(base + '/slots?services=id_card_apply&days=14')).body
  const hold = await house.api(base + '/holds', { role: 'reception', body: { at: days[1].times[2], services: [{ id: 'id_card_apply', quantity: 1 }], channel: 'phone' } })
  const contact = { surname: 'Kraxlhuber', first_name: 'Zenzi', phone: '0151 99988877', email: 'zenzi@example.org' }
  assert.equal((await house.api(`/holds/${hold.body.hold}/book`, { role: 'reception', body: { contact } })).status, 201)
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

test('messages stand there with their state and without their recipients', async () => {
  let sent = []
  for (const end = Date.now() + 20_000; sent.length < 2 && Date.now() < end;) {
    await new Promise((next) => setTimeout(next, 50))
    sent = (await house.api(base + '/messages', { role: 'supervisor' })).body.messages.filter((m) => m.state === 'sent')
  }
  assert.equal(sent.length, 2)
  await page.goto(house.url + '/supervisor/buergerbuero')
  await page.waitForSelector('.messages')
  assert.match(await page.locator('.messages__lead').innerText(), /1 SMS und 1 E-Mails gesendet[^]*Alle gingen hinaus/)
  await page.getByLabel('alle', { exact: true }).check()
  const rows = await page.locator('.messages__list tbody tr').allInnerTexts()
  assert.equal(rows.length, 2)
  assert.ok(rows.every((r) => /Bestätigung/.test(r) && /gesendet/.test(r)))
  assert.ok(!/Kraxlhuber|99988877|zenzi/.test(await page.locator('main').innerText()))
})

test('a failed message says why and is tried again with one press', async () => {
  const asked = []
  await page.route('**/messages', async (route) => {
    const body = await (await route.fetch()).json()
    await route.fulfill({ json: { ...body, messages: [{ ...body.messages[0], id: 91, state: 'failed', error: 'http_400' }, { ...body.messages[1], id: 92, state: 'failed', error: 'unreachable' }] } })
  })
  await page.route('**/messages/91/retry', (route) => {
    asked.push(route.request().method())
    return route.fulfill({ json: {} })
  })
  await page.reload()
  await page.waitForSelector('.messages__list')
  const shown = await page.locator('.messages__list').innerText()
  assert.match(shown, /Antwort des Anbieters: http 400/)
  assert.match(shown, /der Anbieter ist nicht zu erreichen/)
  await page.locator('.messages__list button').first().press('Enter')
  await page.waitForFunction(() => document.querySelector('.voice').textContent.includes('noch einmal versucht'))
  assert.deepEqual(asked, ['POST'])
  for (const width of [1280, 480, 320]) {
    await page.setViewportSize({ width, height: 900 })
    assert.deepEqual(await axe(page), [], `at ${width}`)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing is wider than ${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.unroute('**/messages')
})

test('how a message reads is shown in every language', async () => {
  await page.locator('.preview summary').press('Enter')
  await page.waitForSelector('.preview__shown')
  assert.match(await page.locator('.preview__text').innerText(), /Ihr Termin: /)
  await page.selectOption('#preview-kind', 'reminder_day')
  await page.selectOption('#preview-channel', 'email')
  await page.selectOption('#preview-lang', 'ar')
  await page.waitForFunction(() => document.querySelector('.preview__shown')?.dir === 'rtl' && /[\u0600-\u06ff]/.test(document.querySelector('.preview__shown').textContent))
  assert.deepEqual(await axe(page), [])
})

test('the papers that are missing most stand there, most first', async () => {
  assert.match(await page.locator('.missing').innerText(), /fehlte nichts/)
  await page.route('**/missing-papers*', (route) => route.fulfill({ json: { from: '2026-11-01', to: '2026-11-28', papers: [
    { id: 'a', names: { de: 'Wohnungsgeberbestätigung' }, count: 31, services: [{ id: 'x', names: { de: 'Wohnung anmelden' }, count: 31 }] },
    { id: 'b', names: { de: 'Biometrisches Foto' }, count: 12, services: [] }] } }))
  await page.reload()
  await page.waitForSelector('.missing table')
  assert.deepEqual(await page.locator('.missing tbody .cell-number').allInnerTexts(), ['31', '12'])
  assert.deepEqual(await axe(page), [])
})
