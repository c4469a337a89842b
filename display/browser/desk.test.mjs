// The desk, in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axe, openBrowser, plain, signUp, start, unreadInForcedColours } from './program.mjs'

let house, browser, context, page, office, desk, service, other

before(async () => {
  house = await start()
  browser = await openBrowser()
  context = await signUp(browser, house)
  office = (await house.api('/offices')).body[0]?.id ?? (await house.api('/offices')).body.offices[0].id
  const catalogue = (await house.api(`/offices/${office}/catalogue`)).body
  desk = catalogue.desks[0].id
  const able = await skills()
  ;[service, other] = catalogue.services.filter((s) => able.length === 0 || able.includes(s.id))
  page = await context.newPage()
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

// Every test begins at a desk with nobody there and nobody waiting.
beforeEach(async () => {
  await page.goto(`${house.url}/desk/${office}/${desk}`)
  await page.waitForSelector('.next__button, .choose')
  if (await page.locator('.choose').count()) await page.locator('.choose__take').first().click()
  await page.waitForSelector('.next__button')
  await clear()
})

async function skills() {
  const queue = await context.newPage()
  await queue.goto(`${house.url}/desk/${office}`)
  const boot = JSON.parse(await queue.locator('#boot').textContent())
  await queue.close()
  return boot.frame.view.desks.find((d) => d.desk === desk).skills || []
}

async function clear() {
  await press('resume')
  await press('finish')
  for (const t of await tickets()) {
    if (['waiting', 'parked'].includes(t.state)) await house.api(`/offices/${office}/tickets/${t.id}/leave`, { role: 'reception', body: {} })
  }
  await page.waitForFunction(() => document.querySelector('.running__number--none') && document.querySelector('#tab-line .tab__count').textContent === '0' && document.querySelector('#tab-parked .tab__count').textContent === '0')
}

const press = (action, body = {}) => page.evaluate(([to, what]) => fetch(to, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify(what) }).then((r) => r.status), [`/api/v1/offices/${office}/desks/${desk}/${action}`, body])
const tickets = async () => (await house.api(`/offices/${office}/queue`, { role: 'clerk' })).body.tickets
const ticket = async (number) => (await tickets()).find((t) => t.number === number)
const draw = async (s = service) => {
  const got = await house.api(`/offices/${office}/tickets`, { role: 'reception', body: { services: [{ id: s.id, quantity: 1 }], priority: 0 } })
  assert.equal(got.status, 201, JSON.stringify(got.body))
  await page.waitForFunction((n) => [...document.querySelectorAll('.row__open')].some((b) => b.textContent.replace(/\s/g, '') === n), got.body.number)
  return got.body.number
}
// A frame may come before the answer to the press that caused it, and until the
// answer is there the desk takes no other press.
const answered = () => page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
const running = async (number) => {
  await page.waitForFunction((n) => document.querySelector('.running__number')?.textContent.replace(/\s/g, '') === n, number)
  await answered()
}
const nobody = async () => {
  await page.waitForSelector('.running__number--none')
  await answered()
}
const said = (text) => page.waitForFunction((x) => document.querySelector('.voice').textContent.includes(x), text)
const count = (tab, n) => page.waitForFunction(([id, c]) => document.querySelector(`#tab-${id} .tab__count`).textContent === String(c), [tab, n])
const rested = () => page.waitForFunction(() => document.querySelector('.next__button').getAttribute('aria-disabled') !== 'true')
const callNext = async (number) => {
  await rested()
  await page.keyboard.press('n')
  await running(number)
}

test('the one-time link makes one account and no second', async () => {
  const answer = await fetch(house.setup)
  assert.ok(answer.status >= 400, `a used link answered ${answer.status}`)
})

test('a desk is chosen by keyboard and the address is the desk’s', async () => {
  await press('close')
  await page.goto(`${house.url}/desk/${office}`)
  await page.waitForSelector('.choose__take')
  assert.deepEqual(await axe(page), [])
  await page.locator('.choose__take').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.next__button')
  assert.equal(new URL(page.url()).pathname, `/desk/${office}/${desk}`)
})

test('next by keyboard calls whom the desk showed, and says so', async () => {
  const first = await draw()
  await draw()
  await page.waitForFunction((n) => document.querySelector('.next__number')?.textContent.replace(/\s/g, '') === n, first)
  assert.notEqual((await page.locator('.next__why').textContent()).trim(), '')
  await callNext(first)
  await said(first)
  assert.equal((await ticket(first)).state, 'called')
})

test('a double click on next calls one person', async () => {
  const first = await draw()
  const second = await draw()
  await rested()
  await page.locator('.next__button').dblclick()
  await running(first)
  await rested()
  assert.equal((await ticket(first)).state, 'called')
  assert.equal((await ticket(second)).state, 'waiting')
})

test('a press whose answer is lost is sent again with the same key and calls one person', async () => {
  const first = await draw()
  const second = await draw()
  const keys = []
  await page.route('**/next', async (route) => {
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length > 1) return route.continue()
    await route.fetch()
    return route.abort()
  })
  await rested()
  await page.keyboard.press('n')
  await said(first)
  await page.unroute('**/next')
  await running(first)
  assert.equal(keys.length, 2)
  assert.equal(keys[0], keys[1])
  assert.equal((await ticket(second)).state, 'waiting')
})

test('a press that waits says so', async () => {
  const first = await draw()
  let release
  const held = new Promise((resolve) => { release = resolve })
  await page.route('**/next', async (route) => {
    await held
    return route.continue()
  })
  await rested()
  await page.keyboard.press('n')
  await page.waitForSelector('.voice__line--wait')
  release()
  await running(first)
  await page.unroute('**/next')
})

