// What a desk knows and does for who sits there: needs, missing papers, another
// visit. In a real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axe, openBrowser, plain, signUp, start } from './program.mjs'

const SERVICE = 'id_card_apply'

let house, browser, page, office, desk

before(async () => {
  house = await start()
  browser = await openBrowser()
  const context = await signUp(browser, house)
  office = (await house.api('/offices')).body.offices[0].id
  desk = (await house.api(`/offices/${office}/catalogue`)).body.desks[0].id
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await page.goto(`${house.url}/desk/${office}/${desk}`)
  await page.waitForSelector('.next__button, .choose__take')
  if (await page.locator('.choose__take').count()) await page.locator('.choose__take').first().click()
  await page.waitForSelector('.next__button')
})

const find = async (text) => (await house.api(`/offices/${office}/people/find`, { role: 'reception', body: { text } })).body.people

/** Somebody new is called to the desk. */
async function call(contact) {
  const drawn = await house.api(`/offices/${office}/tickets`, { role: 'reception', body: { services: [{ id: SERVICE, quantity: 1 }], priority: 60, ...(contact ? { contact } : {}) } })
  assert.equal(drawn.status, 201, JSON.stringify(drawn.body))
  const { number } = drawn.body
  await page.waitForFunction((n) => [...document.querySelectorAll('.row__open')].some((b) => b.textContent.replace(/\s/g, '') === n), number)
  await page.waitForFunction(() => document.querySelector('.next__button').getAttribute('aria-disabled') !== 'true')
  await page.keyboard.press('n')
  await page.waitForFunction((n) => document.querySelector('.running__number')?.textContent.replace(/\s/g, '') === n, number)
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
  return drawn.body
}

test('what a visitor needs stands beside the number in words, without a name', async () => {
  await call({ surname: 'Stillmann', phone: '0171 2345678', needs: ['wheelchair', 'sign_language', 'quiet_room', 'fetch_me'], no: ['first_application_or_name_change'] })
  await page.waitForSelector('.need')
  assert.deepEqual((await page.locator('.need').allTextContents()).map((t) => t.trim()), ['Rollstuhlplatz', 'Gebärdensprache', 'Eigener Raum', 'Bitte abholen'])
  assert.ok(!(await page.content()).includes('Stillmann'))
  assert.equal(await page.locator('.papers__missing').count(), 2, 'papers as answered when it was booked')
  for (const [width, height] of [[1280, 800], [480, 1000], [320, 256]]) {
    await page.setViewportSize({ width, height })
    assert.deepEqual(await axe(page), [], `at ${width}`)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `scrolls sideways at ${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
})

test('the contact is shown only when it is asked for', async () => {
  await call({ surname: 'Heimlich', phone: '0171 2345679' })
  await page.waitForSelector('.contact-of button')
  assert.ok(!(await page.content()).includes('Heimlich'))
  await page.locator('.contact-of button').click()
  await page.waitForFunction(() => document.querySelector('.contact-of').textContent.includes('Heimlich'))
})

test('a paper that was missing is ticked, and is still when the page is loaded anew', async () => {
  const { id } = await call()
  const boxes = page.locator('.papers__missing input')
  await boxes.first().waitFor()
  await boxes.nth(0).focus()
  await page.keyboard.press('Space')
  await boxes.nth(1).check()
  await boxes.nth(0).uncheck()
  // Ticks go out one after the other; the frame of the last says one paper.
  const frame = () => page.evaluate(async ([to]) => JSON.parse(new DOMParser().parseFromString(await (await fetch(to)).text(), 'text/html').getElementById('boot').textContent).frame.view.desks.map((d) => d.ticket).filter(Boolean), [`/desk/${office}/${desk}`])
  let missing = []
  for (let i = 0; i < 100 && missing.join() !== 'photo'; i++) missing = (await frame()).find((t) => t.id === id).missing
  assert.deepEqual(missing, ['photo'])
  await page.reload()
  await boxes.first().waitFor()
  assert.equal(await boxes.nth(0).isChecked(), false)
  assert.equal(await boxes.nth(1).isChecked(), true)
  assert.match(await boxes.nth(1).getAttribute('aria-label'), /Biometrisches Lichtbild fehlte/)
})

test('a follow-up is two clicks where the person is known', async () => {
  await call({ surname: 'Folgemann', phone: '0171 2345670' })
  await page.waitForSelector('.contact-of button')
  await page.locator('.action', { hasText: 'Folgetermin' }).click()
  await page.locator('.follow-up .choices__one').nth(1).waitFor()
  assert.deepEqual(await axe(page), [])
  await page.locator('.follow-up .choices__one').nth(1).click()
  await page.waitForSelector('.follow-up__code')
  const code = plain(await page.locator('.follow-up__code').textContent())
  const booked = (await find('Folgemann')).filter((p) => p.state === 'booked')
  assert.equal(booked.length, 1)
  assert.equal(booked[0].code, code)
  assert.equal(booked[0].phone, '+491712345670')
  assert.match(await page.locator('.follow-up a').getAttribute('href'), /\/sheet\?print=1$/)
  await page.keyboard.press('Enter')
  await page.waitForSelector('dialog', { state: 'detached' })
})

test('without a contact a follow-up asks for the name, by keyboard and for another matter too', async () => {
  await call()
  await page.keyboard.press('a')
  await page.waitForSelector('.follow-up .choices__one')
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains('choices__one')))
  await page.locator('#follow-up-other').focus()
  await page.keyboard.type('reisepass in 2 wo')
  await page.waitForFunction(() => document.querySelector('.follow-up > p').textContent.startsWith('Reisepass'))
  await page.locator('.follow-up .choices__one').first().focus()
  await page.keyboard.press('1')
  await page.waitForSelector('#follow-up-surname')
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('Enter')
  await page.waitForSelector('#follow-up-surname-fault')
  await page.keyboard.type('Namenlos')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.follow-up__code')
  const [person] = await find('Namenlos')
  assert.match(person.services[0].id, /passport/)
})
