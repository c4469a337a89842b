// The figures a supervisor decides by, in a real browser, while an invented
// morning runs: what stands on the page is what the program reckoned.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { axe, axeInBoth, openBrowser, signUp, start } from './program.mjs'

const SPEED = 120 // times life: a morning in two minutes, and the program ends with it
const WITHIN = 90_000 // ms for the morning to bring what a test waits for

let house, browser, context, page, base

before(async () => {
  house = await start({ config: fileURLToPath(new URL('small_town.yaml', import.meta.url)), demo: SPEED })
  browser = await openBrowser()
  context = await signUp(browser, house)
  page = await context.newPage()
  base = '/api/v1/offices/rathaus'
  await page.goto(house.url + '/supervisor/rathaus')
  await page.waitForSelector('.supervisor')
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

const ask = (path) => page.evaluate(async (url) => (await fetch(url, { headers: { 'Accept-Language': 'de' } })).json(), base + path)
const send = (path, body) => page.evaluate(async ([url, json]) => (await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: json })).status, [base + path, JSON.stringify(body)])
const text = async (selector) => (await page.locator(selector).innerText()).replace(/\s+/g, ' ').replace(/\u00a0/g, ' ')

/** until asks again and again, for the morning goes on, until check finds nothing wrong. */
async function until(path, check) {
  let fault
  for (const end = Date.now() + WITHIN; Date.now() < end; await page.waitForTimeout(100)) {
    const body = await ask(path)
    try {
      return (await check(body)) ?? body
    } catch (error) {
      fault = error
    }
  }
  throw fault
}

/** answerOf gives the answer to the page's own next question that fits, and waits until it is drawn. */
async function answerOf(part, act) {
  const asked = new Set()
  const note = (request) => asked.add(request)
  page.on('request', note)
  const fits = (r) => asked.has(r.request()) && r.url().includes(base + part) && r.ok()
  try {
    for (let [end, first] = [Date.now() + WITHIN, act]; ; first = async () => {}) {
      const coming = page.waitForResponse(fits, { timeout: Math.max(1, end - Date.now()) })
      await first()
      // A question of the page that is just being left has no answer to be read.
      const body = await (await coming).json().catch(() => null)
      if (body === null) continue
      await page.waitForTimeout(50)
      return body
    }
  } finally {
    page.off('request', note)
  }
}

test('the ledger says what was told and what came, as the API has it', async () => {
  await until('/ledger', (l) => assert.ok(l.all.n >= 30 && l.all.said !== null, `only ${l.all.n} promises`))
  const l = await answerOf('/ledger', () => page.reload())
  await page.waitForSelector('.ledger__table')
  const lead = await text('.ledger__lead')
  assert.match(lead, new RegExp(`^Gesagt ${Math.round(l.all.said)}, gekommen ${Math.round(l.all.came)} Minuten; ${Math.round(l.all.inside * 100)} % innerhalb der Spanne`))
  const rows = await page.locator('.ledger__table tbody tr').evaluateAll((list) => list.map((r) => [...r.querySelectorAll('td.cell-number')].map((c) => c.innerText)))
  assert.deepEqual(rows.map((r) => r[0]), l.hours.map((h) => String(h.n)))
  assert.deepEqual(rows.map((r) => r[3]), l.hours.map((h) => `${Math.round(h.inside * 100)} %`))
  assert.equal(l.hours.reduce((n, h) => n + h.n, 0), l.all.n)
  await page.getByLabel('Anliegen', { exact: true }).check()
  assert.match(await text('.ledger__table tbody'), new RegExp(`Personalausweis beantragen ${l.services[0].n} `))
  assert.deepEqual(await axe(page), [])
})

test('what a desk would change is seen before it is done, by keyboard, and done with one press', async () => {
  const desk = page.locator('#what-if-desk')
  await desk.focus()
  let effect = await answerOf('/what-if?desk=desk_2&do=close', async () => {
    await desk.selectOption('desk_2')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight') // from "opens" or "pause" on to the next …
    if (!(await page.locator('[name="what-if-do"][value="close"]').isChecked())) await page.locator('[name="what-if-do"][value="close"]').press('Space')
  })
  await page.waitForFunction(() => document.querySelector('.what-if__lead') && !document.querySelector('.what-if__answer').hasAttribute('aria-busy'))
  assert.ok(effect.after.mean >= effect.before.mean, 'a desk less makes nobody faster')
  if (effect.waiting > 0) assert.match(await text('.what-if__lead'), new RegExp(`noch ${Math.round(effect.after.mean)} statt ${Math.round(effect.before.mean)} Minuten`))
  const [before, then] = [effect.before.newcomers[0], effect.after.newcomers[0]]
  assert.match(await text('.what-if__table tbody'), new RegExp(`${before.low}–${before.high} min.*${then.low}–${then.high} min`))
  assert.deepEqual(await axe(page), [])
  // The desk that somebody calls from cannot be closed: then the page says so.
  const press = page.locator('.what-if__decide button')
  for (const end = Date.now() + WITHIN; Date.now() < end; await page.waitForTimeout(200)) {
    if (await press.count()) await press.press('Enter').catch(() => {})
    const seen = await page.evaluate(() => document.querySelectorAll('.floor__desk')[1].classList.contains('floor__desk--closed'))
    if (seen) break
  }
  assert.equal((await (await page.request.get(house.url + base)).json()).desks[1].state, 'closed')
})

