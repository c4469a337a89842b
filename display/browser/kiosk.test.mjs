// The kiosk, in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axe, openBrowser, plain, start, unreadInForcedColours } from './program.mjs'
import { calm, shortText } from './waits.mjs'

let house, browser, context, page, office, catalogue

before(async () => {
  house = await start()
  browser = await openBrowser()
  office = (await house.api('/offices')).body.offices[0].id
  catalogue = (await house.api(`/offices/${office}/catalogue`)).body
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await context?.close()
  context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1080, height: 1920 } })
  page = await context.newPage()
  await page.goto(`${house.url}/kiosk/${office}`)
  await page.waitForSelector('.choices--languages')
})

const service = () => catalogue.services.find((s) => s.category === catalogue.categories[0].id)
const press = (name) => page.getByRole('button', { name }).first().click()
const title = (text) => page.getByRole('heading', { level: 1, name: text }).waitFor()
const result = async () => plain(await page.locator('.result__number').textContent())
const queue = async () => (await house.api(`/offices/${office}/queue`, { role: 'reception' })).body.tickets

async function chooseFirst(language = 'Deutsch', take = 'Ich habe keinen Termin') {
  await press(language)
  await press(take)
  await page.locator('.choices .choice').first().click()
  await page.locator('.choices .choice').first().click()
  await page.waitForSelector('.cart')
}

test('a number is drawn: language, matter, how many, and nothing stays behind', async () => {
  await chooseFirst()
  assert.match(await page.locator('.cart__waiting').textContent(), /wartet|warten/)
  await press('Eins mehr')
  await page.locator('.way--number .button--primary').click()
  await page.waitForSelector('.result__number')
  const number = await result()
  const ticket = (await queue()).find((t) => t.number === number)
  assert.deepEqual(ticket.services, [{ id: service().id, quantity: 2 }])
  const qr = await page.locator('.result__qr').evaluate((image) => image.decode().then(() => image.naturalWidth))
  assert.ok(qr > 0, 'the QR code is a picture')
  await press('Fertig')
  await page.waitForSelector('.choices--languages')
  assert.equal((await page.locator('#app').innerHTML()).includes(number), false)
})

test('the slip has the number and fits 80 mm', async () => {
  await chooseFirst()
  await page.locator('.way--number .button--primary').click()
  await page.waitForSelector('.result__number')
  await page.emulateMedia({ media: 'print' })
  const slip = page.locator('.slip')
  assert.equal(plain(await slip.locator('.slip__number').textContent()), await result())
  const box = await slip.boundingBox()
  assert.ok(box.width > 0 && box.width <= (80 / 25.4) * 96, String(box.width))
  assert.equal(await page.locator('.bar').isVisible(), false)
})

test('the wait for the chosen matter is told before the number, and the promise with it', async () => {
  const desk = catalogue.desks[0].id
  const order = async (path, body = {}) => {
    const answer = await house.api(`/offices/${office}${path}`, { role: 'supervisor', body })
    assert.ok(answer.status < 300, JSON.stringify(answer))
    return answer.body
  }
  await order(`/desks/${desk}/open`)
  for (let i = 0; i < 3; i++) await order('/tickets', { services: [{ id: service().id, quantity: 1 }] })
  const asked = async () => (await house.api(`/offices/${office}/services/${service().id}`)).body
  await calm(asked, () => true, (s) => s.wait !== null && s.wait.high > 10) // a look ahead has seen them
  await chooseFirst()
  const told = async () => (await page.locator('.way--number .kiosk-wait__told').allTextContents()).join()
  const said = await calm(asked, told, (s) => shortText(s.wait))
  assert.equal(said.wait.state, 'range')
  assert.equal(await page.locator('.kiosk-best li').count(), said.best.length)
  await page.locator('.way--number .button--primary').click()
  await page.waitForSelector('.result__wait')
  const secret = (await page.locator('.slip__link').textContent()).match(/\/t\/([^?]+)/)[1]
  const { promised } = (await house.api('/tickets/' + secret)).body
  assert.ok((await page.locator('.result__wait').textContent()).includes(shortText(promised)))
  const slip = await page.locator('.slip__wait').textContent()
  assert.ok(slip.includes(shortText(promised, 'long_')) && /Stand \d\d:\d\d\sUhr/.test(slip), slip)
  await order(`/desks/${desk}/close`)
})

test('several matters are one number', async () => {
  await chooseFirst()
  await press('Noch ein Anliegen')
  await page.locator('.choices .choice').nth(1).click()
  await page.locator('.choices .choice').first().click()
  assert.equal(await page.locator('.cart .item').count(), 2)
  await page.locator('.way--number .button--primary').click()
  await page.waitForSelector('.result__number')
  const number = await result()
  assert.equal((await queue()).find((t) => t.number === number).services.length, 2)
})

test('at most six choices at once, and everyday words find a matter', async () => {
  await press('Deutsch')
  await press('Ich habe keinen Termin')
  assert.ok((await page.locator('.choices .choice').count()) <= 6)
  await press('Anliegen suchen')
  const word = service().names.de.split(/[^\p{L}]+/u).sort((a, b) => b.length - a.length)[0]
  for (const key of word.slice(0, 5).toLowerCase()) await page.locator('.keyboard').getByRole('button', { name: key, exact: true }).click()
  await page.locator('.choices--found .choice').first().waitFor()
  assert.ok((await page.locator('.choices--found .choice').count()) <= 6)
  await page.locator('.choices--found').getByRole('button', { name: service().names.de, exact: true }).click()
  await page.waitForSelector('.cart')
})

