// Every page there is, for the pictures: where it lies, and how it gets into
// the state that is worth a picture. What `at` and `prepare` are given is the
// scene of scene.mjs.

/**
 * @typedef {Object} Shot
 * @property {string} name
 * @property {(scene: Object) => string} at its path
 * @property {boolean} [citizens] all languages, not German and English alone
 * @property {boolean} [screen] exactly one screen: nothing lies below it, phones excepted
 * @property {boolean} [upright] also on an upright screen, 1080 × 1920
 * @property {boolean} [narrow] also beside another program, 640 × 1080
 * @property {boolean} [first] before anybody has an account
 * @property {boolean} [morning] of an invented morning, with figures
 * @property {boolean} [staff] signed in; in German
 * @property {boolean} [stranger] a device that nobody let in
 * @property {(scene: Object, page: Object) => Promise<void>} [before] before the page is opened
 * @property {(page: Object, scene: Object) => Promise<void>} [prepare] in the open page
 * @property {(scene: Object) => Promise<void>} [after] once the picture is taken
 */

// The kiosk's buttons are found by what they do, for its words differ.
const language = (page) => page.locator('.choices--languages [lang="' + new URL(page.url()).searchParams.get('lang') + '"]').click()
const draw = async (page) => {
  await language(page)
  await page.locator('.choice--main').click()
}
const choose = async (page) => {
  await draw(page)
  await page.locator('.choice:enabled').first().click()
  await page.locator('.choice').first().click()
  await page.locator('.kiosk-wait__told').first().waitFor()
}

// What a finger does on a kiosk's bar.
const bar = (n) => async (page) => {
  await draw(page)
  await page.locator('.bar button').nth(n).click()
}

// No frame comes any more, and the hands of the clock go on.
const cutOff = async (_, page) => {
  if (cut.has(page)) return
  cut.add(page)
  await page.clock.install()
  await page.routeWebSocket(/\/live/, () => {})
}
const cut = new WeakSet()
const later = (selector) => async (page) => {
  await page.clock.fastForward(LONG)
  await page.locator(selector).waitFor()
}
const LONG = 300_000 // ms without a frame

const idle = async (page) => {
  await language(page)
  await page.clock.runFor(21_000)
  await page.locator('.idle').waitFor()
}

// The way to an appointment, as far as a step: each goes on from the one before.
const steps = [
  ['times', (page) => page.locator('.way--time .way__go:enabled').click().then(() => page.locator('.choice--time, .choice--day').first().waitFor())],
  ['days', (page) => page.locator('.choice--day').count().then((there) => there || page.locator('.finder--more').click())],
  ['question', async (page) => {
    await page.locator('.choice--day').nth(1).click()
    while (!(await page.locator('.choices--answers').count())) await page.locator('.choice--time').last().click()
  }],
  ['papers', async (page) => {
    while (!(await page.locator('.bring').count())) await page.locator('.finder--more').click()
  }],
  ['surname', (page) => page.locator('.code__go').click()],
  ['accents', (page) => page.locator('.keyboard__wide').nth(1).click()],
  ['phone', (page) => page.locator('#surname').fill('Müller').then(() => page.locator('.code__go').click())],
  ['confirm', async (page) => {
    await page.locator('#phone').fill('0171 ' + Math.floor(1_000_000 + Math.random() * 8_999_999)) // one number may hold a few
    await page.locator('.code__go').click()
  }],
  ['notice', (page) => page.locator('.cart__go button').first().click()],
  ['booked', async (page) => {
    await page.locator('.code__go').click()
    await page.locator('.cart__go .button--primary').click()
    await page.locator('.booked__code').waitFor()
  }],
]
const bookUntil = (name) => async (page) => {
  await choose(page)
  for (const [step, go] of steps) {
    await go(page)
    if (step === name) break
  }
}
const byPhone = async (page) => {
  await language(page)
  await page.locator('.choices--two .choice').last().click()
  await page.locator('.finder--more').click()
}

