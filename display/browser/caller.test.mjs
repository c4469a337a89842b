// A caller at reception: booked, found, moved and cancelled from one line, in a
// real browser against the real program.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { axe, openBrowser, plain, signUp, start } from './program.mjs'

const SERVICE = 'id_card_apply' // asks one question; "perso" means it first
const NAMES = ['so', 'mo', 'di', 'mi', 'do', 'fr', 'sa']

let house, browser, context, page, office, zone, day

before(async () => {
  house = await start()
  browser = await openBrowser()
  context = await signUp(browser, house)
  office = (await house.api('/offices')).body.offices[0].id
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  // Every press that the page gets from the keyboard is counted.
  await page.addInitScript(() => {
    globalThis.presses = 0
    addEventListener('keydown', (event) => { if (event.isTrusted && !['Shift', 'Control', 'Alt'].includes(event.key)) globalThis.presses++ }, true)
  })
  await page.goto(`${house.url}/reception/${office}`)
  zone = JSON.parse(await page.locator('#boot').textContent()).zone
  // A day of the coming week whose morning is free, whatever holidays there are.
  const days = (await free()).filter((d) => d.times.some((at) => hour(at) < 11))
  day = days.find((d) => d.day > today() && Date.parse(d.day) - Date.parse(today()) <= 7 * 86_400_000)
  assert.ok(day, 'no morning of the next week is free: ' + JSON.stringify(days.slice(0, 3)))
})

after(async () => {
  await browser?.close()
  await house?.stop()
})

beforeEach(async () => {
  await page.goto(`${house.url}/reception/${office}`)
  await page.waitForSelector('#line')
})

const dayOf = (at) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(at))
const today = () => dayOf(Date.now())
const hour = (at) => Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(new Date(at)))
const free = async () => (await house.api(`/offices/${office}/slots?services=${SERVICE}&staff=true&days=28`, { role: 'reception' })).body.days
const word = () => NAMES[new Date(day.day).getUTCDay()]
const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
const options = () => page.waitForSelector('.finder__one--short')
const focused = () => page.evaluate(() => document.activeElement.id)
const find = async (text) => (await house.api(`/offices/${office}/people/find`, { role: 'reception', body: { text } })).body.people
const said = (text) => page.waitForFunction((x) => document.querySelector('.voice').textContent.includes(x), text)

/** Holds the first time of a line, and answers its questions with no. */
async function hold(line = `perso ${word()} vorm`) {
  await page.keyboard.type(line)
  await options()
  const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/holds')), press('Enter')])
  await page.waitForSelector('.details')
  await press('n')
  await page.waitForFunction(() => document.activeElement.id.startsWith('contact-'))
  return { at: answer.request().postDataJSON().at, ...(await answer.json()) }
}

/** Books for somebody and gives the code. */
async function book(name, phone = '') {
  await hold()
  await page.keyboard.type(name)
  if (phone) {
    await press('Tab')
    await page.keyboard.type(phone)
  }
  await press('Enter')
  await page.waitForSelector('.issued__number--code')
  return plain(await page.locator('.issued__number--code').textContent())
}

/** Lets others take what is left of a time. */
async function takeAll(at) {
  for (let status = 201; status === 201;) {
    status = (await house.api(`/offices/${office}/holds`, { role: 'reception', body: { at, services: [{ id: SERVICE, quantity: 1 }], channel: 'phone' } })).status
    assert.ok(status === 201 || status === 409, String(status))
  }
}

test('a whole booking takes fewer than 25 presses besides the caller’s own data', async (t) => {
  let own = 0
  const data = async (text) => {
    const before = await page.evaluate(() => globalThis.presses)
    await page.keyboard.type(text)
    own += (await page.evaluate(() => globalThis.presses)) - before
  }
  assert.equal(await focused(), 'line')
  await page.keyboard.type(`perso ${word()} vorm`)
  await options()
  await press('Enter')
  await page.waitForSelector('.details')
  await press('n') // the question behind a paper
  assert.equal(await focused(), 'contact-surname')
  await data('Zacharias')
  await press('Tab')
  assert.equal(await focused(), 'contact-phone')
  await data('0171 2345678')
  await press('Enter')
  await page.waitForSelector('.issued__number--code')
  const presses = (await page.evaluate(() => globalThis.presses)) - own
  t.diagnostic(`${presses} presses`)
  assert.ok(presses > 10 && presses < 25, `${presses} presses`)
  const [person] = await find('Zacharias')
  assert.equal(person.code, plain(await page.locator('.issued__number--code').textContent()))
  assert.equal(dayOf(person.at), day.day) // the office's day, wherever it is
  assert.ok(hour(person.at) < 12)
  assert.match(await page.locator('.issued__told').textContent(), /0171 2345678/)
  assert.equal(await focused(), 'line', 'the next caller can be typed at once')
})

