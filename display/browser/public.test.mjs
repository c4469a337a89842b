// The public page, its open data and its badges, in a real browser against the
// real program. No figure is typed here: what the page shows is compared with
// what the program says of the same moment.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { axeInBoth, openBrowser, openLive, start } from './program.mjs'
import { screenOf } from './scene.mjs'
import { calm, shortText } from './waits.mjs'

const VISITS = 6 // fewer in an hour are in no picture

const WITHIN = 20_000 // ms for a look ahead on a busy machine

let house, browser, context, page, office, catalogue

before(async () => {
  house = await start()
  browser = await openBrowser()
  office = (await house.api('/offices')).body.offices[0].id
  catalogue = (await house.api(`/offices/${office}/catalogue`)).body
  for (const desk of catalogue.desks.slice(0, 2)) await order(`/desks/${desk.id}/open`)
  for (let i = 0; i < VISITS; i++) {
    await order(`/desks/${catalogue.desks[0].id}/take`, { ticket: (await draw()).id })
    await order(`/desks/${catalogue.desks[0].id}/finish`)
  }
  for (let i = 0; i < 9; i++) await draw()
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await context?.close()
  context = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 } })
  page = await context.newPage()
})

async function order(path, body = {}) {
  const answer = await house.api(`/offices/${office}${path}`, { role: 'supervisor', body })
  assert.ok(answer.status < 300, path + ': ' + JSON.stringify(answer))
  return answer.body
}
const draw = () => order('/tickets', { services: [{ id: catalogue.services[0].id, quantity: 1 }] })
const address = () => `${house.url}/public/${office}`
const data = async () => (await fetch(`${address()}.json`)).json()
const rows = () => page.locator('#cats tr').evaluateAll((all) => all.map((row) => row.cells[1].textContent))
const people = (count) => (count === 1 ? 'Eine Person wartet' : `${count} Personen warten`)

test('the page says per category what the open data say', async () => {
  await openLive(page, address())
  // Page and program agree at once; that nine wait is seen by the next look ahead.
  const long = (d) => d.categories.some((c) => c.wait?.state === 'range' && c.wait.high > 10)
  const calmly = () => calm(data, rows, (d) => d.categories.map((c) => shortText(c.wait)))
  const end = Date.now() + WITHIN
  let now = await calmly()
  while (!long(now) && Date.now() < end) now = await calmly()
  assert.ok(long(now), 'nine wait, and no wait is told')
  // A new look may come between the reading of the two.
  let said, span
  do {
    now = await calmly()
    const ranges = now.categories.map((c) => c.wait).filter((w) => w?.state === 'range')
    span = shortText({ state: 'range', low: Math.min(...ranges.map((w) => w.low)), high: Math.max(...ranges.map((w) => w.high)) })
    said = await page.locator('.public__wait').textContent()
  } while (!said.startsWith(span) && Date.now() < end)
  assert.ok(said.startsWith(span), `the page says ${said}, its data ${span}`)
  assert.match(await page.locator('#now').textContent(), new RegExp(people(now.waiting.booked + now.waiting.walk_in)))
})

test('somebody more is seen without loading anew', async () => {
  await openLive(page, address())
  const before = await data()
  await draw()
  await page.getByText(people(before.waiting.booked + before.waiting.walk_in + 1)).waitFor()
})

test('without script it is all there, in three languages, and a matter can be chosen', async () => {
  const still = await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' })
  page = await still.newPage()
  const service = catalogue.services[3]
  await page.goto(address())
  await page.selectOption('#service', service.id)
  await page.getByRole('button', { name: 'Zeigen' }).click()
  const told = async () => (await page.reload()) && (await page.locator('#chosen .wait__left').textContent())
  await calm(async () => (await house.api(`/offices/${office}/services/${service.id}`)).body, told, (s) => shortText(s.wait))
  for (const [lang, title, dir] of [['ar', 'مدة الانتظار الآن', 'rtl'], ['en', 'Waiting time now', 'ltr'], ['de', 'Wartezeit jetzt', 'ltr']]) {
    await page.click(`.languages [lang="${lang}"]`)
    assert.equal(await page.locator('h1').textContent(), title)
    assert.equal(await page.locator('html').getAttribute('dir'), dir)
    assert.equal(await page.locator('#service').inputValue(), service.id)
  }
  await still.close()
})

