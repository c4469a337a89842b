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
const LANGUAGES = ['de', 'en', 'ar']
const WITHIN = 10_000 // ms for a page to come and be ready

const out = fileURLToPath(new URL('../../build/shots/', import.meta.url))
const only = process.argv[2] || ''
await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })

const house = await start()
const browser = await openBrowser()
let made = 0
try {
  const scene = await setScene(house)
  const staff = await signUp(browser, house)
  const anyone = await browser.newContext({ locale: 'de-DE' })
  const stranger = await browser.newContext({ locale: 'de-DE', ...elsewhere })
  for (const shot of pages.filter((p) => p.name.includes(only))) {
    const page = await (shot.staff ? staff : shot.stranger ? stranger : anyone).newPage()
    page.setDefaultTimeout(WITHIN)
    for (const [width, height] of shot.upright ? SIZES.concat([UPRIGHT]) : SIZES) {
      await page.setViewportSize({ width, height })
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        for (const lang of shot.citizens ? LANGUAGES : ['de']) {
          await picture(page, shot, scene, lang, `${shot.name}.${width}x${height}.${colorScheme}.${lang}.png`)
        }
      }
    }
    await page.close()
  }
} finally {
  await browser.close()
  await house.stop()
}
console.log(`${made} pictures in build/shots`)

async function picture(page, shot, scene, lang, name) {
  if (shot.before) await shot.before(scene, page)
  await page.goto(`${house.url}${shot.at(scene)}?lang=${lang}`)
  await page.evaluate(() => document.fonts.ready)
  if (shot.prepare) await shot.prepare(page, scene)
  await page.waitForFunction(() => [...document.images].every((image) => image.complete))
  await page.screenshot({ path: out + name, fullPage: page.viewportSize().width < 600 })
  if (shot.after) await shot.after(scene)
  made++
}
