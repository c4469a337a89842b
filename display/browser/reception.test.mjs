// Reception, in a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axe, openBrowser, plain, signUp, start } from './program.mjs'

let house, browser, page, office, service

before(async () => {
  house = await start()
  browser = await openBrowser()
  const context = await signUp(browser, house)
  const offices = (await house.api('/offices')).body
  office = (offices[0] ?? offices.offices[0]).id
  service = (await house.api(`/offices/${office}/catalogue`)).body.services[0]
  page = await context.newPage()
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await page.goto(`${house.url}/reception/${office}`)
  await page.waitForSelector('#line')
})

const word = () => service.names.de
const issued = async () => plain(await page.locator('.issued__number').textContent())
const state = async (number) => (await house.api(`/offices/${office}/queue`, { role: 'reception' })).body.tickets.find((t) => t.number === number)?.state

async function register(text = word()) {
  await page.keyboard.type(text)
  await page.waitForSelector('[role="option"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.draft')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.issued__number')
  return issued()
}

test('a walk-in is registered with three keys after the word', async () => {
  assert.equal(await page.evaluate(() => document.activeElement.id), 'line')
  const number = await register()
  assert.equal(await state(number), 'waiting')
  assert.match(await page.locator('.issued a[target]').first().getAttribute('href'), /^\/t\/[^/]{26}\/print$/)
  assert.deepEqual(await axe(page), [])
  assert.equal(await page.evaluate(() => document.activeElement.id), 'line', 'the next person can be typed at once')
})

test('quantity and priority are typed with the word', async () => {
  await page.keyboard.type(`2 ${word()} +10`)
  await page.waitForSelector('[role="option"]')
  await page.keyboard.press('Enter')
  assert.equal(await page.locator('.draft__quantity').inputValue(), '2')
  assert.equal(await page.locator('#draft-priority').inputValue(), '10')
  assert.deepEqual(await axe(page), [])
})

test('a number is found, and who goes home is taken out after a question', async () => {
  const number = await register()
  await page.keyboard.type(number.toLowerCase())
  await page.waitForSelector('[role="option"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('dialog[open] .button--bad')
  assert.equal(await state(number), 'waiting')
  await page.keyboard.press('Enter')
  await page.waitForFunction((n) => document.querySelector('.voice').textContent.includes(n), number)
  assert.equal(await state(number), 'left')
})

test('an appointment is entered by its time and checked in by its code', async () => {
  await page.keyboard.type(`23:50 ${word()}`)
  await page.waitForSelector('[role="option"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.draft')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.issued__number--code')
  const code = await issued()
  await page.waitForFunction(() => document.querySelector('#tab-expected .tab__count').textContent === '1')
  await page.keyboard.type(code)
  await page.waitForSelector('[role="option"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.person')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.issued__number .ticket-number')
  assert.equal(await state(await issued()), 'waiting')
})

test('a file with a fault is refused by line and a good one is taken', async () => {
  await page.locator('.bar__actions button').first().click()
  await page.locator('#import-text').fill(`time,service,code\n23:30,${service.id},ABCD2345\n25:00,nichts,ABCD2346\n`)
  await page.locator('dialog [type="submit"]').click()
  await page.waitForSelector('.import__faults li')
  assert.deepEqual(await axe(page), [])
  await page.locator('#import-text').fill(`time,service,code\n23:30,${service.id},ABCD2345\n`)
  await page.locator('dialog [type="submit"]').click()
  await page.waitForSelector('dialog', { state: 'detached' })
  await page.waitForFunction(() => document.querySelector('.voice').textContent.includes('1 Termin'))
})

test('reception meets WCAG 2.2 AA wide and narrow', async () => {
  for (const width of [1280, 480, 320]) {
    await page.setViewportSize({ width, height: 800 })
    assert.deepEqual(await axe(page), [], `at ${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
})