test('good times to come are those that the program works out', async () => {
  const service = catalogue.services[0]
  const { best, times } = (await house.api(`/offices/${office}/services/${service.id}`)).body
  await page.goto(`${address()}?service=${service.id}`)
  assert.equal(await page.locator('.best li').count(), best.length)
  for (const [i, window] of best.entries()) {
    const inside = times.filter((t) => t.at >= window.from && t.at < window.to && t.state === 'range')
    assert.ok(inside.length > 0, 'a good time of which nothing is known: ' + window.from)
    const day = new Intl.DateTimeFormat('de', { weekday: 'long', timeZone: await zone() }).format(new Date(window.from))
    assert.ok((await page.locator('.best li').nth(i).textContent()).startsWith(day))
  }
})
const zone = () => page.evaluate(() => JSON.parse(document.getElementById('boot').textContent).zone)

test('how long people waited is a picture with its table', async () => {
  // A visit is counted when nobody can undo its end any more, and something happens.
  await calm(() => order('/notice', { text: '' }), async () => { await page.goto(address()); return page.locator('.typical').count() }, () => 1)
  const cells = (await page.locator('.typical__table td').allTextContents()).filter((text) => text !== '–')
  assert.equal(await page.locator('.typical__median').count(), cells.length)
  assert.equal(await page.locator('.typical__p80').count(), cells.length)
  const longest = Math.max(...cells.map((text) => Number(text.split('/')[1])))
  const peaks = (await page.locator('.typical__peak').allTextContents()).map(Number)
  assert.equal(Math.max(...peaks), longest)
  assert.equal(peaks.length, await page.locator('.typical__day').count())
})

test('another site reads the data, shows the picture and frames the badge, and nothing else', async () => {
  const site = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html')
    answer.end(`<!doctype html><title>Town</title><img id="badge" src="${address()}/badge.svg"><iframe name="small" src="${address()}/badge"></iframe><iframe name="whole" src="${address()}"></iframe>`)
  })
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))
  try {
    await page.goto(`http://127.0.0.1:${site.address().port}/`)
    assert.equal(await page.locator('#badge').evaluate((image) => image.decode().then(() => image.naturalWidth)), 360)
    const read = await page.evaluate(async (url) => (await fetch(url)).json(), `${address()}.json`)
    assert.equal(read.office, office)
    const small = page.frame({ name: 'small' })
    await small.waitForSelector('.badge__wait')
    const text = await small.locator('.badge__more').textContent()
    assert.ok(text.includes(people(read.waiting.booked + read.waiting.walk_in)), text)
    assert.equal(await page.frame({ name: 'whole' }).locator('#cats').count(), 0)
  } finally {
    site.close()
  }
})

test('the board leads here by its QR code', async () => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await page.goto(house.url + '/board/' + (await screenOf(house, office)))
  const code = page.locator('.code__qr')
  assert.equal(await code.getAttribute('src'), `/public/${office}/qr.svg`)
  assert.ok(await code.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)))
})

test('axe finds nothing, in every language, light and dark, and nothing is wider than the screen', async () => {
  for (const at of [address(), address() + '?service=' + catalogue.services[0].id, address() + '/badge']) {
    for (const lang of ['de', 'en', 'ar']) {
      await page.goto(at + (at.includes('?') ? '&' : '?') + 'lang=' + lang)
      assert.deepEqual(await axeInBoth(page), [], `${at} ${lang}`)
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 844 })
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${at} ${lang} ${width}`)
      }
    }
  }
})

test('a house without anybody at a desk tells no figure', async () => {
  await openLive(page, address())
  for (const desk of catalogue.desks.slice(0, 2)) await order(`/desks/${desk.id}/close`)
  await page.getByText('zurzeit kein Platz besetzt').first().waitFor()
  assert.doesNotMatch((await rows()).join(' '), /\d/)
  assert.ok((await data()).categories.every((c) => c.wait.state === 'nobody' && c.wait.high === 0))
})