const booked = async (minutes) => {
  const at = new Date(Date.now() + minutes * 60_000).toISOString()
  const answer = await house.api(`/offices/${office}/appointments`, { role: 'reception', body: { at, services: [{ id: service().id, quantity: 1 }] } })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

for (const [how, minutes, told] of [['early', 120, 'früh'], ['on time', 1, 'pünktlich'], ['late', -60, 'nicht verloren']]) {
  test(`with a code, somebody who is ${how} is told what happens`, async () => {
    const { code } = await booked(minutes)
    await press('Deutsch')
    await press('Ich habe einen Termin')
    await page.locator('#code').fill(code.toLowerCase())
    await press('Anmelden')
    await page.waitForSelector('.result__arrival')
    assert.match(await page.locator('.result__arrival').textContent(), new RegExp(told))
  })
}

test('a scanner types the link of a confirmation, from the first page on', async () => {
  const { link } = await booked(2)
  await page.keyboard.type(new URL(link, house.url).href)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.result__arrival')
})

test('a wrong code is told in words and can be mended', async () => {
  await press('Deutsch')
  await press('Ich habe einen Termin')
  await page.locator('#code').fill('QQQQQQ')
  await press('Anmelden')
  assert.match(await page.getByRole('alert').textContent(), /Code/)
  assert.equal(await page.locator('#code').inputValue(), 'QQQQQQ')
  await page.setViewportSize({ width: 1280, height: 720 })
  const [needs, has] = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight])
  assert.ok(needs <= has, `${needs} px are needed of ${has}`)
})

test('who goes away is forgotten after 30 s, and may stay when asked from the twentieth on', async () => {
  await page.clock.install()
  await page.reload()
  await press('English')
  await page.clock.runFor(19_000)
  assert.equal(await page.locator('.idle').isVisible(), false)
  await page.clock.runFor(2_000)
  assert.equal(await page.locator('.idle').isVisible(), true)
  await press('I am still here')
  assert.equal(await page.locator('.idle').isVisible(), false)
  await page.clock.runFor(31_000)
  await page.waitForSelector('.choices--languages')
  assert.equal(await page.locator('html').getAttribute('lang'), 'de')
})

test('back is always at the same place', async () => {
  const at = async () => JSON.stringify(await page.locator('.bar__back').boundingBox())
  const first = await at()
  await press('Deutsch')
  assert.equal(await at(), first)
  await press('Ich habe keinen Termin')
  assert.equal(await at(), first)
  await page.locator('.choices .choice').first().click()
  assert.equal(await at(), first)
  await press('Zurück')
  await title('Worum geht es?')
})

test('everything works by keyboard, and a new page is announced by its heading', async () => {
  const to = async (name) => {
    for (let i = 0; i < 30; i++) {
      if (await page.evaluate((n) => document.activeElement.tagName === 'BUTTON' && document.activeElement.textContent.includes(n), name)) return page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
    }
    assert.fail('no way to ' + name + ' by Tab')
  }
  await to('Deutsch')
  await title('Wie können wir Ihnen helfen?')
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1')
  await to('Nummer ziehen')
  await title('Worum geht es?')
})

test('what is pressed is at least 20 mm, and nothing is cut off', async () => {
  await press('Deutsch')
  await press('Ich habe keinen Termin')
  for (const type of ['', 'large']) {
    if (type) await press('Große Schrift')
    const small = await page.evaluate(() => [...document.querySelectorAll('button')].filter((b) => b.offsetHeight > 0 && b.offsetHeight < (20 / 25.4) * 96 - 1).map((b) => b.textContent))
    assert.deepEqual(small, [])
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen')
  }
})

test('axe finds nothing on any page, in three languages', async () => {
  const clean = async (where) => assert.deepEqual(await axe(page), [], where)
  await clean('language')
  for (const lang of ['de', 'en', 'ar']) {
    await page.reload()
    await page.locator(`.choices--languages [lang="${lang}"]`).click()
    await clean(lang + ' start')
    assert.deepEqual(await unreadInForcedColours(page), [], lang)
    await page.locator('.choices--two .choice').last().click()
    await clean(lang + ' code')
    await page.locator('.bar__back').click()
    await page.locator('.choice--main').click()
    await clean(lang + ' categories')
    await page.locator('.finder').click()
    await clean(lang + ' search')
    await page.locator('.bar__back').click()
    await page.locator('.choices .choice').first().click()
    await page.locator('.choices .choice').first().click()
    await clean(lang + ' choice')
    await page.locator('.way--number .button--primary').click()
    await page.waitForSelector('.result__number')
    await clean(lang + ' number')
  }
})

test('a house that has closed its intake or its doors says so', async () => {
  const order = (path, body) => house.api(`/offices/${office}${path}`, { role: 'supervisor', body })
  await press('Deutsch')
  assert.equal((await order('/intake', { open: false })).status, 200)
  await page.getByText('keine Nummern mehr').waitFor()
  assert.match(await page.locator('.choice--main').textContent(), /Termin buchen/) // a time can still be had
  assert.equal((await order('/intake', { open: true })).status, 200)
  await page.getByText('Ich habe keinen Termin').waitFor()
  assert.equal((await order('/close', {})).status, 200)
  await page.waitForSelector('.kiosk--closed')
  assert.deepEqual(await axe(page), [])
})