/** @type {Shot[]} */
export const pages = [
  { name: 'setup-first', at: (s) => s.setup, staff: true, first: true },
  { name: 'board-rest', at: (s) => s.board, citizens: true, upright: true, screen: true },
  { name: 'board-call', at: (s) => s.board, citizens: true, upright: true, screen: true, before: (s) => s.call(1) },
  { name: 'board-notice', at: (s) => s.board, citizens: true, upright: true, screen: true, before: async (s) => { await s.notice(); await s.call(1) }, after: (s) => s.notice('') },
  { name: 'board-two-calls', at: (s) => s.board, upright: true, screen: true, before: (s) => s.call(2) },
  { name: 'board-two-notice', at: (s) => s.board, upright: true, screen: true, before: async (s) => { await s.notice(); await s.call(2) }, after: (s) => s.notice('') },
  { name: 'board-old', at: (s) => s.board, citizens: true, upright: true, screen: true, before: cutOff, prepare: later('.stale .board__stale') },
  { name: 'phone-waiting', at: (s) => s.waiting, citizens: true },
  { name: 'phone-why', at: (s) => s.waiting, citizens: true, prepare: (page) => page.locator('.who summary').click() },
  { name: 'phone-leave', at: (s) => s.waiting, citizens: true, prepare: (page) => page.locator('.leave summary').click() },
  { name: 'phone-notice', at: (s) => s.waiting, citizens: true, before: (s) => s.notice(), after: (s) => s.notice('') },
  { name: 'phone-booked', at: (s) => s.booked, citizens: true },
  { name: 'phone-called', at: (s) => s.called, citizens: true },
  { name: 'phone-parked', at: (s) => s.parked, citizens: true },
  { name: 'phone-missed', at: (s) => s.missed, citizens: true },
  { name: 'phone-left', at: (s) => s.left, citizens: true },
  { name: 'phone-done', at: (s) => s.done, citizens: true },
  { name: 'phone-old', at: (s) => s.waiting, citizens: true, before: cutOff, prepare: later('.page--stale') },
  { name: 'public', at: (s) => '/public/' + s.office, citizens: true },
  { name: 'public-chosen', at: (s) => `/public/${s.office}?service=${s.service}`, citizens: true, prepare: (page) => page.locator('.open-data summary').click() },
  { name: 'public-badge', at: (s) => `/public/${s.office}/badge`, citizens: true },
  { name: 'print', at: (s) => s.waiting + '/print', citizens: true },
  { name: 'appointment', at: (s) => s.appointment, citizens: true },
  { name: 'appointment-arrived', at: (s) => s.arrived, citizens: true },
  { name: 'appointment-early', at: (s) => s.early, citizens: true },
  { name: 'appointment-slip', at: (s) => s.appointment + '/print', citizens: true },
  { name: 'appointment-booked', at: (s) => s.booking + '?new=1', citizens: true },
  { name: 'appointment-move', at: (s) => s.booking + '/move', citizens: true },
  { name: 'appointment-gone', at: (s) => s.gone, citizens: true },
  { name: 'book', at: (s) => '/book/' + s.office },
  { name: 'book-found', at: (s) => `/book/${s.office}?q=an&s=${s.service}` },
  { name: 'book-papers', at: (s) => `/book/${s.office}/papers?s=id_card_apply*2,passport_apply` },
  { name: 'book-times', at: (s) => `/book/${s.office}/times?s=${s.service}` },
  { name: 'book-details', at: (s) => `/book/${s.office}/times?s=${s.service}`, prepare: toDetails },
  { name: 'book-faults', at: (s) => `/book/${s.office}/times?s=${s.service}`, prepare: async (page) => {
    await toDetails(page)
    await page.locator('.form .button--primary').click()
    await page.locator('#faults').waitFor()
  } },
  { name: 'book-wish', at: (s) => `/book/${s.office}/wish?s=${s.service}` },
  { name: 'appointment-sheet', at: (s) => s.appointment + '/sheet', citizens: true },
  { name: 'error', at: () => '/t/00000000000000000000000000', citizens: true },
  { name: 'pairing', at: (s) => s.board, citizens: true, upright: true, screen: true, stranger: true, before: oneCode, prepare: (page) => page.getByText('KM4').waitFor() },
  { name: 'kiosk-language', at: (s) => s.kiosk, citizens: true, upright: true, screen: true },
  { name: 'kiosk-start', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: language },
  { name: 'kiosk-full', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, before: (s) => s.intake(false), prepare: language, after: (s) => s.intake(true) },
  { name: 'kiosk-categories', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: draw },
  { name: 'kiosk-contrast', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: bar(1) },
  { name: 'kiosk-large', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: bar(2) },
  { name: 'kiosk-services', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: async (page) => {
    await draw(page)
    await page.locator('.choice:enabled').first().click()
  } },
  { name: 'kiosk-search', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: async (page) => {
    await draw(page)
    await page.locator('.finder').click()
    await page.locator('#search').fill('an')
    await page.locator('.choices--found .choice').first().waitFor()
  } },
  { name: 'kiosk-choice', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: choose },
  { name: 'kiosk-number', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: async (page) => {
    await choose(page)
    // A kiosk gives a number a second; so many pictures ask for more.
    while ((await page.locator('.result__number').count()) === 0) {
      await page.locator('.way--number .button--primary:enabled').click()
      await page.locator('.result__number, [role="alert"]').first().waitFor()
    }
  } },
  { name: 'kiosk-code', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: code },
  { name: 'kiosk-wrong-code', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: async (page) => {
    await code(page)
    await page.locator('#code').fill('QQQQQQ')
    await page.keyboard.press('Enter')
    await page.locator('[role="alert"]').waitFor()
  } },
  { name: 'kiosk-idle', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, before: cutOff, prepare: idle },
  { name: 'kiosk-number-end', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: byPhone },
  { name: 'kiosk-initial', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: async (page) => {
    await byPhone(page)
    await page.locator('#end').fill('0042')
    await page.locator('.code__go').click()
  } },
  ...steps.map(([name]) => ({ name: 'kiosk-book-' + name, at: (s) => s.kiosk, citizens: true, upright: true, screen: true, prepare: bookUntil(name) })),
  { name: 'home', at: () => '/' },
  { name: 'home-staff', at: () => '/', staff: true },
  { name: 'sign-in', at: () => '/sign-in' },
  { name: 'sign-in-refused', at: () => '/sign-in', prepare: async (page) => {
    await page.fill('[name="name"]', 'nobody')
    await page.fill('[name="password"]', 'something else')
    await page.keyboard.press('Enter')
    await page.locator('.refused').waitFor()
  } },
  { name: 'setup', at: (s) => s.setup, staff: true },
  { name: 'desk-choose', at: (s) => '/desk/' + s.office, staff: true, narrow: true, prepare: (page) => page.waitForSelector('.choose') },
  { name: 'desk', at: (s) => s.desk, staff: true, narrow: true, prepare: openDesk },
  { name: 'desk-expected', at: (s) => s.desk, staff: true, narrow: true, prepare: pressed('2', '#tab-expected[aria-selected="true"]') },
  { name: 'desk-row', at: (s) => s.desk, staff: true, narrow: true, prepare: async (page) => {
    await openDesk(page)
    await page.locator('.row__open').nth(2).click()
    await page.waitForSelector('dialog[open]')
  } },
  { name: 'desk-transfer', at: (s) => s.desk, staff: true, narrow: true, prepare: pressed('w', '#transfer') },
  { name: 'desk-park', at: (s) => s.desk, staff: true, narrow: true, prepare: pressed('p', 'dialog[open]') },
  { name: 'desk-pause', at: (s) => s.desk, staff: true, narrow: true, prepare: pressed('b', 'dialog[open]') },
  { name: 'desk-help', at: (s) => s.desk, staff: true, narrow: true, prepare: pressed('?', 'dialog[open]') },
  { name: 'desk-old', at: (s) => s.desk, staff: true, narrow: true, before: cutOff, prepare: async (page) => {
    await openDesk(page)
    await later('.desk--stale')(page)
  } },
  { name: 'desk-nobody', at: (s) => s.desk, staff: true, narrow: true, prepare: async (page) => {
    await page.waitForSelector('.next__button')
    if ((await page.locator('.running__number--none').count()) === 0) await page.keyboard.press('f')
    await page.waitForSelector('.running__number--none')
    await page.waitForSelector('.voice__line', { state: 'detached' }).catch(() => {})
  } },
  { name: 'reception', at: (s) => '/reception/' + s.office, staff: true, prepare: openReception },
  { name: 'day', at: (s) => `/reception/${s.office}/day`, staff: true },
  { name: 'desk-follow-up', at: (s) => s.desk, staff: true, prepare: openFollowUp },
  { name: 'reception-caller', at: (s) => '/reception/' + s.office, staff: true, prepare: openCaller },
  { name: 'reception-details', at: (s) => '/reception/' + s.office, staff: true, prepare: openDetails },
  { name: 'reception-empty', at: (s) => '/reception/' + s.office, staff: true, prepare: (page) => page.waitForSelector('#line') },
  { name: 'reception-draft', at: (s) => '/reception/' + s.office, staff: true, prepare: draft },
  { name: 'reception-issued', at: (s) => '/reception/' + s.office, staff: true, prepare: async (page) => {
    await draft(page)
    await page.keyboard.press('Enter')
    await page.waitForSelector('.issued__number')
  } },
  { name: 'reception-import', at: (s) => '/reception/' + s.office, staff: true, prepare: async (page) => {
    await page.waitForSelector('#line')
    await page.keyboard.press('Escape')
    await page.locator('.tab').first().focus()
    await page.keyboard.press('i')
    await page.waitForSelector('dialog[open]')
  } },
  { name: 'privacy', at: (s) => '/privacy/' + s.office, staff: true },
  { name: 'supervisor-booking', at: (s) => '/supervisor/' + s.office, staff: true, prepare: async (page) => {
    await page.waitForSelector('.plan__week')
    await page.locator('.supervisor__booking').scrollIntoViewIfNeeded()
    await page.locator('.plan__small').nth(3).click()
  } },
  { name: 'supervisor', at: (s) => '/supervisor/' + s.office, staff: true, prepare: async (page) => {
    await page.waitForSelector('.what-if__lead')
    await page.waitForSelector('.plan__week')
    await page.waitForSelector('.ahead__lead, .ahead__peaks')
  } },
  { name: 'outbox', at: () => '/dev/outbox', staff: true },
  { name: 'supervisor-table', at: (s) => '/supervisor/' + s.office, staff: true, prepare: async (page) => {
    await page.waitForSelector('.what-if__lead')
    await page.locator('.ahead__table summary').click()
  } },
  { name: 'supervisor-close', at: (s) => '/supervisor/' + s.office, staff: true, prepare: async (page) => {
    await page.waitForSelector('.what-if__lead')
    await page.locator('section[aria-labelledby="opening-title"] .button--bad').click()
    await page.waitForSelector('dialog[open]')
  } },
  { name: 'supervisor-morning', at: (s) => '/supervisor/' + s.office, staff: true, morning: true, prepare: figures },
  { name: 'public-morning', at: (s) => `/public/${s.office}`, citizens: true, morning: true, prepare: week },
  { name: 'board-closed', at: (s) => s.board, citizens: true, upright: true, screen: true, before: (s) => s.close(), prepare: (page) => page.waitForSelector('.rest__title') },
  { name: 'kiosk-closed', at: (s) => s.kiosk, citizens: true, upright: true, screen: true, before: (s) => s.close(), prepare: (page) => page.waitForSelector('.kiosk--closed') },
  { name: 'public-closed', at: (s) => '/public/' + s.office, citizens: true, before: (s) => s.close() },
  { name: 'home-closed', at: () => '/', before: (s) => s.close() },
  { name: 'supervisor-closed', at: (s) => '/supervisor/' + s.office, staff: true, before: (s) => s.close(), prepare: (page) => page.waitForSelector('.supervisor') },
]

