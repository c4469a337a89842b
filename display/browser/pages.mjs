// Every page that is pictured and looked at. A page's open() brings it into the
// state worth seeing; it gets a browser page that may open it and the house.
//
// name: of the picture; path: from the house; who: "staff" is signed in with
// every role, "nobody" is not; langs: the languages it is pictured in.

/**
 * @typedef {{name: string, who: 'staff'|'nobody', langs: string[], path: (house: Object) => string, open?: (page: Object, house: Object) => Promise<void>}} Pictured
 */

const STAFF = ['de', 'en']

/** @type {Pictured[]} house.office and house.desk are the first ones of the town */
export const pages = [
  { name: 'home', who: 'nobody', langs: STAFF, path: () => '/' },
  { name: 'home-staff', who: 'staff', langs: STAFF, path: () => '/' },
  { name: 'sign-in', who: 'nobody', langs: STAFF, path: () => '/sign-in' },
  { name: 'setup', who: 'staff', langs: STAFF, path: (house) => new URL(house.setup).pathname },
  { name: 'desk-choose', who: 'staff', langs: STAFF, path: (house) => `/desk/${house.office}`, open: (page) => page.waitForSelector('.choose') },
  { name: 'desk', who: 'staff', langs: STAFF, path: (house) => `/desk/${house.office}/${house.desk}`, open: openDesk },
  { name: 'desk-transfer', who: 'staff', langs: STAFF, path: (house) => `/desk/${house.office}/${house.desk}`, open: openTransfer },
  { name: 'reception', who: 'staff', langs: STAFF, path: (house) => `/reception/${house.office}`, open: openReception },
  { name: 'supervisor', who: 'staff', langs: STAFF, path: (house) => `/supervisor/${house.office}`, open: (page) => page.waitForSelector('.supervisor') },
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
