// The phone page, in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axeInBoth, openBrowser, openLive, plain, start, unreadInForcedColours } from './program.mjs'
import { calm, leftText } from './waits.mjs'

const STALE_AFTER = 13_000 // ms after the cut, of the page's own clock
const NEXT_TRY = 31_000 // ms; within these it tries again

let house, browser, context, page, office, service, desk

before(async () => {
  house = await start()
  browser = await openBrowser()
  office = (await house.api('/offices')).body.offices[0].id
  const catalogue = (await house.api(`/offices/${office}/catalogue`)).body
  service = catalogue.services[0].id
  desk = catalogue.desks[0].id
  await order(`/desks/${desk}/open`)
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await context?.close()
  context = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 } })
  page = await context.newPage()
  for (const t of (await house.api(`/offices/${office}/queue`, { role: 'supervisor' })).body.tickets) {
    if (['waiting', 'parked', 'called'].includes(t.state)) await order(`/tickets/${t.id}/leave`)
  }
})

async function order(path, body = {}) {
  const answer = await house.api(`/offices/${office}${path}`, { role: 'supervisor', body })
  assert.ok(answer.status < 300, path + ': ' + JSON.stringify(answer))
  return answer.body
}
const draw = () => order('/tickets', { services: [{ id: service, quantity: 1 }] })
const address = (ticket) => house.url + new URL(ticket.link, house.url).pathname
const state = (now) => page.waitForSelector(`#page[data-state="${now}"]`)

const open = (ticket) => openLive(page, address(ticket))

test('the page goes along from the line to the end by itself', async () => {
  const first = await draw()
  const mine = await draw()
  await open(mine)
  assert.equal(plain(await page.locator('.mine__number').textContent()), mine.number)
  assert.match(await page.locator('#say').textContent(), /Eine Person vor Ihnen/)
  await order(`/tickets/${first.id}/leave`)
  await page.getByText('Sie sind als Nächstes an der Reihe').waitFor()
  await order(`/desks/${desk}/take`, { ticket: mine.id })
  await state('called')
  assert.match(await page.locator('#say').textContent(), /Bitte zu/)
  assert.match(await page.title(), /→/)
  for (const width of [390, 320]) { // the desk and its arrow are seen at a glance, on one line
    await page.setViewportSize({ width, height: 844 })
    const lines = await page.locator('.say__place').evaluate((place) => place.clientHeight / parseFloat(getComputedStyle(place).lineHeight))
    assert.ok(lines < 1.5, `${lines} lines at ${width}`)
  }
  await order(`/desks/${desk}/recall`)
  await page.getByText('schon 2 Mal').waitFor()
  await order(`/desks/${desk}/start`)
  await state('serving')
  await order(`/desks/${desk}/park`, { reason: (await house.api(`/offices/${office}/catalogue`)).body.park_reasons[0] })
  await state('parked')
  await order(`/desks/${desk}/unpark`, { ticket: mine.id })
  await state('waiting')
  await order(`/desks/${desk}/take`, { ticket: mine.id })
  await order(`/desks/${desk}/no-show`)
  await state('no_show')
  await page.getByText('melden Sie sich am Empfang').waitFor()
})

test('a page is one request and one socket, nothing else, and its socket brings patches', async () => {
  const first = await draw()
  const mine = await draw()
  const asked = []
  const sockets = []
  const came = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('websocket', (socket) => {
    sockets.push(socket.url())
    socket.on('framereceived', ({ payload }) => came.push(String(payload)))
  })
  await open(mine)
  await page.evaluate(() => document.fonts.ready)
  await order(`/tickets/${first.id}/leave`)
  await page.getByText('Sie sind als Nächstes an der Reihe').waitFor()
  assert.deepEqual(asked.filter((url) => !url.startsWith('data:')), [address(mine)])
  assert.equal(sockets.length, 1)
  assert.match(sockets[0], /&patch=1$/)
  const [whole, ...later] = came
  assert.ok('view' in JSON.parse(whole))
  const patch = later.find((frame) => 'patch' in JSON.parse(frame))
  assert.ok(patch && patch.length < whole.length / 3, patch)
})

test('nothing of the page is refused by its own policy', async () => {
  const complaints = []
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
  page.on('pageerror', (error) => complaints.push(error.message))
  await open(await draw())
  assert.deepEqual(complaints, [])
  const policy = (await page.request.get(page.url())).headers()['content-security-policy']
  assert.match(policy, /script-src 'sha256-[^' ]+';/)
  assert.match(policy, /style-src 'sha256-[^' ]+';/)
  assert.doesNotMatch(policy, /unsafe/)
})

