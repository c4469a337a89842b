// Appointments of another system come in by its calendar, and the day goes out
// as a table and on paper, in a real browser against the real program.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { axe, axeInBoth, openBrowser, signUp, start } from './program.mjs'

const base = '/offices/buergerbuero'
const WITHIN = 20_000 // ms for the program's first read
let house, browser, context, page, calendar, config
let events = [] // of the other system
let down = false

const stamp = (ms) => new Date(ms).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
const later = (minutes) => Math.ceil(Date.now() / 600_000) * 600_000 + minutes * 60_000
const event = (uid, at, summary, more = '') => `BEGIN:VEVENT\r\nUID:${uid}@elsewhere.example\r\nDTSTART:${stamp(at)}\r\nSUMMARY:${summary}\r\n${more}ATTENDEE;CN=Maria Muster:mailto:maria@example.org\r\nEND:VEVENT\r\n`

before(async () => {
  calendar = createServer((request, response) => {
    if (down) return response.writeHead(503).end()
    response.writeHead(200, { 'Content-Type': 'text/calendar' }).end(`BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events.join('')}END:VCALENDAR\r\n`)
  })
  await new Promise((resolve) => calendar.listen(0, '127.0.0.1', resolve))
  const from = fileURLToPath(new URL('../../config.yaml', import.meta.url))
  config = join(tmpdir(), `aufruf-import-${process.pid}.yaml`)
  const text = (await readFile(from, 'utf8')).replace(/^imports: \[\]$/m, `imports:
  - office: buergerbuero
    url: http://127.0.0.1:${calendar.address().port}/feed.ics?token=s3cret
    every: 1h
    service: general_information
    map: { Personalausweis: id_card_apply }
    code_from: X-CODE`)
  await writeFile(config, text)
  events = [event('a', later(60), 'Personalausweis Maria Muster', 'X-CODE:K7F2\r\n'), event('b', later(90), 'Etwas'), event('c', later(120), 'Serie', 'RRULE:FREQ=DAILY\r\n')]
  house = await start({ config })
  browser = await openBrowser()
  context = await signUp(browser, house)
  page = await context.newPage()
})

after(async () => {
  await browser?.close()
  await house?.stop()
  calendar?.close()
  if (config) await rm(config, { force: true })
})

const feeds = async () => (await house.api(base + '/feeds', { role: 'supervisor' })).body.feeds
const visits = async () => (await house.api(`${base}/plan?days=2`, { role: 'supervisor' })).body.days.reduce((n, d) => n + d.visits, 0)

test('a calendar of another system is read, and the supervisor sees when and what was left out', async () => {
  for (const end = Date.now() + WITHIN; Date.now() < end && !(await feeds())[0].good_at;) await new Promise((next) => setTimeout(next, 50))
  await page.goto(house.url + '/supervisor/buergerbuero')
  await page.waitForSelector('.feed')
  const shown = await page.locator('.feed').innerText()
  assert.match(shown, /127\.0\.0\.1/)
  assert.match(shown, /2 künftige Termine/)
  assert.match(shown, /Eine Terminserie wurde nicht übernommen/)
  assert.ok(!shown.includes('s3cret'), 'the address is not shown')
  assert.equal(await visits(), 2)
  const found = await house.api(base + '/appointments/K7F2', { role: 'reception' })
  assert.deepEqual(found.body.services.map((s) => s.id), ['id_card_apply'])
  assert.deepEqual(await axe(page), [])
})

test('a calendar that is down changes nothing, is told, and is read again by a press', async () => {
  down = true
  await page.locator('.feed__read button').press('Enter')
  await page.waitForSelector('.feed .state--bad')
  assert.match(await page.locator('.feed').innerText(), /Fehler 503[^]*Was hier steht, ist vom/)
  assert.equal(await visits(), 2)
  assert.deepEqual(await axe(page), [])
  down = false
  events = [event('a', later(60), 'Personalausweis Maria Muster', 'X-CODE:K7F2\r\nSTATUS:CANCELLED\r\n'), event('b', later(150), 'Etwas'), event('d', later(180), 'Personalausweis')]
  await page.locator('.feed__read button').click()
  await page.waitForSelector('.feed .state--bad', { state: 'detached' })
  assert.equal(await visits(), 2)
  assert.equal((await house.api(base + '/appointments/K7F2', { role: 'reception' })).status, 404)
})

test('the day goes out as a table with names only for who asks, and on paper', async () => {
  await page.goto(house.url + '/supervisor/buergerbuero')
  await page.waitForSelector('.plan__paper')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: /CSV/ }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  assert.ok(text.startsWith('\ufeffTermin;Nummer;Code;Anliegen;'))
  assert.ok(!/Nachname|Muster/.test(text))
  await page.goto(house.url + '/supervisor/buergerbuero')
  await page.waitForSelector('.plan__paper')
  await page.getByRole('link', { name: 'Tag drucken' }).click()
  await page.waitForSelector('.day__list')
  assert.match(await page.locator('h1').innerText(), /\d+\. /)
  for (const width of [1280, 480, 320]) {
    await page.setViewportSize({ width, height: 900 })
    assert.deepEqual(await axeInBoth(page), [], `at ${width}`)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing is wider than ${width}`)
  }
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('.day__ways').isVisible(), false)
  assert.ok(await page.locator('.day__box').first().isVisible())
})
