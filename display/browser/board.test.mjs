// The lobby board, in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axeInBoth, openBrowser, openLive, plain, start, unreadInForcedColours } from './program.mjs'
import { screenOf } from './scene.mjs'
import { calm, shortText } from './waits.mjs'

const STALE_AFTER = 13_000 // ms without a frame, of the page's own clock

let house, browser, page, office, service, desks, address

before(async () => {
  house = await start({ mute: true })
  browser = await openBrowser()
  office = (await house.api('/offices')).body.offices[0].id
  const catalogue = (await house.api(`/offices/${office}/catalogue`)).body
  service = catalogue.services[0].id
  desks = catalogue.desks.map((d) => d.id)
  address = house.url + '/board/' + (await screenOf(house, office))
  for (const desk of desks.slice(0, 2)) await order(`/desks/${desk}/open`)
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await page?.context().close()
  page = await (await browser.newContext({ locale: 'de-DE', viewport: { width: 1920, height: 1080 } })).newPage()
  // Which sounds were started, for nobody hears a headless browser.
  await page.addInitScript(() => {
    globalThis.started = []
    const start = AudioBufferSourceNode.prototype.start
    AudioBufferSourceNode.prototype.start = function (...when) {
      globalThis.started.push({ seconds: this.buffer.duration, state: this.context.state })
      return start.apply(this, when)
    }
  })
})

async function order(path, body = {}) {
  const answer = await house.api(`/offices/${office}${path}`, { role: 'supervisor', body })
  assert.ok(answer.status < 300, path + ': ' + JSON.stringify(answer))
  return answer.body
}
const draw = () => order('/tickets', { services: [{ id: service, quantity: 1 }] })
// take calls a particular person, for next takes whom the rule gives.
const take = async (desk = desks[0]) => {
  const ticket = await draw()
  await order(`/desks/${desk}/take`, { ticket: ticket.id })
  return ticket.number
}
const shown = async () => (await page.locator('.call--lit .call__number').allTextContents()).map(plain)
const lit = (number) => page.waitForFunction((n) => [...document.querySelectorAll('.call--lit .call__number')].some((e) => e.textContent.replace(/\s/g, '') === n), number)
const rung = (times) => page.waitForFunction((n) => globalThis.started.filter((s) => Math.abs(s.seconds - 0.9) < 0.001).length >= n, times)
const gongs = () => page.evaluate(() => globalThis.started.filter((s) => Math.abs(s.seconds - 0.9) < 0.001 && s.state === 'running').length)
const spoken = () => page.locator('#voice p').allTextContents()

// The board is there and follows, so that what it does next is its own doing.
const open = () => openLive(page, address)

test('a call is seen, heard and offered to a screen reader', async () => {
  await open()
  const before = await gongs()
  const number = await take()
  await lit(number)
  await rung(before + 1)
  const place = await page.locator('.call--lit .call__place > span').first().textContent()
  const said = (await spoken()).map(plain)
  assert.equal(said.filter((text) => text.includes(number) && text.includes(plain(place))).length, 1, said.join(' | '))
  assert.equal(await page.locator('#voice').getAttribute('aria-live'), 'polite')
})

test('a recall rings again, a reload does not', async () => {
  await open()
  const number = await take()
  await lit(number)
  await rung(1)
  await order(`/desks/${desks[0]}/recall`)
  await rung(2)
  assert.equal((await spoken()).filter((text) => plain(text).includes(number)).length, 2)
  await open()
  await lit(number)
  await page.waitForFunction(() => document.querySelector('#clock').textContent !== '')
  assert.deepEqual(await spoken(), [])
  assert.equal(await gongs(), 0)
})

test('a board that never saw a call rings for it only while it is young', async () => {
  await take()
  await page.addInitScript(() => {
    // The same frame, as if it were a minute later by the server's clock.
    const parse = JSON.parse
    JSON.parse = (text, ...more) => {
      const value = parse(text, ...more)
      const frame = value && (value.frame || value)
      if (frame && frame.at && frame.v === 1) frame.at = new Date(Date.parse(frame.at) + 60_000).toISOString()
      return value
    }
  })
  await open()
  await page.waitForSelector('.call, .rest')
  assert.deepEqual(await spoken(), [])
  assert.equal(await gongs(), 0)
})

test('two calls at once share the panel, the newest on top', async () => {
  await open()
  const first = await take(desks[0])
  const second = await take(desks[1])
  await lit(second) // calls of the tests before may still be lit when only the first has come
  await page.waitForFunction(() => document.querySelectorAll('.call--lit.call--shared').length === 2)
  assert.deepEqual(await shown(), [second, first])
})

test('the last calls, those who wait and the notice are shown', async () => {
  const called = [await take(), await take(), await take()]
  const waits = await draw()
  await order('/notice', { text: 'Das Fotogerät ist außer Betrieb.' })
  await open()
  const rows = (await page.locator('.row__number').allTextContents()).map(plain)
  assert.ok(rows.length <= 6 && rows.includes(called[0]), rows.join())
  const [room, wanted] = await page.locator('.row--lit').first().evaluate((row) => [row.getBoundingClientRect().left - row.closest('.last').getBoundingClientRect().left, parseFloat(getComputedStyle(document.documentElement).fontSize) / 2])
  assert.ok(room >= wanted - 0.5, `the ground of a lit row is cut off ${room} px beside its text`)
  assert.ok((await page.locator('.next__numbers').textContent()).replace(/\s/g, '').includes(waits.number))
  assert.equal(await page.locator('#notice').textContent(), 'Das Fotogerät ist außer Betrieb.')
  await order('/notice', { text: '' })
  await page.waitForSelector('#notice', { state: 'hidden' })
})

