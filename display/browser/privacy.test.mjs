// The page that proves what is kept of people, in a real browser against the
// real program.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { axe, axeInBoth, openBrowser, signUp, start } from './program.mjs'

const base = '/offices/buergerbuero'
const person = { surname: 'Kraxlhuber', first_name: 'Zenzi', phone: '0151 99988877', street: 'Nebenweg', number: '7b', postcode: '12345', town: 'Lindenau', needs: ['wheelchair'] }
let house, browser, context, page

before(async () => {
  house = await start()
  browser = await openBrowser()
  context = await signUp(browser, house)
  page = await context.newPage()
  const days = (await house.api(base + '/slots?services=id_card_apply&days=14')).body.days
  for (const day of days.slice(1, 3)) {
    const hold = await house.api(base + '/holds', { role: 'reception', body: { at: day.times[2], services: [{ id: 'id_card_apply', quantity: 1 }], channel: 'phone' } })
    assert.equal((await house.api(`/holds/${hold.body.hold}/book`, { role: 'reception', body: { contact: person } })).status, 201)
  }
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

const visits = async () => (await house.api(`${base}/plan?days=14`, { role: 'supervisor' })).body.days.reduce((n, d) => n + d.visits, 0)
const search = async (text) => {
  await page.fill('#text', text)
  await page.press('#text', 'Enter')
  await page.waitForSelector('.privacy__found, .privacy__none')
}

test('the page is linked from the supervisor’s, counts what is kept and names nobody', async () => {
  await page.goto(house.url + '/supervisor/buergerbuero')
  await page.getByRole('link', { name: 'Was wir von Personen speichern' }).click()
  await page.waitForSelector('.privacy')
  const text = await page.locator('main').innerText()
  assert.match(text, /Termin\s+2\s/)
  assert.ok(!text.includes('Kraxlhuber'))
  for (const width of [1280, 480, 320]) {
    await page.setViewportSize({ width, height: 900 })
    assert.deepEqual(await axeInBoth(page), [], `at ${width}`)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing is wider than ${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('#text').isVisible(), false)
  await page.emulateMedia({ media: 'screen' })
})

test('a person is found by number or name, and each look is on the page', async () => {
  await search('Niemand')
  assert.match(await page.locator('.privacy__none').innerText(), /nichts gespeichert/)
  await search('015199988877')
  assert.equal(await page.locator('.privacy__found > li').count(), 2)
  assert.match(await page.locator('.privacy__found').innerText(), /Zenzi Kraxlhuber[^]*Nebenweg 7b/)
  assert.ok(!page.url().includes('999'), 'what was typed stands in no address')
  assert.deepEqual(await axe(page), [])
  assert.match(await page.locator('section[aria-labelledby="looks-title"]').innerText(), /Angaben gesehen/)
})

test('what is kept of a person is downloaded', async () => {
  await search('kraxlhu')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: /herunterladen/ }).click()
  const data = JSON.parse(await readFile(await (await download).path(), 'utf8'))
  assert.deepEqual(data.kept.map((k) => [k.contact.surname, k.contact.phone]), [['Kraxlhuber', '+4915199988877'], ['Kraxlhuber', '+4915199988877']])
  assert.ok(data.kept.every((k) => k.appointment.services[0].id === 'id_card_apply' && k.kept_until))
})

test('erasing asks first, keeps an appointment without a name or cancels it, and is counted', async () => {
  await search('Kraxlhuber')
  await page.locator('.privacy__found input').last().uncheck()
  await page.getByRole('button', { name: 'Jetzt löschen' }).press('Enter')
  await page.waitForSelector('.privacy__ask')
  assert.deepEqual(await axe(page), [])
  await page.getByRole('button', { name: /bleibt ohne Namen/ }).click()
  await page.waitForSelector('.privacy__done')
  assert.equal(await visits(), 2)
  await search('Kraxlhuber')
  assert.equal(await page.locator('.privacy__found > li').count(), 1)
  await page.getByRole('button', { name: 'Jetzt löschen' }).click()
  await page.getByRole('button', { name: /Termin absagen/ }).click()
  await page.waitForSelector('.privacy__done')
  assert.equal(await visits(), 1)
  assert.match(await page.locator('section[aria-labelledby="erased-title"]').innerText(), /auf Wunsch der Person\s+2\s/)
  await search('Kraxlhuber')
  assert.equal(await page.locator('.privacy__none').count(), 1)
  assert.deepEqual(await axe(page), [])
})