test('what is understood stands under the line, and the next free times come without a day', async () => {
  await page.keyboard.type('perso')
  await options()
  await page.keyboard.type(` ${word()} vorm 0171 2345678 zwiebel`)
  const chips = () => page.locator('.chip').allTextContents()
  await page.waitForFunction(() => document.querySelectorAll('.chip').length === 5)
  const text = (await chips()).join('|')
  for (const part of ['Personalausweis', 'vor 12:00\u00a0Uhr', '0171 2345678', 'Zwiebel']) assert.ok(text.includes(part), `${part} in ${text}`)
  await page.locator('#line').fill('perso 29.2. vorm')
  await page.waitForSelector('.chip--bad')
})

test('papers are read out exactly once the question is answered, by one key', async () => {
  await page.keyboard.type(`perso ${word()}`)
  await options()
  const papers = () => page.locator('.aloud__paper').allTextContents()
  assert.equal((await papers()).length, 3)
  assert.equal(await page.locator('.aloud__condition').count(), 1)
  await press('Enter')
  await page.waitForSelector('.details')
  await press('j')
  assert.equal((await papers()).length, 3)
  assert.equal(await page.locator('.aloud__condition').count(), 0)
  assert.equal(await focused(), 'contact-surname')
})

test('after an arrow a digit chooses a time, and Escape gives it back with all that was typed', async () => {
  await page.keyboard.type(`perso ${word()} vorm`)
  await options()
  await press('ArrowDown')
  const wanted = await page.locator('.finder__one--short').nth(2).locator('.time').textContent()
  await press('3')
  await page.waitForSelector('.details')
  assert.ok((await page.locator('.details__time').textContent()).includes(wanted.trim()))
  await press('w')
  await page.keyboard.type('Meier')
  const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/release')), press('Escape')])
  assert.equal(answer.status(), 200)
  assert.equal(await focused(), 'line')
  assert.equal(await page.locator('#line').inputValue(), `perso ${word()} vorm`)
  await options()
  await press('Enter')
  await page.waitForSelector('.details')
  assert.equal(await page.locator('#contact-surname').inputValue(), 'Meier')
})

test('what stands in the line is typed already, and without a mobile the sheet is offered', async () => {
  await page.keyboard.type(`perso ${word()} vorm 030 123456 grünlich`)
  await options()
  await press('Enter')
  await page.waitForSelector('.details')
  assert.equal(await page.locator('#contact-surname').inputValue(), 'Grünlich')
  assert.equal(await page.locator('#contact-phone').inputValue(), '030 123456')
  await press('n', 'Enter')
  await page.waitForSelector('.issued__number--code')
  const sheet = page.locator('.issued a.button--primary')
  assert.match(await sheet.getAttribute('href'), /^\/a\/[^/]{26}\/sheet\?print=1$/)
  await press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')?.includes('/sheet')), true)
})

test('a hold that lapsed while somebody typed is taken again unseen', async () => {
  const kept = await hold()
  await page.keyboard.type('Lapsow')
  assert.equal((await house.api(`/holds/${kept.hold}/release`, { body: {} })).status, 200)
  await press('Enter')
  await page.waitForSelector('.issued__number--code')
  const [person, ...more] = await find('Lapsow')
  assert.equal(more.length, 0)
  assert.equal(Date.parse(person.at), Date.parse(kept.at))
})

test('a hold that lapsed and was taken by others: the nearest times are offered, and what was typed is kept', async () => {
  const kept = await hold()
  await page.keyboard.type('Verloren')
  await house.api(`/holds/${kept.hold}/release`, { body: {} })
  await takeAll(kept.at)
  await press('Enter')
  await page.waitForSelector('dialog .choices__one')
  assert.deepEqual(await axe(page), [])
  await press('1')
  await page.waitForSelector('dialog', { state: 'detached' })
  await page.waitForSelector('.details')
  assert.equal(await page.locator('#contact-surname').inputValue(), 'Verloren')
  await page.locator('#contact-surname').focus()
  await press('Enter')
  await page.waitForSelector('.issued__number--code')
  const [person] = await find('Verloren')
  assert.notEqual(Date.parse(person.at), Date.parse(kept.at))
  assert.ok(Math.abs(Date.parse(person.at) - Date.parse(kept.at)) < 86_400_000)
})

