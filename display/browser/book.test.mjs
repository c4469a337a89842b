// Booking online, in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { axe, openBrowser, start } from './program.mjs'

const OFFICE = 'buergerbuero'
const SERVICE = 'id_card_apply'
const PERSON = { surname: 'Müller-Lüdenscheidt', first_name: 'Änne', phone: '0171 2345678', street: 'Am Markt', number: '3a', postcode: '22941', town: 'Bargteheide' }

let house, browser

before(async () => {
  house = await start()
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

const open = async (path, options = {}) => {
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(house.url + path)
  return page
}
const times = '/book/' + OFFICE + '/times?s=' + SERVICE
const slots = async (services = SERVICE) => (await house.api(`/offices/${OFFICE}/slots?services=${services}&days=28`)).body.days.flatMap((d) => d.times)
const hold = (at) => house.api(`/offices/${OFFICE}/holds`, { role: 'reception', body: { at, services: [{ id: SERVICE, quantity: 1 }], channel: 'phone' } })
let caller = 0
/** Somebody with a number of their own, unless one is given. */
const fill = async (page, person = { ...PERSON, phone: `0171 23456${10 + caller++}` }) => {
  for (const [field, value] of Object.entries(person)) await page.fill('#' + field, value)
  await page.check('#consent')
}
const book = (page) => page.click('.form .button--primary')

const proved = (page) => page.waitForFunction(() => document.querySelector('form[data-proof]').elements.proof.value)

/** Chooses the last time of the open day, which no other test wants, and comes to the details. */
async function toDetails(page, nth = -1, at = house.url + times) {
  await page.goto(at)
  await proved(page)
  await page.locator('.slot').nth(nth).click()
  await page.waitForSelector('#surname')
}

test('somebody books from an everyday word to the code, and every step meets WCAG 2.2 AA', async () => {
  const page = await open('/book/' + OFFICE)
  assert.deepEqual(await axe(page), [])
  await page.fill('#q', 'Perso')
  await page.waitForSelector('#found a')
  assert.deepEqual(await axe(page), [])
  await page.getByRole('link', { name: 'Personalausweis beantragen (ab 16 Jahren)' }).first().click()
  await page.waitForSelector('#papers')
  assert.match(await page.locator('#papers').innerText(), /Geburtsurkunde/)
  assert.deepEqual(await axe(page), [])
  await page.locator('input[name="a_first_application_or_name_change"][value="n"]').check()
  await page.waitForFunction(() => document.querySelectorAll('#papers li').length === 2)
  await page.click('#go a')
  await page.waitForSelector('.slot')
  assert.ok((await page.locator('.first__slot').count()) > 1, 'several next times are offered')
  assert.deepEqual(await axe(page), [])
  await proved(page)
  const wanted = await page.locator('.slot').first().textContent()
  await page.locator('.slot').first().click()
  await page.waitForSelector('#surname')
  assert.match(await page.locator('#until').textContent(), /noch (10:00|9:\d\d)/)
  assert.deepEqual(await axe(page), [])
  await fill(page)
  await book(page)
  await page.waitForSelector('.appointment__done')
  assert.match(page.url(), /\/a\/[0-9a-z]{26}\?new=1$/)
  assert.ok((await page.locator('.appointment__time').textContent()).includes(wanted))
  assert.match(await page.locator('.appointment__code .ticket-number').textContent(), /^[0-9A-Z]{8}$/)
  assert.equal(await page.locator('.papers li').count(), 2, 'the papers are those of the answers')
  assert.deepEqual(await axe(page), [])

  // Back to a form that was sent: the appointment, and no second one.
  await page.goBack()
  await page.waitForSelector('.appointment__time')
  assert.match(page.url(), /\/a\//)
})

test('without script, with the keyboard alone, on a page of 320 px', async () => {
  const page = await open('/book/' + OFFICE + '?q=hund', { javaScriptEnabled: false, viewport: { width: 320, height: 640 } })
  await page.getByRole('link', { name: 'Hund anmelden' }).first().focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('#papers')
  await page.locator('#go a').focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.slot')
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, 'nothing goes past the edge')
  await page.locator('.first__slot').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('#surname')
  assert.match(await page.locator('#until').textContent(), /bis \d\d:\d\d\sUhr für Sie reserviert/)
  await page.locator('#surname').focus()
  for (const value of [PERSON.surname, PERSON.first_name, PERSON.phone]) {
    await page.keyboard.type(value)
    await page.keyboard.press('Tab')
  }
  for (const field of ['street', 'number', 'postcode', 'town']) await page.fill('#' + field, PERSON[field])
  await page.locator('#consent').press('Space')
  await page.locator('#consent').press('Enter')
  await page.waitForSelector('.appointment__done')
})

test('all faults are told at once, beside their fields, and what was typed stays', async () => {
  const page = await open(times)
  await toDetails(page)
  await page.fill('#surname', '=HYPERLINK("http://x")')
  await page.fill('#first_name', 'Anna 😀')
  await page.fill('#phone', '112')
  await page.fill('#email', 'anna')
  await page.fill('#postcode', '=1+2')
  await book(page)
  await page.waitForSelector('#faults')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'faults')
  for (const field of ['surname', 'first_name', 'phone', 'email', 'street', 'number', 'postcode', 'town', 'consent']) {
    assert.ok(await page.locator(`#${field}-fault`).textContent(), field)
    assert.equal(await page.locator('#' + field).getAttribute('aria-invalid'), 'true', field)
  }
  assert.equal(await page.inputValue('#email'), 'anna')
  assert.deepEqual(await axe(page), [])
  await page.fill('#email', '')
  await fill(page)
  await book(page)
  await page.waitForSelector('.appointment__done')
})

test('a time that lapsed while somebody typed is had again, or the nearest ones are, with what was typed', async () => {
  const page = await open(times)
  await toDetails(page)
  const secret = page.url().match(/hold\/([0-9a-z]{26})/)[1]
  await fill(page)
  await house.api(`/holds/${secret}/release`, { body: {} })
  await book(page)
  await page.waitForSelector('.appointment__done', {}, 'the time was still free')

  await toDetails(page)
  const lost = await page.inputValue('input[name="at"]')
  await fill(page)
  await house.api(`/holds/${page.url().match(/hold\/([0-9a-z]{26})/)[1]}/release`, { body: {} })
  while ((await hold(lost)).status < 300); // others take the time, at every desk
  await book(page)
  await page.waitForSelector('.first__slot')
  await proved(page)
  assert.match(await page.locator('[role="alert"]').textContent(), /nicht mehr für Sie reserviert/)
  assert.deepEqual(await axe(page), [])
  await page.locator('.first__slot').first().click()
  await page.waitForSelector('#surname')
  assert.equal(await page.inputValue('#surname'), PERSON.surname)
  assert.equal(await page.inputValue('#town'), PERSON.town)
  await page.check('#consent')
  await book(page)
  await page.waitForSelector('.appointment__done')
})

test('a time that somebody else took meanwhile is told at once, with the nearest free ones', async () => {
  const page = await open(times)
  const at = (await page.locator('.slot').first().getAttribute('value')).split(' ')[1]
  while ((await hold(at)).status < 300);
  await page.locator('.slot').first().click()
  await page.waitForSelector('[role="alert"]')
  assert.match(await page.locator('[role="alert"]').textContent(), /schon vergeben/)
  assert.ok(await page.locator('.first__slot').count())
})

test('the link moves, confirms and cancels, and says so afterwards', async () => {
  const page = await open(times)
  await toDetails(page, -2)
  await fill(page)
  await book(page)
  await page.waitForSelector('.appointment__done')
  const link = page.url().split('?')[0]
  const before = (await page.locator('.appointment__time').textContent()) + (await page.locator('.appointment__day').textContent())
  await page.click('a[href$="/move"]')
  await page.waitForSelector('.slot')
  assert.deepEqual(await axe(page), [])
  await page.locator('.first__slot').last().click()
  await page.waitForSelector('.appointment__done')
  assert.notEqual((await page.locator('.appointment__time').textContent()) + (await page.locator('.appointment__day').textContent()), before)
  await page.getByRole('button', { name: 'Ja, ich komme' }).click()
  await page.getByText('Sie haben zugesagt').waitFor()
  const data = await (await fetch(link + '/data.json')).json()
  assert.equal(data.contact.surname, PERSON.surname, 'the person sees what is stored')
  await page.locator('.change__cancel summary').click()
  await page.getByRole('button', { name: 'Ja, absagen' }).click()
  await page.getByRole('heading', { name: 'Ihr Termin ist abgesagt' }).waitFor()
  assert.deepEqual(await axe(page), [])
  const again = await open(new URL(link).pathname)
  await again.getByRole('heading', { name: 'Ihr Termin ist abgesagt' }).waitFor()
})

test('a number may hold so many visits and no more', async () => {
  const page = await open(times)
  const person = { ...PERSON, phone: '0160 5554443' }
  // A whole day: what is left of today may be an hour, on a Friday.
  const whole = new URL(await page.locator('a.day').last().getAttribute('href'), page.url()).href
  for (let i = 0; i < 3; i++) {
    await toDetails(page, i + 3, whole)
    await fill(page, person)
    await book(page)
    await page.waitForSelector('.appointment__done')
  }
  await toDetails(page, 8, whole)
  await fill(page, person)
  await book(page)
  await page.waitForSelector('[role="alert"]')
  assert.match(await page.locator('[role="alert"]').textContent(), /schon 3 Termine/)
})

test('who finds no time that suits is offered what becomes free', async () => {
  const page = await open(times)
  await page.click('.wish-way a')
  await page.waitForSelector('#from')
  assert.deepEqual(await axe(page), [])
  await book(page)
  await page.waitForSelector('#faults')
  await proved(page)
  await page.fill('#surname', 'Öztürk')
  await page.fill('#first_name', 'Cem')
  await page.fill('#phone', '0171 1112223')
  await page.check('#consent')
  await book(page)
  await page.getByRole('heading', { name: 'Sie stehen auf der Warteliste' }).waitFor()
  assert.deepEqual(await axe(page), [])

  // Tomorrow, at the latest, somebody cancels.
  const tomorrow = (await slots()).find((at) => Date.parse(at) > Date.now() + 3 * 3600_000)
  const held = await hold(tomorrow)
  const booked = await house.api(`/holds/${held.body.hold}/book`, { role: 'reception', body: { contact: { surname: 'Anders' } } })
  await house.api(`/offices/${OFFICE}/appointments/${booked.body.code}/cancel`, { role: 'reception', body: {} })
  await page.reload()
  await page.getByRole('heading', { name: 'Diese Zeit ist für Sie frei geworden' }).waitFor()
  assert.deepEqual(await axe(page), [])
  await page.getByRole('button', { name: 'Ja, diesen Termin nehmen' }).click()
  await page.waitForSelector('.appointment__done')
})

test('every step reads well at 320 px and at 400 %', async () => {
  const page = await open('/book/' + OFFICE, { viewport: { width: 320, height: 256 } }) // 1280 × 1024 at 400 %
  for (const path of ['', '?q=umzug', `/papers?s=${SERVICE}`, `/times?s=${SERVICE}`, `/wish?s=${SERVICE}`]) {
    await page.goto(house.url + '/book/' + OFFICE + path)
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, path)
    assert.deepEqual(await axe(page), [], path)
  }
})

test('in English, and dark, all is there as well', async () => {
  const page = await open('/book/' + OFFICE + '?lang=en', { colorScheme: 'dark' })
  await page.getByRole('heading', { name: 'What do you need an appointment for?' }).waitFor()
  assert.deepEqual(await axe(page), [])
  await page.goto(`${house.url}/book/${OFFICE}/times?s=${SERVICE}`)
  assert.equal(await page.getAttribute('html', 'lang'), 'en', 'the language is kept')
  assert.deepEqual(await axe(page), [])
})

test('the booking pages are small', async () => {
  const page = await open('/book/' + OFFICE)
  const bytes = await page.evaluate(() => performance.getEntries().filter((e) => e.encodedBodySize && !e.name.includes('.woff2')).reduce((sum, e) => sum + e.encodedBodySize, 0))
  assert.ok(bytes < 40_000, `${bytes} bytes, compressed and without fonts`)
})