test('a call vibrates once', async () => {
  const mine = await draw()
  await page.addInitScript(() => {
    globalThis.buzzed = 0
    navigator.vibrate = () => { globalThis.buzzed++; return true }
  })
  await open(mine)
  await order(`/desks/${desk}/take`, { ticket: mine.id })
  await state('called')
  await order('/notice', { text: 'Noch ein Bild.' })
  await page.getByText('Noch ein Bild.').waitFor()
  assert.equal(await page.evaluate(() => globalThis.buzzed), 1)
  await order('/notice', { text: '' })
})

test('who stands before is told, with the reason', async () => {
  const first = await draw()
  await open(await draw())
  assert.equal(await page.locator('.dots .dot').count(), 2)
  await page.click('.who summary')
  assert.match(plain(await page.locator('.who__list').textContent()), new RegExp(first.number + '.*seit'))
})

test('leaving asks first, and the page says so', async () => {
  const mine = await draw()
  await open(mine)
  const button = page.locator('#leave button')
  assert.equal(await button.isVisible(), false)
  await page.click('#leave summary')
  await page.evaluate(() => { globalThis.stayed = true })
  await button.click()
  await state('left')
  assert.equal(await page.locator('#leave').isVisible(), false)
  assert.equal(await page.evaluate(() => globalThis.stayed), true, 'the page was loaded anew')
})

test('the page is read and left without script, and speaks three languages', async () => {
  const still = await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' })
  const first = await draw()
  const mine = await draw()
  page = await still.newPage()
  await page.goto(address(mine))
  assert.equal(plain(await page.locator('.mine__number').textContent()), mine.number)
  assert.match(await page.locator('main').textContent(), /Eine Person vor Ihnen/)
  assert.ok(plain(await page.locator('.who__list').textContent()).includes(first.number))
  await page.click('.languages [lang="ar"]')
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl')
  assert.equal(plain(await page.locator('.mine__number').textContent()), mine.number)
  await page.click('.languages [lang="en"]')
  assert.match(await page.locator('main').textContent(), /One person ahead of you/)
  await page.click('#leave summary')
  await page.click('#leave button')
  assert.match(await page.locator('main').textContent(), /You have left the line/)
  await still.close()
})

test('a page that lost the server says when its news is from, and is fresh again', async () => {
  const mine = await draw()
  let cut = false
  let wire, triedAgain
  const tried = new Promise((resolve) => { triedAgain = resolve })
  await page.clock.install()
  await page.routeWebSocket(/\/live/, (socket) => {
    if (cut) return triedAgain(socket.close())
    wire = socket
    socket.connectToServer()
  })
  await page.goto(address(mine))
  await page.waitForFunction(() => document.querySelector('#say').textContent !== '')
  cut = true
  await wire.close()
  await tried
  assert.equal(await page.locator('.page--stale').count(), 0)
  await page.clock.runFor(STALE_AFTER)
  await page.waitForSelector('.page--stale')
  assert.match(await page.locator('#stale').textContent(), /^Stand \d\d:\d\d:\d\d – /)
  cut = false
  await page.clock.runFor(NEXT_TRY)
  await page.waitForSelector('.page:not(.page--stale)')
})

test('axe finds nothing, waiting, called and left, light and dark', async () => {
  await draw()
  const mine = await draw()
  await open(mine)
  await page.click('.who summary')
  const clean = async (now) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    assert.deepEqual(await axeInBoth(page), [], now)
    assert.deepEqual(await unreadInForcedColours(page), [], now)
  }
  await clean('waiting')
  await order(`/desks/${desk}/take`, { ticket: mine.id })
  await state('called')
  await clean('called')
  await page.click('#leave summary')
  await page.click('#leave button')
  await state('left')
  await clean('left')
})

test('an appointment is checked in by its link, without script too', async () => {
  const at = new Date(Date.now() + 20 * 60_000).toISOString()
  const booked = await order('/appointments', { at, services: [{ id: service, quantity: 1 }] })
  const still = await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' })
  page = await still.newPage()
  await page.goto(house.url + new URL(booked.link, house.url).pathname)
  assert.deepEqual(await page.locator('.appointment__code').count(), 1)
  assert.ok(await page.locator('.appointment__qr').evaluate((image) => image.complete && image.naturalWidth > 0))
  await page.click('.appointment__check-in')
  assert.match(plain(await page.locator('.mine__number').textContent()), /^[A-Z]\d{3,4}$/)
  await still.close()
})

