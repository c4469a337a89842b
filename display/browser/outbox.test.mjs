// What would have been sent: booked by reception, shown to who leads the office,
// in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { axe, axeInBoth, openBrowser, signUp, start } from './program.mjs'

const SERVICE = 'id_card_apply'

let house, browser, context, page, office

before(async () => {
  house = await start()
  browser = await openBrowser()
  context = await signUp(browser, house)
  office = (await house.api('/offices')).body.offices[0].id
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

test('a booking is told by SMS and e-mail, and both stay in the house', async () => {
  await page.goto(house.url + '/dev/outbox')
  assert.equal(await page.locator('.message').count(), 0)
  assert.deepEqual(await axe(page), [])

  const days = (await house.api(`/offices/${office}/slots?services=${SERVICE}&staff=true&days=28`, { role: 'reception' })).body.days
  const at = days.at(-1).times.at(-1)
  const held = await house.api(`/offices/${office}/holds`, { role: 'reception', body: { at, services: [{ id: SERVICE, quantity: 1 }], channel: 'phone' } })
  assert.equal(held.status, 201)
  const contact = { surname: 'Gabelmacher', first_name: 'Zoë', phone: '0151 12345678', email: 'zoe@example.org' }
  const booked = await house.api(`/holds/${held.body.hold}/book`, { role: 'reception', body: { contact } })
  assert.ok(booked.status < 300, JSON.stringify(booked.body))

  for (let deadline = Date.now() + 20_000; await page.locator('.message').count() < 2;) {
    assert.ok(Date.now() < deadline, 'no message came')
    await page.reload()
  }
  const sms = page.locator('.message[data-channel="sms"]')
  assert.equal(await sms.locator('.message__to').textContent(), '+4915112345678')
  const text = await sms.locator('.message__text').textContent()
  const link = text.match(/http:\/\/\S+\/a\/[0-9a-z]{26}$/)?.[0]
  assert.ok(link, text)
  assert.match(await page.locator('.message[data-channel="email"] details pre').textContent(), /METHOD:REQUEST/)
  assert.deepEqual(await axeInBoth(page), [])
  await page.setViewportSize({ width: 320, height: 640 })
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen')
  await page.setViewportSize({ width: 1280, height: 800 })

  // The mail as a mail program shows it: with its style, and nothing else.
  const [mail] = await Promise.all([context.waitForEvent('page'), page.locator('a[target="_blank"]').click()])
  await mail.waitForLoadState()
  assert.match(await mail.locator('body').textContent(), /Guten Tag Zoë Gabelmacher/)
  assert.equal(await mail.locator('.button').getAttribute('href'), link)

  await page.goto(link)
  assert.match(await page.locator('main').textContent(), /Ihr Termin/)
})
