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
      await page.locator('.cart__go .button--primary:enabled').click()
      await page.locator('.result__number, [role="alert"]').first().waitFor()
    }
  } },
  { name: 'kiosk-code', at: (s) => s.kiosk, citizens: true, upright: true, prepare: async (page) => {
    await language(page)
    await page.locator('.choices--two .choice').last().click()
  } },
  { name: 'home', at: () => '/', citizens: true },
  { name: 'home-staff', at: () => '/', staff: true },
  { name: 'sign-in', at: () => '/sign-in', citizens: true },
  { name: 'setup', at: (s) => s.setup, staff: true },
  { name: 'desk-choose', at: (s) => '/desk/' + s.office, staff: true, prepare: (page) => page.waitForSelector('.choose') },
  { name: 'desk', at: (s) => s.desk, staff: true, prepare: openDesk },
  { name: 'desk-transfer', at: (s) => s.desk, staff: true, prepare: openTransfer },
  { name: 'reception', at: (s) => '/reception/' + s.office, staff: true, prepare: openReception },
  { name: 'day', at: (s) => `/reception/${s.office}/day`, staff: true },
  { name: 'supervisor', at: (s) => '/supervisor/' + s.office, staff: true, prepare: (page) => page.waitForSelector('.plan__week') },
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