async function openDesk(page) {
  await page.waitForSelector('.next__button, .choose__take')
  if (await page.locator('.choose__take').count()) await page.locator('.choose__take').first().click()
  await page.waitForSelector('.next__button')
  if (await page.locator('.running__number--none').count()) await page.keyboard.press('n')
  await page.waitForSelector('.matter__service')
}

function pressed(key, selector) {
  return async (page) => {
    await openDesk(page)
    await page.keyboard.press(key)
    await page.waitForSelector(selector)
  }
}

async function code(page) {
  await language(page)
  await page.locator('.choices--two .choice').last().click()
}

async function openFollowUp(page) {
  await openDesk(page)
  await page.keyboard.press('a')
  await page.waitForSelector('.follow-up .choices__one')
}

async function openCaller(page) {
  await page.waitForSelector('#line')
  await page.keyboard.type('2 perso + pass nächste woche vorm')
  await page.waitForSelector('.finder__one--short')
  await page.keyboard.press('ArrowDown')
}

async function openDetails(page) {
  await openCaller(page)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.details')
}

async function openReception(page) {
  await page.waitForSelector('#line')
  await page.keyboard.type('an')
  await page.waitForSelector('[role="option"]')
}

async function draft(page) {
  await page.waitForSelector('#line')
  await page.keyboard.type('2 personalausweis +10')
  await page.waitForSelector('[role="option"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.draft')
}