test('axe finds nothing on an appointment, on the slips and on a lost link, in every language', async () => {
  const at = new Date(Date.now() + 20 * 60_000).toISOString()
  const booked = address(await order('/appointments', { at, services: [{ id: service, quantity: 1 }] }))
  const lost = house.url + '/t/00000000000000000000000000'
  for (const where of [booked, booked + '/print', address(await draw()) + '/print', lost]) {
    for (const lang of ['de', 'en', 'ar']) {
      const answer = await page.goto(`${where}?lang=${lang}`)
      assert.equal(answer.status(), where === lost ? 404 : 200)
      assert.deepEqual(await axeInBoth(page), [], `${new URL(where).pathname} ${lang}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(wide <= 0, `${new URL(where).pathname} ${lang} is ${wide} px too wide`)
    }
  }
})

// What the program says of a ticket, at the same moment as the page.
const ticket = async (mine) => (await house.api('/tickets/' + address(mine).split('/').pop())).body
const told = (said) => said.wait && leftText(said.wait, Date.now())
const left = async () => (await page.locator('.wait__left').allTextContents()).join()

test('the wait is told as the program works it out, with the time of day, and runs down without a frame', async () => {
  for (let i = 0; i < 3; i++) await draw()
  const mine = await draw()
  let cut = false
  let wire
  await page.routeWebSocket(/\/live/, (socket) => {
    if (cut) return socket.close()
    wire = socket
    socket.connectToServer()
  })
  await page.clock.install()
  await page.goto(address(mine))
  const { wait } = await calm(() => ticket(mine), left, told)
  assert.equal(wait.state, 'range')
  assert.match(await page.locator('.wait__at').textContent(), /^etwa \d\d:\d\d.Uhr$/)
  cut = true
  await wire.close()
  const shown = await left()
  const before = Date.now()
  await page.clock.runFor(8 * 60_000)
  const later = leftText(wait, before + 8 * 60_000)
  assert.notEqual(later, shown)
  await calm(async () => null, left, () => later)
})

test('restarting the program changes no shown minute', async () => {
  for (let i = 0; i < 3; i++) await draw()
  const mine = await draw()
  await open(mine)
  const before = await calm(() => ticket(mine), left, told)
  const back = new Promise((resolve) => page.on('websocket', (socket) => socket.once('framereceived', resolve)))
  await house.restart()
  assert.deepEqual((await ticket(mine)).wait, before.wait)
  await back
  await calm(() => ticket(mine), left, told)
})

test('without script the wait is told too, and never in a range turned round', async () => {
  for (let i = 0; i < 3; i++) await draw()
  const mine = await draw()
  const still = await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' })
  page = await still.newPage()
  await page.goto(address(mine))
  await calm(() => ticket(mine), async () => (await page.reload()) && left(), told)
  await page.click('.languages [lang="ar"]')
  // The first figure stands to the left of the second, though the text runs the other way.
  const [low, high] = await page.locator('.wait__left').evaluate((line) => {
    const text = line.firstChild
    const at = [...text.data.matchAll(/\d+/g)].slice(0, 2)
    return at.map(({ index, 0: digits }) => {
      const range = document.createRange()
      range.setStart(text, index)
      range.setEnd(text, index + digits.length)
      return range.getBoundingClientRect().left
    })
  })
  assert.ok(low < high, `${low} ${high}`)
  await still.close()
})

test('nobody at a desk: words, and no figure', async () => {
  const mine = await draw()
  await open(mine)
  await order(`/desks/${desk}/close`)
  await page.getByText('Zurzeit ist kein Platz besetzt').waitFor()
  assert.doesNotMatch(await page.locator('#wait').textContent(), /\d/)
  await order(`/desks/${desk}/open`)
  await page.waitForSelector('.wait__left:not(.wait__left--nobody)')
})

test('who has an appointment sees when the call is likely, before checking in', async () => {
  const at = new Date(Date.now() + 20 * 60_000).toISOString()
  const booked = await order('/appointments', { at, services: [{ id: service, quantity: 1 }] })
  await page.goto(address(booked))
  await calm(async () => null, async () => { await page.reload(); return page.locator('#likely').count() }, () => 1)
  const told = await page.locator('#likely').textContent()
  const [likely, from, to] = told.match(/\d\d:\d\d/g)
  assert.match(told, /etwa .*zwischen .* und /)
  assert.ok(from <= likely && likely <= to, told)
})