test('recall counts the call, and after the configured calls no-show steps forward', async () => {
  const first = await draw()
  await callNext(first)
  const calls = () => page.evaluate(() => JSON.parse(document.getElementById('boot').textContent).catalogue.no_show_after)
  for (let i = 1; i < (await calls()); i++) {
    await page.keyboard.press('r')
    await page.waitForFunction((n) => document.querySelector('.running__state').textContent.includes(`${n}. Aufruf`), i + 1)
    await answered()
  }
  await page.waitForSelector('.action--offered')
})

test('who did not appear is kept in a list and put back when there after all', async () => {
  const first = await draw()
  const before = Number(await page.locator('#tab-no_shows .tab__count').textContent())
  await callNext(first)
  await page.keyboard.press('x')
  await nobody()
  await count('no_shows', before + 1)
  assert.equal((await ticket(first)).state, 'no_show')
  await page.keyboard.press('4')
  await page.locator('.row__open', { hasText: first.slice(1) }).click()
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('dialog', { state: 'detached' })
  await count('line', 1)
  assert.equal((await ticket(first)).state, 'waiting')
})

test('parking asks for the reason and unparking keeps the place', async () => {
  const first = await draw()
  await draw()
  await callNext(first)
  await page.keyboard.press('p')
  await page.waitForSelector('dialog[open]')
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('1')
  await nobody()
  await count('parked', 1)
  await page.keyboard.press('3')
  await page.locator('.row__open').click()
  await page.keyboard.press('Enter')
  await count('parked', 0)
  await page.keyboard.press('1')
  await page.waitForFunction((n) => document.querySelector('.row__open').textContent.replace(/\s/g, '') === n, first)
})

test('a transfer to a service keeps the number', async () => {
  const first = await draw()
  await callNext(first)
  await page.keyboard.press('s')
  await page.waitForFunction(() => document.querySelector('.running__state').textContent.includes('Bearbeitung'))
  await answered()
  await page.keyboard.press('w')
  await page.waitForSelector('#transfer')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'transfer')
  await page.keyboard.type(other.names.de)
  await page.waitForSelector('[role="option"]')
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('Enter')
  await nobody()
  assert.equal((await ticket(first)).state, 'waiting')
  const row = page.locator('.row', { hasText: first.slice(1) })
  await row.waitFor()
  assert.match(await row.locator('.row__service').textContent(), new RegExp('^' + other.names.de))
})

test('undo takes the call back while it counts down', async () => {
  const first = await draw()
  await callNext(first)
  await page.waitForFunction(() => /\d/.test(document.querySelector('.action--undo .action__left').textContent))
  await page.keyboard.press('u')
  await nobody()
  assert.equal((await ticket(first)).state, 'waiting')
})

test('a pause is chosen by digit and ended with the same key', async () => {
  await page.keyboard.press('b')
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('2')
  await page.waitForFunction(() => document.querySelector('.next__who').textContent.includes('Pause bis'))
  await answered()
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('b')
  await page.waitForFunction(() => !document.querySelector('.next__who').textContent.includes('Pause'))
})

test('taking a particular person asks first and names whom it passes over', async () => {
  const first = await draw()
  const second = await draw()
  await page.keyboard.press('t')
  await page.keyboard.press('ArrowDown')
  assert.equal(plain(await page.evaluate(() => document.activeElement.textContent)), second)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.ask__warning')
  assert.match(await page.locator('.ask__warning').textContent(), new RegExp(first))
  assert.equal((await ticket(second)).state, 'waiting')
  await page.keyboard.press('Enter')
  await running(second)
  assert.equal((await ticket(first)).state, 'waiting')
})

test('frames move rows and not the focus', async () => {
  await draw()
  const second = await draw()
  await page.keyboard.press('l')
  await page.keyboard.press('ArrowDown')
  await draw()
  assert.equal(plain(await page.evaluate(() => document.activeElement.textContent)), second)
})

test('a note is kept with the ticket, and letters in it are no commands', async () => {
  const first = await draw()
  const second = await draw()
  await callNext(first)
  await page.keyboard.press('e')
  await page.keyboard.type('nach dem Formular fragen')
  await page.waitForFunction(() => document.querySelector('.note__status').textContent === 'gespeichert')
  assert.equal((await ticket(second)).state, 'waiting')
  await page.reload()
  await page.waitForFunction(() => document.querySelector('#note')?.value === 'nach dem Formular fragen')
})

test('a refusal is a calm sentence and nothing is lost', async () => {
  const first = await draw()
  await callNext(first)
  await page.keyboard.press('c')
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.voice__line--bad')
  assert.match(await page.locator('.voice__line--bad').textContent(), new RegExp(first))
  await running(first)
})

test('keys are listed behind ? and can be switched off', async () => {
  await page.keyboard.press('?')
  await page.waitForSelector('dialog[open] .keys')
  assert.deepEqual(await axe(page), [])
  await page.locator('dialog input[type="checkbox"]').uncheck()
  await page.keyboard.press('Escape')
  const first = await draw()
  await page.keyboard.press('n')
  await page.keyboard.press('?')
  await page.waitForSelector('dialog[open]')
  await page.locator('dialog input[type="checkbox"]').check()
  await page.keyboard.press('Escape')
  assert.equal((await ticket(first)).state, 'waiting')
})

test('the desk meets WCAG 2.2 AA wide, narrow and at 400 % zoom', async () => {
  const first = await draw()
  await draw()
  await callNext(first)
  for (const [width, height] of [[1280, 800], [480, 1000], [320, 256]]) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await axe(page), [], `at ${width}`)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `scrolls sideways at ${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  assert.deepEqual(await unreadInForcedColours(page), [])
})