test('a time that was taken meanwhile is told at once, with the nearest', async () => {
  await page.keyboard.type(`perso ${word()} vorm`)
  await options()
  const { day: on, times } = (await free()).find((d) => d.day === day.day)
  await takeAll(times[0])
  await press('Enter')
  await page.waitForSelector('dialog .choices__one')
  await press('2')
  await page.waitForSelector('.details')
  assert.ok(on)
})

test('two presses and a lost answer are one booking', async () => {
  await hold()
  await page.keyboard.type('Doppelmann')
  const keys = []
  await page.route('**/book', async (route) => {
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length > 1) return route.continue()
    await route.fetch()
    return route.abort()
  })
  await Promise.all([press('Enter'), press('Enter')])
  await page.waitForSelector('.issued__number--code')
  await page.unroute('**/book')
  assert.equal(new Set(keys).size, 1)
  assert.equal((await find('Doppelmann')).length, 1)
})

test('bad names are said beside the field, and nothing is lost', async () => {
  await hold()
  await page.locator('#contact-email').fill('ida@example.org')
  for (const name of ['Meier \u{1F642}', 'Me\u202eier', 'a'.repeat(300), '=HYPERLINK(1)', '<script>']) {
    await page.locator('#contact-surname').fill(name)
    await page.locator('#contact-surname').press('Enter')
    await page.waitForSelector('#contact-surname[aria-invalid="true"]')
    assert.notEqual((await page.locator('#contact-surname-fault').textContent()).trim(), '', name)
    assert.equal(await page.locator('#contact-surname').inputValue(), name)
    assert.equal(await page.locator('#contact-email').inputValue(), 'ida@example.org')
    assert.equal(await focused(), 'contact-surname')
  }
  assert.deepEqual(await axe(page), [])
  await page.locator('#contact-surname').fill("O'Neill-Müller")
  await page.locator('#contact-phone').fill('123')
  await page.locator('#contact-phone').press('Enter')
  await page.waitForSelector('#contact-phone-fault')
  await page.locator('#contact-phone').fill('')
  await page.locator('#contact-phone').press('Enter')
  await page.waitForSelector('.issued__number--code')
  assert.equal((await find("O'Neill-Müller"))[0].email, 'ida@example.org')
})

test('somebody is found by name, number and code, told again, and moved by keyboard', async () => {
  const code = await book('Wiedemann', '0171 2223334')
  for (const text of ['wiedemann', '0171 2223334', code]) {
    await page.locator('#line').focus()
    await page.keyboard.type(text)
    await page.waitForSelector('[role="option"]')
    await press('Enter')
    await page.waitForSelector('.person')
    assert.match(await page.locator('.person__name').textContent(), /Wiedemann/, text)
    assert.equal(await page.locator('.person').count(), 1)
    await press('Escape')
    await page.waitForSelector('.person', { state: 'detached' })
    assert.equal(await focused(), 'line')
  }
  await page.keyboard.type('wiedemann')
  await page.waitForSelector('[role="option"]')
  await press('Enter')
  await page.waitForSelector('.person')
  assert.deepEqual(await axe(page), [])
  await press('m')
  await said('noch einmal')
  const before = (await find('Wiedemann'))[0].at
  await press('v')
  await page.waitForSelector('.chip')
  await page.keyboard.type(`${word()} ab 10`)
  await options()
  await press('Enter')
  await page.waitForSelector('.issued__when')
  const moved = (await find('Wiedemann'))[0]
  assert.notEqual(moved.at, before)
  assert.ok(hour(moved.at) >= 10)
  assert.equal(moved.code, code)
})

test('cancelling asks first, and another is booked with what is known', async () => {
  await book('Abgesandt', '0171 5556667')
  await page.keyboard.type('abgesandt')
  await page.waitForSelector('[role="option"]')
  await press('Enter')
  await page.waitForSelector('.person')
  await press('t')
  await page.waitForSelector('.chip')
  await hold()
  assert.equal(await page.locator('#contact-surname').inputValue(), 'Abgesandt')
  assert.equal(await page.locator('#contact-phone').inputValue(), '+491715556667')
  await press('Enter')
  await page.waitForSelector('.issued__number--code')
  assert.equal((await find('Abgesandt')).length, 2)
  await page.keyboard.type('abgesandt')
  await page.waitForSelector('[role="option"]')
  await press('Enter')
  await page.waitForSelector('.person')
  await press('x')
  await page.waitForSelector('dialog .button--bad')
  assert.equal((await find('Abgesandt')).length, 2, 'nothing before the answer')
  await press('Enter')
  await said('abgesagt')
  assert.equal((await find('Abgesandt')).length, 1)
})

