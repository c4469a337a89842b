// Every page there is, for the pictures: where it lies, and how it gets into
// the state that is worth a picture. What `at` and `prepare` are given is the
// scene of scene.mjs.

/**
 * @typedef {Object} Shot
 * @property {string} name
 * @property {(scene: Object) => string} at its path
 * @property {boolean} [citizens] all languages, not German alone
 * @property {boolean} [upright] also on an upright screen, 1080 × 1920
 * @property {boolean} [staff] signed in
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
  { name: 'board-call', at: (s) => s.board, citizens: true, upright: true, before: (s) => s.call(1) },
  { name: 'board-two-calls', at: (s) => s.board, upright: true, before: (s) => s.call(2) },
  { name: 'board-notice', at: (s) => s.board, upright: true, before: (s) => s.notice(), after: (s) => s.notice('') },
  { name: 'phone-waiting', at: (s) => s.waiting, citizens: true },
  { name: 'phone-why', at: (s) => s.waiting, citizens: true, prepare: (page) => page.locator('.who summary').click() },
  { name: 'phone-called', at: (s) => s.called, citizens: true },
  { name: 'phone-done', at: (s) => s.done, citizens: true },
  { name: 'public', at: (s) => '/public/' + s.office, citizens: true },
  { name: 'public-badge', at: (s) => `/public/${s.office}/badge`, citizens: true },
  { name: 'print', at: (s) => s.waiting + '/print', citizens: true },
  { name: 'appointment', at: (s) => s.appointment, citizens: true },
  { name: 'appointment-slip', at: (s) => s.appointment + '/print', citizens: true },
  { name: 'error', at: () => '/t/00000000000000000000000000', citizens: true },
  { name: 'pairing', at: (s) => s.board, citizens: true, upright: true, stranger: true, before: oneCode, prepare: (page) => page.getByText('KM4').waitFor() },
  { name: 'kiosk-language', at: (s) => s.kiosk, citizens: true, upright: true },
  { name: 'kiosk-start', at: (s) => s.kiosk, citizens: true, upright: true, prepare: language },
  { name: 'kiosk-categories', at: (s) => s.kiosk, citizens: true, upright: true, prepare: draw },
  { name: 'kiosk-choice', at: (s) => s.kiosk, citizens: true, upright: true, prepare: choose },
  { name: 'kiosk-number', at: (s) => s.kiosk, citizens: true, upright: true, prepare: async (page) => {
    await choose(page)
    // A kiosk gives a number a second; so many pictures ask for more.
    while ((await page.locator('.result__number').count()) === 0) {
      await page.locator('.way--number .button--primary:enabled').click()
      await page.locator('.result__number, [role="alert"]').first().waitFor()
    }
  } },
  { name: 'kiosk-code', at: (s) => s.kiosk, citizens: true, upright: true, prepare: async (page) => {
    await language(page)
    await page.locator('.choices--two .choice').last().click()
  } },
  { name: 'kiosk-number-end', at: (s) => s.kiosk, citizens: true, upright: true, prepare: byPhone },
  { name: 'kiosk-initial', at: (s) => s.kiosk, citizens: true, upright: true, prepare: async (page) => {
    await byPhone(page)
    await page.locator('#end').fill('0042')
    await page.locator('.code__go').click()
  } },
  ...steps.map(([name]) => ({ name: 'kiosk-book-' + name, at: (s) => s.kiosk, citizens: true, upright: true, prepare: bookUntil(name) })),
  { name: 'home', at: () => '/', citizens: true },
  { name: 'home-staff', at: () => '/', staff: true },
  { name: 'sign-in', at: () => '/sign-in', citizens: true },
  { name: 'setup', at: (s) => s.setup, staff: true },
  { name: 'desk-choose', at: (s) => '/desk/' + s.office, staff: true, prepare: (page) => page.waitForSelector('.choose') },
  { name: 'desk', at: (s) => s.desk, staff: true, prepare: openDesk },
  { name: 'desk-transfer', at: (s) => s.desk, staff: true, prepare: openTransfer },
  { name: 'reception', at: (s) => '/reception/' + s.office, staff: true, prepare: openReception },
  { name: 'supervisor', at: (s) => '/supervisor/' + s.office, staff: true, prepare: (page) => page.waitForSelector('.supervisor') },
]

async function openDesk(page) {
  await page.waitForSelector('.next__button, .choose__take')
  if (await page.locator('.choose__take').count()) await page.locator('.choose__take').first().click()
  await page.waitForSelector('.next__button')
  if (await page.locator('.running__number--none').count()) await page.keyboard.press('n')
  await page.waitForSelector('.matter__service')
}

async function openTransfer(page) {
  await openDesk(page)
  await page.keyboard.press('w')
  await page.waitForSelector('#transfer')
}

async function openReception(page) {
  await page.waitForSelector('#line')
  await page.keyboard.type('an')
  await page.waitForSelector('[role="option"]')
}

// A device may ask for a few codes; so many pictures ask for more.
async function oneCode(_, page) {
  await page.route('**/api/v1/pairings', (route) => route.fulfill({ json: { code: 'KM4T7Q', poll: 'none' } }))
  await page.route('**/api/v1/pairings/none', (route) => route.fulfill({ json: { state: 'waiting' } }))
}