test('the next hours name what is too long and a desk that prevents or lowers it', async () => {
  for (let i = 0; i < 14; i++) assert.equal(await send('/tickets', { services: [{ id: 'card', quantity: 1 }], priority: 0 }), 201)
  const found = await until('/ahead', async (a) => {
    assert.ok(a.peaks.length > 0 && a.peaks[0].relief, 'no peak with a remedy')
    const shown = await answerOf('/ahead', () => page.reload())
    assert.ok(shown.peaks.length > 0 && shown.peaks[0].relief)
    await page.waitForSelector('.ahead__peak')
    return shown
  })
  const [peak] = found.peaks
  assert.equal(found.target_minutes, 10)
  assert.ok(peak.worst > 10)
  const said = await text('.ahead__peak')
  assert.match(said, /über 10 Minuten/)
  assert.match(said, new RegExp(peak.relief.prevents ? `für ${peak.relief.minutes} Minuten verhindert es` : `für ${peak.relief.minutes} Minuten senkt es auf ${Math.round(peak.relief.worst)}`))
  await page.locator('.ahead__table summary').click()
  const rows = await page.locator('.ahead__table tbody tr').evaluateAll((list) => list.map((r) => r.querySelector('td').innerText))
  assert.deepEqual(rows, found.categories[0].steps.map((s) => (s.known ? `${s.low}–${s.high}` : '–')))
  assert.deepEqual(await axe(page), [])
  const name = found.peaks[0].relief.desk
  const effect = await answerOf('/what-if?desk=' + name + '&do=open', () => page.locator('.ahead__peak button').first().click())
  assert.equal(await page.locator('#what-if-desk').inputValue(), name)
  assert.ok(effect.after.newcomers[0].middle <= effect.before.newcomers[0].middle)
  // A clerk has the same stretch as a line.
  await page.goto(house.url + '/desk/rathaus')
  await page.locator('.choose__take:not([aria-disabled])').first().click()
  await page.waitForSelector('.next__button')
  const told = await answerOf('/ahead', () => page.reload())
  await page.waitForSelector('.next__button')
  if (told.peaks.length > 0) assert.match(await text('.ahead-line'), /^\d\d:\d\d Uhr: über 10 Minuten Wartezeit\./)
  else assert.equal(await text('.ahead-line'), '')
  assert.deepEqual(await axe(page), [])
})

test('a measured length is accepted with one press, is listed, and is taken back', async () => {
  await page.goto(house.url + '/supervisor/rathaus')
  const { today } = await until('/lengths', (l) => assert.equal(l.services.length, 1))
  assert.equal(await send('/services/card/planned', { minutes: 12, from: today }), 200)
  const l = await answerOf('/lengths', () => page.reload())
  await page.waitForSelector('.length')
  const s = l.services[0]
  assert.ok(s.p10 < s.median && s.median < s.p90 && s.cases >= 30)
  assert.match(await text('.length__said'), new RegExp(`Geplant 12 Minuten. Gemessen: die Hälfte dauert länger als ${Math.round(s.median)}, acht von zehn dauern ${Math.round(s.p10)} bis ${Math.round(s.p90)} \\(${s.cases} Fälle\\). Vorschlag: ${s.proposed.minutes} Minuten?\\.`))
  assert.match(await text('.length .quiet'), new RegExp(`${Math.round(s.proposed.over * 100)} statt ${Math.round(s.planned.over * 100)} von 100 Fällen`))
  assert.deepEqual(await axe(page), [])
  await page.locator('.length__accept button').click()
  await page.waitForSelector('.lengths__set tbody tr')
  const set = (await ask('/lengths')).set
  assert.deepEqual(set.map((p) => [p.service, p.minutes, p.counts]), [['card', s.proposed.minutes, true]])
  assert.equal((await (await page.request.get(house.url + base + '/catalogue')).json()).services[0].planned_minutes, s.proposed.minutes)
  await page.locator('.lengths__set button').click()
  await page.waitForSelector('.lengths__set', { state: 'detached' })
  assert.deepEqual((await ask('/lengths')).set, [])
})

test('the score stands on the board, quietly', async () => {
  const screen = await context.newPage()
  const l = await until('/ledger', (now) => assert.ok(now.all.n >= 50))
  await screen.goto(house.url + '/board/lobby')
  await screen.waitForSelector('.score', { timeout: WITHIN })
  const inside = Number((await screen.locator('.score').innerText()).match(/stimmten (\d+)\./)[1])
  assert.ok(Math.abs(inside - 100 * l.all.inside) <= 10, `${inside} on the board, ${l.all.inside} in the ledger`) // the morning goes on
  assert.deepEqual(await axe(screen), [])
  await screen.close()
})

test('the page with its figures meets WCAG 2.2 AA wide and narrow, light and dark', async () => {
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 900 })
    assert.deepEqual(await axeInBoth(page), [], `at ${width}`)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing is wider than ${width}`)
  }
})