test('nobody found is said, and the line keeps what was typed', async () => {
  await page.keyboard.type('niemandsen')
  await page.waitForSelector('[role="option"]')
  await press('Enter')
  await said('Niemand gefunden')
  assert.equal(await page.locator('#line').inputValue(), 'niemandsen')
})

test('a contact is shown only after it was asked for', async () => {
  const at = new Date(Date.now() + 3600_000).toISOString()
  const added = await house.api(`/offices/${office}/tickets`, { role: 'reception', body: { services: [{ id: SERVICE, quantity: 1 }], contact: { surname: 'Heimlich', phone: '0171 8889990' } } })
  assert.equal(added.status, 201, at)
  const looks = []
  page.on('request', (r) => { if (r.url().endsWith('/contact')) looks.push(r.url()) })
  await page.keyboard.type(added.body.number)
  await page.waitForSelector('[role="option"]')
  await press('Enter')
  await page.waitForSelector('dialog[open]')
  assert.ok(!(await page.content()).includes('Heimlich'))
  assert.equal(looks.length, 0)
  await page.locator('dialog .contact-of button').click()
  await page.waitForFunction(() => document.querySelector('dialog').textContent.includes('Heimlich'))
  assert.equal(looks.length, 1)
})

test('a walk-in leaves a number for the link, and a wrong one is told beside it', async () => {
  await page.keyboard.type('perso 0171 4443332')
  await page.waitForSelector('[role="option"]')
  await press('Enter')
  await page.waitForSelector('.draft')
  assert.equal(await page.locator('#draft-phone').inputValue(), '0171 4443332')
  await page.locator('#draft-phone').fill('12')
  await page.locator('#draft-phone').press('Enter')
  await page.waitForSelector('#draft-phone-fault')
  await page.locator('#draft-phone').fill('0171 4443332')
  await page.locator('#draft-phone').press('Enter')
  await page.waitForSelector('.issued__number .ticket-number')
  assert.match(await page.locator('.issued__told').textContent(), /0171 4443332/)
  assert.equal((await find('0171 4443332'))[0].state, 'walk_in')
})

test('the sheet is one page A4 that says day, time, code, papers and how to cancel', async () => {
  await book('Blattmann')
  const href = await page.locator('.issued a.button--primary').getAttribute('href')
  const sheet = await context.newPage()
  await sheet.goto(house.url + href.split('?')[0])
  const text = await sheet.locator('.sheet').innerText()
  for (const part of ['Biometrisches Lichtbild', 'Rufen Sie uns']) assert.ok(text.includes(part), part)
  assert.ok(!text.includes('Geburtsurkunde'), 'what the caller need not bring')
  assert.ok(!text.includes('Blattmann'), 'a sheet that is left behind names nobody')
  assert.match(text, /\d\d:\d\d/)
  assert.deepEqual(await axe(sheet), [])
  const pdf = (await sheet.pdf({ preferCSSPageSize: true })).toString('latin1')
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1)
  assert.match(pdf, /\/MediaBox\s*\[\s*0\s+0\s+59[45][^\]]*84[12]/)
  await sheet.close()
})

test('it is driven in English as well', async () => {
  await page.goto(`${house.url}/reception/${office}?lang=en`)
  await page.waitForSelector('#line')
  const english = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][new Date(day.day).getUTCDay()]
  await page.keyboard.type(`perso ${english} morning`)
  await options()
  await press('Enter')
  await page.waitForSelector('.details')
  assert.equal(await page.locator('.details__book').textContent(), 'Book the appointment ⏎')
  await press('y')
  assert.equal(await focused(), 'contact-surname')
  await press('Escape')
  await page.goto(`${house.url}/reception/${office}?lang=de`)
})

test('a caller’s steps meet WCAG 2.2 AA wide, narrow and at 400 % zoom', async () => {
  const look = async (what) => {
    for (const [width, height] of [[1280, 800], [480, 800], [320, 800], [320, 256]]) {
      await page.setViewportSize({ width, height })
      assert.deepEqual(await axe(page), [], `${what} at ${width} × ${height}`)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} scrolls sideways at ${width}`)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  await page.keyboard.type(`perso ${word()} vorm`)
  await options()
  await press('ArrowDown')
  await look('the line')
  await press('ArrowUp', 'Enter')
  await page.waitForSelector('.details')
  await look('the details')
  await press('n')
  await page.keyboard.type('Weitblick')
  await press('Enter')
  await page.waitForSelector('.issued__number--code')
  await look('the code')
  await page.locator('#line').focus()
  await page.keyboard.type('weitblick')
  await page.waitForSelector('[role="option"]')
  await press('Enter')
  await page.waitForSelector('.person')
  await look('the person')
})