test('the strip tells a newcomer per category what the program works out, and upcoming numbers their time', async () => {
  for (let i = 0; i < 6; i++) await draw()
  await open()
  const shownWaits = () => page.locator('.cat__wait').allTextContents()
  const said = await calm(async () => (await house.api('/offices/' + office)).body.counts.categories, shownWaits,
    (all) => all.map((c) => (c.wait ? shortText(c.wait, ['unsure', 'nobody'].includes(c.wait.state) ? 'board_' : '') : '')))
  assert.ok(said.some((c) => c.wait.state === 'range'))
  const next = await page.locator('.next__numbers li').allTextContents()
  assert.ok(next.some((n) => /\d\d:\d\d$/.test(n)), next.join())
})

test('nothing scrolls and nothing is cut off, on every kind of screen', async () => {
  for (let i = 0; i < 6; i++) await draw()
  await order('/notice', { text: 'Das Fotogerät ist außer Betrieb.' })
  await take()
  await open()
  for (const [width, height] of [[1280, 720], [1280, 800], [1920, 1080], [3840, 2160], [1080, 1920]]) {
    await page.setViewportSize({ width, height })
    const over = await page.evaluate(() => {
      for (const wait of document.querySelectorAll('.cat__wait')) wait.textContent = '35\u2060–\u2060115 min' // a long wait has its room, too
      const beyond = (node) => { const box = node.getBoundingClientRect(); return box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 }
      const cut = (node) => node.scrollWidth > node.clientWidth + 1
      return [...document.querySelectorAll('.call__number, .call__place, .cat__wait, .code, .strip, .cat')].filter((n) => beyond(n)).map((n) => n.className)
        .concat([...document.querySelectorAll('.cat, .cat__wait, .call__number')].filter(cut).map((n) => n.textContent))
        .concat(document.documentElement.scrollHeight > innerHeight ? ['the page'] : [])
    })
    assert.deepEqual(over, [], `${width} × ${height}`)
    // The call keeps its panel: what stands in it is not cut.
    const calls = await page.evaluate(() => [...document.querySelectorAll('.call')].map((c) => [c.className, c.scrollHeight, c.clientHeight]))
    assert.deepEqual(calls.filter(([, needs, has]) => needs > has + 1), [], `${width} × ${height}: a call is cut`)
  }
  await order('/notice', { text: '' })
})

test('two calls keep their halves of the panel, with a notice and without, in every language of the house', async () => {
  for (const [lang, text] of [['de', ''], ['de', 'Das Fotogerät ist außer Betrieb.'], ['ar', ''], ['ar', 'Das Fotogerät ist außer Betrieb.']]) {
    await order('/notice', { text })
    await openLive(page, `${address}?lang=${lang}`)
    for (const [width, height] of [[1280, 720], [1920, 1080], [3840, 2160], [1080, 1920]]) {
      await page.setViewportSize({ width, height })
      const calls = () => page.evaluate(() => [...document.querySelectorAll('.call--shared')].map((c) => [c.scrollHeight - c.clientHeight, c.scrollWidth - c.clientWidth]))
      let over = await calls()
      while (over.length < 2) { // the calls before have rested
        for (const desk of desks.slice(0, 2)) await take(desk)
        await page.waitForFunction(() => document.querySelectorAll('.call--shared').length === 2)
        over = await calls()
      }
      assert.deepEqual(over.filter(([high, wide]) => high > 1 || wide > 1), [], `${width} × ${height} ${lang} ${text}`)
    }
  }
  await order('/notice', { text: '' })
})

test('in an ordinary browser the sound is switched on by a press', async () => {
  await page.addInitScript(() => {
    // What a browser does before anybody has touched the page.
    const Real = globalThis.AudioContext
    globalThis.AudioContext = class extends Real {
      constructor() { super(); this.suspend() }
    }
  })
  await open()
  await page.waitForSelector('#sound:not([hidden])')
  await page.click('#sound')
  await page.waitForSelector('#sound', { state: 'hidden' })
  const number = await take()
  await lit(number)
  await rung(1)
})

test('the first state is there without script', async () => {
  const number = await take()
  const plainContext = await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' })
  const still = await plainContext.newPage()
  await still.goto(address)
  assert.equal(plain(await still.locator('.call__number').textContent()), number)
  await plainContext.close()
})

test('axe finds nothing, light and dark, calling and resting', async () => {
  await take()
  await open()
  assert.deepEqual(await axeInBoth(page), [])
  assert.deepEqual(await unreadInForcedColours(page), [])
})

test('a board that lost the server says how old it is, and is fresh again', async () => {
  await page.clock.install()
  await open()
  await page.context().setOffline(true)
  await page.routeWebSocket(/live/, (socket) => socket.close())
  await page.evaluate(() => dispatchEvent(new Event('offline')))
  assert.equal(await page.locator('html.stale').count(), 0)
  await page.clock.fastForward(STALE_AFTER)
  await page.waitForSelector('html.stale #stale:not([hidden])')
  assert.match(await page.locator('#stale').textContent(), /^Stand \d\d:\d\d:\d\d – /)
})

test('a closed house is dark and says when it opens, and is as before once it is open', async () => {
  for (const desk of desks) for (const action of ['finish', 'close']) await house.api(`/offices/${office}/desks/${desk}/${action}`, { role: 'supervisor', body: {} })
  await open()
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme || '')
  assert.equal(await theme(), '')
  await order('/close')
  await page.getByText('Geschlossen', { exact: false }).first().waitFor()
  assert.equal(await theme(), 'dark')
  await order('/open')
  await page.waitForFunction(() => !document.documentElement.dataset.theme)
})
