// Booking at the kiosk and checking in by a telephone number, in a real browser
// against the real program, in a town that sells its time every day.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { axe, openBrowser, plain, start } from './program.mjs'

const MM20 = (20 / 25.4) * 96 - 1 // what is pressed, in px
const SIZES = [[1080, 1920], [1920, 1080], [1280, 720]]
const office = 'rathaus'

let house, browser, context, page, boot

before(async () => {
  house = await start({ config: fileURLToPath(new URL('selling_town.yaml', import.meta.url)) })
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(() => visit())

async function visit(size = SIZES[0]) {
  await context?.close()
  context = await browser.newContext({ locale: 'de-DE', viewport: { width: size[0], height: size[1] } })
  page = await context.newPage()
  await page.goto(`${house.url}/kiosk/${office}`)
  await page.waitForSelector('.choices--languages')
  boot = JSON.parse(await page.locator('#boot').textContent())
}

const base = `/offices/${office}`
const press = (name) => page.getByRole('button', { name, exact: true }).first().click()
const title = (text) => page.getByRole('heading', { level: 1, name: text }).waitFor()
const key = (name) => page.locator('.keyboard').getByRole('button', { name, exact: true }).click()
const keys = async (text) => { for (const k of text) await key(k) }
const on = () => page.locator('.code__go').click()
const fault = () => page.locator('.typed__fault:not(:empty)').textContent()
const slots = async (service = 'record') => (await house.api(`${base}/slots?services=${service}&days=14`)).body
const clock = (at) => new Intl.DateTimeFormat('de', { hour: '2-digit', minute: '2-digit', timeZone: boot.zone }).format(new Date(at))
const hold = (at, service = 'record') => house.api(`${base}/holds`, { role: 'kiosk', body: { at, services: [{ id: service, quantity: 1 }], channel: 'kiosk' } })
let last = 1000
const number = () => '0171 234' + (last += 1)

// To the two ways for a service that wants no papers, or for one that does.
async function choose(service = 'record', lang = 'de') {
  await page.locator(`.choices--languages [lang="${lang}"]`).click()
  await page.locator('.choice--main').click()
  await page.locator('.choices .choice').nth(service === 'card' ? 0 : 1).click()
  await page.locator('.choices .choice').first().click()
  await page.waitForSelector('.way--time .kiosk-wait')
}

// To the first question after the time; gives what the server answered. The next
// hour's times are no longer sold in the minute in which somebody reads them.
async function keepTime() {
  await page.locator('.way--time .way__go').click()
  await page.waitForSelector('.choice--time')
  if (await page.locator('.choice--time span').count()) await page.locator('.choice--time').nth(1).click() // the hour first
  await page.waitForSelector('.choice--time:not(:has(span))')
  const answered = page.waitForResponse((r) => r.url().endsWith('/holds'))
  await page.locator('.choice--time').first().click()
  const answer = await answered
  return { at: answer.request().postDataJSON().at, ...(await answer.json()) }
}

async function who(surname = 'Meier', phone = number()) {
  await page.locator('#surname').fill(surname)
  await on()
  await page.locator('#phone').fill(phone)
  await on()
  await title('Stimmt alles?')
}
const book = () => page.locator('.cart__go .button--primary').click()
const code = async () => plain(await page.locator('.booked__code').textContent())
const booked = async (typed) => (await house.api(`${base}/appointments/${typed}`, { role: 'reception' })).body

// All that a person could have left in the browser.
const left = () => page.evaluate(() => JSON.stringify([
  document.documentElement.outerHTML, [...document.querySelectorAll('input')].map((i) => i.value), history.state, location.href,
  { ...localStorage }, { ...sessionStorage }, document.cookie, performance.getEntriesByType('resource').map((e) => e.name)]))

test('a time is booked with the keys on the glass alone, and nothing of it stays', async () => {
  const history = await page.evaluate(() => window.history.length)
  await choose()
  const kept = await keepTime()
  await page.waitForSelector('#surname')
  await key('Ö'); await keys('zd'); await press('á ç ñ Buchstaben mit Akzent'); await key('é'); await press('A B C Buchstaben'); await keys('m')
  assert.equal(await page.locator('#surname').inputValue(), 'Özdém')
  await on()
  await keys('01715559876')
  await on()
  const sum = await page.locator('.sum').textContent()
  assert.ok(sum.includes('Özdém') && sum.includes('01715559876') && sum.includes('Führungszeugnis'), sum)
  await book()
  const shown = await code()
  const appointment = await booked(shown)
  assert.equal(appointment.id, kept.id)
  assert.equal(await page.locator('.result__qr').evaluate((image) => image.decode().then(() => image.naturalWidth > 0)), true)
  await press('Fertig')
  await page.waitForSelector('.choices--languages')
  const rest = await left()
  for (const secret of ['zdém', '9876', shown, kept.hold]) assert.equal(rest.includes(secret), false, secret)
  assert.equal(await page.evaluate(() => window.history.length), history)
})

test('a real keyboard does it all: Tab, Enter and letters', async () => {
  const to = async (name) => {
    for (let i = 0; i < 40; i++) {
      if (await page.evaluate((n) => document.activeElement.tagName === 'BUTTON' && document.activeElement.textContent.includes(n), name)) return page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
    }
    return assert.fail('no way to ' + name + ' by Tab')
  }
  await to('Deutsch')
  await to('Ich habe keinen Termin')
  await to('Führungszeugnis')
  await to('Einfaches')
  await page.waitForSelector('.way--time .kiosk-wait')
  await to('Termin buchen')
  await title('Heute um wie viel Uhr?')
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1')
  await to('Anderer Tag')
  await to('Zeiten frei')
  await page.waitForSelector('.choice--time:has(span)')
  await to('ab 1')
  await page.waitForSelector('.choice--time:not(:has(span))')
  await to('\u00a0Uhr')
  await page.waitForSelector('#surname:focus')
  await page.keyboard.type("O'Brien")
  await page.keyboard.press('Enter')
  await page.waitForSelector('#phone:focus')
  await page.keyboard.type(number())
  await page.keyboard.press('Enter')
  await title('Stimmt alles?')
  await to('Termin buchen')
  assert.ok(await code())
})

// A quick hand does not wait for a frame: the next key goes to the new page.
test('a page that was reached by a key has the focus before the next key can come', async () => {
  const pressed = (name) => page.evaluate(async (n) => {
    const button = [...document.querySelectorAll('button')].find((b) => b.textContent.includes(n))
    button.focus()
    button.click()
    await null // a key comes after the tasks that the press left, not after a frame
    await null
    return document.activeElement.tagName
  }, name)
  await page.locator('.choices--languages [lang="de"]').click()
  await page.waitForSelector('.choice--main')
  assert.equal(await pressed('Ich habe keinen Termin'), 'H1')
  assert.equal(await pressed('Führungszeugnis'), 'H1')
  assert.equal(await pressed('Einfaches'), 'H1')
})

test('the ways tell what they cost: the wait now, how many are free today, the next times', async () => {
  await choose()
  const free = await slots()
  const today = free.days[0].times.map(clock)
  const way = await page.locator('.way--time').textContent()
  assert.ok(way.includes(today[0] + '\u00a0Uhr') && way.includes('danach ' + today[1]), way)
  assert.ok(way.includes(`Heute noch ${free.free_today} Termine frei`), way)
  assert.equal(await page.locator('.way__days li').count(), 2)
  const all = (await (await fetch(`${house.url}/public/${office}.json`)).json()).free_today
  await press('Von vorn')
  await press('Deutsch')
  await page.getByText(`Heute noch ${all} Termine frei`).waitFor()
})
test('questions can be answered or passed over, and what to bring is named before anything is certain', async () => {
  await choose('card')
  await keepTime()
  await title('Ist es Ihr erster Ausweis?')
  await press('Nein')
  await title('Kommt jemand an Ihrer Stelle?')
  await press('Zurück')
  await title('Ist es Ihr erster Ausweis?')
  await press('Ja')
  await press('Weiß ich nicht')
  await title('Bitte bringen Sie mit')
  const list = (await page.locator('.bring li').allTextContents()).map((text) => text.trim())
  assert.deepEqual(list, ['bisheriger Ausweis', 'Geburts- oder Eheurkunde', 'Vollmacht (bei Vertretung)', 'Nachweis der Eile (wenn es eilt)'])
  await on()
  await who()
  await press('Hinweise lesen')
  await page.getByText('Auf diesem Terminal bleibt nichts zurück').waitFor()
  await on()
  await book()
  assert.ok(await code())
})

test('what is wrong with a name or a number is said at once, and what was typed stays', async () => {
  await choose()
  await keepTime()
  for (const [typed, said] of [['', /Nachnamen/], ['Meier😀', /Buchstaben/], ['123', /Buchstabe/], ['x'.repeat(90), /höchstens 80/]]) {
    await page.locator('#surname').fill(typed)
    await on()
    assert.match(await fault(), said)
    assert.equal(await page.locator('#surname').inputValue(), typed)
  }
  await page.locator('#surname').fill('Meier')
  await on()
  for (const [typed, said] of [['', /Telefonnummer/], ['123', /zu kurz/], ['1'.repeat(40), /zu lang/], ['0171😀2345678', /keine Telefonnummer/]]) {
    await page.locator('#phone').fill(typed)
    await on()
    assert.match(await fault(), said)
  }
  await page.locator('#phone').fill('0900 1234567') // only the server knows that nobody answers there
  await on()
  await book()
  assert.match(await fault(), /Art von Nummer/)
  await page.locator('#phone').fill(number())
  await on()
  await book()
  assert.ok(await code())
})

// Others take a time until it is gone.
async function takeAll(at) {
  while ((await hold(at)).status === 201);
}

test('a time that somebody else took meanwhile: a sentence, and the nearest ones', async () => {
  await choose()
  await page.locator('.way--time .way__go').click()
  await page.locator('.choice--time').nth(1).click()
  await page.waitForSelector('.choice--time:not(:has(span))')
  const shown = await page.locator('.choice--time strong').first().textContent()
  await takeAll((await slots()).days[0].times.find((at) => shown.includes(clock(at))))
  await page.locator('.choice--time').first().click()
  await title('Passt eine dieser Zeiten?')
  assert.match(await page.getByRole('alert').textContent(), /vergeben/)
  assert.ok((await page.locator('.choice--time').count()) <= 6)
  await page.locator('.choice--time').first().click()
  await page.waitForSelector('#surname')
})

test('a time that lapsed while somebody typed is taken anew, or the nearest ones are offered and the name is kept', async () => {
  await choose()
  let kept = await keepTime()
  await who('Lange', '0171 2345999')
  await house.api(`/holds/${kept.hold}/release`, { body: {} })
  await book()
  await page.waitForSelector('.booked__code') // nobody else wanted it
  await press('Fertig')

  await choose()
  kept = await keepTime()
  await who('Lange', '0171 2345998')
  await house.api(`/holds/${kept.hold}/release`, { body: {} })
  await takeAll(kept.at)
  await book()
  await title('Passt eine dieser Zeiten?')
  assert.match(await page.getByRole('alert').textContent(), /bleibt erhalten/)
  await page.locator('.choice--time').first().click()
  await title('Stimmt alles?')
  assert.ok((await page.locator('.sum').textContent()).includes('Lange'))
  await book()
  assert.ok(await code())
})

test('who goes away gives the time back, and nothing typed stays: not in the page, not in history, not in storage', async () => {
  await page.clock.install()
  await page.reload()
  await choose()
  const kept = await keepTime()
  await page.locator('#surname').fill('Verschwunden')
  await on()
  await page.locator('#phone').fill('0171 7654321')
  const released = page.waitForResponse((r) => r.url().endsWith('/release'))
  await page.clock.runFor(21_000)
  assert.equal(await page.locator('.idle').isVisible(), true)
  await page.clock.runFor(10_000)
  await page.waitForSelector('.choices--languages')
  assert.equal((await released).status(), 200)
  const rest = await left()
  for (const secret of ['Verschwunden', '7654321', kept.hold]) assert.equal(rest.includes(secret), false, secret)
  await page.goBack().catch(() => {})
  assert.equal((await page.content()).includes('Verschwunden'), false)
})

test('a time is given back when another one is chosen, or everything begins anew', async () => {
  await choose()
  await keepTime()
  let released = page.waitForResponse((r) => r.url().endsWith('/release'))
  await press('Zurück')
  assert.equal((await released).status(), 200)
  await page.locator('.choice--time').first().click()
  await page.waitForSelector('#surname')
  released = page.waitForResponse((r) => r.url().endsWith('/release'))
  await press('Von vorn')
  assert.equal((await released).status(), 200)
})

test('pressed twice it is booked once', async () => {
  let sent = 0
  page.on('request', (r) => { if (r.url().endsWith('/book')) sent++ })
  await choose()
  await keepTime()
  await who()
  await page.locator('.cart__go .button--primary').evaluate((button) => { button.click(); button.click() })
  assert.ok(await code())
  assert.equal(sent, 1)
})

test('without the network: a sentence, and the same press later books once', async () => {
  await choose()
  const kept = await keepTime()
  await who()
  await context.setOffline(true)
  await book()
  assert.match(await page.getByRole('alert').textContent(), /antwortet nicht/)
  await context.setOffline(false)
  await book()
  assert.equal((await booked(await code())).id, kept.id)
})

test('the slip is the one of the appointment’s page, in the language spoken, and leaves no language behind', async () => {
  await page.evaluate(() => { window.print = () => { window.printed = document.querySelector('.slip').textContent } })
  await choose('record', 'en')
  await keepTime()
  await page.locator('#surname').fill('Meier')
  await on()
  await page.locator('#phone').fill(number())
  await on()
  await book()
  const shown = await code()
  await press('Print')
  await page.waitForFunction(() => window.printed)
  const slip = await page.evaluate(() => window.printed)
  assert.ok(plain(slip).includes(shown) && slip.includes('check in'), slip)
  await page.emulateMedia({ media: 'print' })
  const box = await page.locator('.slip').boundingBox()
  assert.ok(box.width > 0 && box.width <= MM20 * 4, String(box.width))
  assert.deepEqual((await context.cookies()).filter((c) => c.name === 'aufruf_lang'), [])
})

test('who stays checks in with the appointment just made', async () => {
  await choose()
  await keepTime()
  await who()
  await book()
  await press('Ich bleibe hier: gleich anmelden')
  await page.waitForSelector('.result__number')
  assert.match(await page.locator('.result__arrival').textContent(), /früh|pünktlich/)
})

test('a booked person checks in by the end of their number and a letter; whoever is not found is told one thing', async () => {
  const time = (await slots()).days[0].times.at(-1)
  const { body } = await hold(time)
  const contact = { surname: 'Ärger', phone: '0171 2340042', consent: boot.consent }
  assert.equal((await house.api(`/holds/${body.hold}/book`, { body: { contact } })).status, 201)
  await press('Deutsch')
  await page.locator('.choices--two .choice').last().click()
  await press('Ohne Code: mit Mobilnummer')
  await keys('0042')
  await on()
  await key('M')
  await on()
  assert.match(await fault(), /keinen Termin von heute/)
  await key('Ä')
  assert.equal(await page.locator('#initial').inputValue(), 'Ä')
  await on()
  await page.waitForSelector('.result__number')
  assert.match(await page.locator('.result__arrival').textContent(), /früh/)
  await press('Fertig')
  assert.equal((await left()).includes('0042'), false)
  // Here already, another letter, nobody: the same words.
  const said = new Set()
  for (const [digits, initial] of [['0042', 'Ä'], ['0042', 'B'], ['9999', 'B']]) {
    await press('Deutsch')
    await page.locator('.choices--two .choice').last().click()
    await press('Ohne Code: mit Mobilnummer')
    await page.locator('#end').fill(digits)
    await on()
    await page.locator('#initial').fill(initial)
    await on()
    said.add(await fault())
    await press('Mit Code anmelden')
    await page.waitForSelector('#code')
    await press('Von vorn')
  }
  assert.equal(said.size, 1, [...said].join(' | '))
})

test('what staff alone books, and what can only be booked, is said beside its button', async () => {
  await press('Deutsch')
  await page.locator('.choice--main').click()
  await page.locator('.choices .choice').nth(1).click()
  await page.locator('.choices .choice').nth(1).click()
  await page.waitForSelector('.way--time .way__none')
  assert.equal(await page.locator('.way--time .way__go').isDisabled(), true)
  const order = (path, body) => house.api(base + path, { role: 'supervisor', body })
  assert.equal((await order('/intake', { open: false })).status, 200)
  await page.waitForSelector('.way--number .way__go:disabled')
  await press('Von vorn')
  await press('Deutsch')
  assert.match(await page.locator('.choice--main').textContent(), /Termin buchen/)
  assert.equal((await order('/intake', { open: true })).status, 200)
})

test('nothing offers what somebody typed before, and no other keyboard slides over ours', async () => {
  await choose()
  await keepTime()
  for (const id of ['surname', 'phone']) {
    const field = page.locator('#' + id)
    for (const [name, value] of [['autocomplete', 'off'], ['inputmode', 'none'], ['spellcheck', 'false']]) assert.equal(await field.getAttribute(name), value)
    assert.equal(await field.getAttribute('name'), null)
    if (id === 'surname') { await field.fill('Meier'); await on() }
  }
})

// Every page of the way, in one language, with something done at each.
async function walk(lang, at) {
  await page.locator(`.choices--languages [lang="${lang}"]`).click()
  await page.locator('.choices--two .choice').last().click()
  await page.locator('.finder--more').click()
  await at('the end of a number')
  await page.locator('#end').fill('0001')
  await on()
  await at('a letter')
  await page.locator('.bar__reset').click()
  await choose('card', lang)
  await at('two ways')
  await page.locator('.way--time .way__go').click()
  await page.waitForSelector('.choice--time')
  await at('hours')
  await page.locator('.finder--more').click()
  await at('days')
  await page.locator('.choice--day').nth(1).click()
  await page.locator('.choice--time').first().click()
  await at('times')
  await page.locator('.choice--time').first().click()
  await page.waitForSelector('.choices--answers')
  await at('a question')
  await page.locator('.choices--answers .choice').first().click()
  await page.locator('.finder--more').click()
  await page.waitForSelector('.bring')
  await at('papers')
  await on()
  await on()
  await at('a name that is missing')
  await page.locator('#surname').fill('Meier')
  await page.locator('.keyboard__wide').nth(1).click()
  await at('accents')
  await on()
  await at('a number')
  await page.locator('#phone').fill(number())
  await on()
  await page.waitForSelector('.sum')
  await at('the sum')
  await page.locator('.cart__go button').first().click()
  await at('the notice')
  await on()
  await book()
  await page.waitForSelector('.booked__code')
  await at('the appointment')
}

test('axe finds nothing on any page of the way, in three languages', async () => {
  for (const lang of ['de', 'en', 'ar']) {
    await visit()
    await walk(lang, async (where) => assert.deepEqual(await axe(page), [], lang + ' ' + where))
  }
})

test('what is pressed is 20 mm and nothing is wider than the screen, upright and lying, also in large type', async () => {
  for (const size of SIZES) {
    await visit(size)
    await walk(size[0] === 1280 ? 'ar' : 'de', async (where) => {
      for (const large of [false, true]) {
        await page.evaluate((on) => { if (on) document.documentElement.dataset.type = 'large'; else delete document.documentElement.dataset.type }, large)
        const small = await page.evaluate((least) => [...document.querySelectorAll('.kiosk button')].filter((b) => b.offsetHeight > 0 && b.offsetHeight < least).map((b) => b.textContent), MM20)
        assert.deepEqual(small, [], `${size} ${where}`)
        const [needs, has] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
        assert.ok(needs <= has, `${size} ${where}: ${needs} px wide${large ? ' in large type' : ''}`)
      }
      await page.evaluate(() => { delete document.documentElement.dataset.type })
    })
  }
})
