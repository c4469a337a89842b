// Pictures of every page, to be looked at: `make shots` writes them to
// build/shots. With a part of a name it makes only those: node
// display/browser/shots.mjs board
import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pages } from './pages.mjs'
import { elsewhere, openBrowser, signUp, start } from './program.mjs'
import { setScene } from './scene.mjs'

const SIZES = [[390, 844], [1280, 720], [1920, 1080], [3840, 2160]]
const UPRIGHT = [1080, 1920]
const NARROW = [640, 1080] // a third of a desk's screen
const LANGUAGES = ['de', 'en', 'ar']
const WITHIN = 10_000 // ms for a page to come and be ready
const WITHIN_MORNING = 180_000 // ms for an invented morning to bring its figures
const SHIFT = 3 // px a board wanders, against burn-in
const SPEED = 60 // times life, of that morning

const out = fileURLToPath(new URL('../../build/shots/', import.meta.url))
const only = process.argv[2] || ''
await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })

const wanted = pages.filter((p) => p.name.includes(only))
const house = await start()
const browser = await openBrowser()
let made = 0
let morning
try {
  const scene = await setScene(house)
  const anyone = await browser.newContext({ locale: 'de-DE' })
  const stranger = await browser.newContext({ locale: 'de-DE', ...elsewhere })
  for (const shot of wanted.filter((p) => p.first)) await pictures(anyone, shot, house, scene)
  const staff = await signUp(browser, house)
  for (const shot of wanted.filter((p) => !p.first && !p.morning)) await pictures(shot.staff ? staff : shot.stranger ? stranger : anyone, shot, house, scene)
  for (const shot of wanted.filter((p) => p.morning)) {
    morning ??= await start({ config: fileURLToPath(new URL('small_town.yaml', import.meta.url)), demo: SPEED })
    morning.staff ??= await signUp(browser, morning)
    await pictures(morning.staff, shot, morning, { office: 'rathaus' })
  }
} finally {
  await browser.close()
  await house.stop()
  await morning?.stop()
}
console.log(`${made} pictures in build/shots`)

async function pictures(context, shot, of, scene) {
  const page = await context.newPage()
  page.setDefaultTimeout(shot.morning ? WITHIN_MORNING : WITHIN)
  for (const [width, height] of SIZES.concat(shot.upright ? [UPRIGHT] : [], shot.narrow ? [NARROW] : [])) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const lang of shot.citizens ? LANGUAGES : shot.staff ? ['de'] : LANGUAGES.slice(0, 2)) {
        await picture(page, shot, of, scene, lang, `${shot.name}.${width}x${height}.${colorScheme}.${lang}.png`)
      }
    }
  }
  await page.close()
}

async function picture(page, shot, of, scene, lang, name) {
  if (shot.before) await shot.before(scene, page)
  const at = new URL(shot.at(scene), of.url)
  at.searchParams.set('lang', lang)
  await page.goto(at.href)
  await page.evaluate(() => document.fonts.ready)
  if (shot.prepare) await shot.prepare(page, scene)
  await page.waitForFunction(() => [...document.images].every((image) => image.complete))
  // What a screen shows at once is one picture; a page that is scrolled is a long one.
  // A phone is made as high as its page, for what sticks to its end does not go to the end of a picture.
  const { width, height } = page.viewportSize()
  if (shot.screen && width < 600) await page.setViewportSize({ width, height: await page.evaluate(() => document.documentElement.scrollHeight) })
  await page.screenshot({ path: out + name, fullPage: !shot.screen })
  await page.setViewportSize({ width, height })
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  const higher = shot.screen && width >= 600 ? await page.evaluate(() => document.documentElement.scrollHeight - innerHeight) : 0
  if (wider > SHIFT) console.log(`${name}: ${wider} px wider than the screen`)
  if (higher > SHIFT) console.log(`${name}: ${higher} px higher than the screen`)
  if (shot.after) await shot.after(scene)
  made++
}