// A house of a single morning has one weekday to show; one of some weeks has five.
async function week(page) {
  await page.evaluate(() => {
    const days = document.querySelector('.typical__days')
    while (days && days.children.length < 5) days.append(days.firstElementChild.cloneNode(true))
    for (const row of document.querySelectorAll('.typical__table tr')) while (row.cells.length < 6) row.append(row.lastElementChild.cloneNode(true))
  })
}

// What was promised and how long it took, once enough has happened to say so.
async function figures(page) {
  await page.evaluate(async () => {
    const { today } = await (await fetch('/api/v1/offices/rathaus/lengths')).json()
    await fetch('/api/v1/offices/rathaus/services/card/planned', { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify({ minutes: 12, from: today }) })
  })
  for (;;) {
    const ready = await page.locator('.ledger__table').count() && await page.locator('.length').count()
    if (ready) return
    await page.waitForTimeout(5_000)
    await page.reload()
    await page.waitForSelector('.what-if__lead')
  }
}

// A time is held after a proof of work, and one that lapses is free again.
async function toDetails(page) {
  await page.waitForFunction(() => document.querySelector('form[data-proof]').elements.proof.value)
  await page.locator('.slot').last().click()
  await page.waitForSelector('#surname')
}

// A device may ask for a few codes; so many pictures ask for more.
async function oneCode(_, page) {
  await page.route('**/api/v1/pairings', (route) => route.fulfill({ json: { code: 'KM4T7Q', poll: 'none' } }))
  await page.route('**/api/v1/pairings/none', (route) => route.fulfill({ json: { state: 'waiting' } }))
}
