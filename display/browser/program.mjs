// The real program on a folder of its own, and a browser before it. Every test
// in a browser stands on this.
import { spawn, execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('../..', import.meta.url))
const binary = process.env.AUFRUF || join(root, 'aufruf')
const START_WITHIN = 30_000 // ms; a cold disk and a small machine
const run = promisify(execFile)

/**
 * start runs the program, open round the clock, on a folder that goes with it.
 * Its offices lie where it is morning, so that the day does not end, nor the
 * screens renew themselves for the night, in the middle of a test.
 *
 * With demo it shows an invented morning at so many times its speed instead.
 *
 * Change makes another configuration of the one it is given. With mute it begins
 * without any announcement, so that a call is the gong alone for a while.
 *
 * @param {{config?: string, args?: string[], demo?: number, mute?: boolean, change?: (text: string) => string}} [options]
 */
export async function start({ demo = 0, mute = false, config: from = process.env.AUFRUF_CONFIG || join(root, 'config.yaml'), args = ['--open-now', 'always'], change = (text) => text } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'aufruf-browser-'))
  const config = join(data, 'config.yaml')
  await writeFile(config, inTheMorning(change(await readFile(from, 'utf8'))))
  if (!mute) await share(spoken, join(data, 'speech'))
  let said = ''
  let child
  const launch = (listen) => {
    const command = demo ? ['demo', '--config', config, '--speed', String(demo), '--listen', listen] : ['serve', '--config', config, '--data', data, '--listen', listen, ...args]
    child = spawn(binary, command, { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stderr.on('data', (chunk) => { said += chunk })
    child.on('error', (error) => { said += error.message }) // not built: make build
    return addresses(child, () => said)
  }
  const { url, setup, metrics } = await launch('127.0.0.1:0')
  const tokens = new Map()

  /** A bearer token for a role; made once. */
  const token = async (role, { office, desk } = {}) => {
    const name = [role, office, desk].join('/')
    if (!tokens.has(name)) {
      const line = ['token', 'add', '--config', config, '--data', data, '--role', role]
      if (office) line.push('--office', office)
      if (desk) line.push('--desk', desk)
      tokens.set(name, (await run(binary, line)).stdout.trim())
    }
    return tokens.get(name)
  }
  /** One request to the API; {status, body}. */
  const api = async (path, { role, body, office, desk, key = crypto.randomUUID() } = {}) => {
    const headers = { Accept: 'application/json', 'Accept-Language': 'de' }
    if (role) headers.Authorization = 'Bearer ' + (await token(role, { office, desk }))
    const init = { headers }
    if (body !== undefined) {
      Object.assign(headers, { 'Content-Type': 'application/json', 'Idempotency-Key': key })
      Object.assign(init, { method: 'POST', body: JSON.stringify(body) })
    }
    const response = await fetch(url + '/api/v1' + path, init)
    return { status: response.status, body: await response.json().catch(() => null) }
  }
  const end = async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  /** Ends the program and starts it again, on the same folder and address, with other arguments if there are any. */
  const restart = async (others = args) => {
    args = others
    await end()
    await launch(new URL(url).host)
  }
  const stop = async () => {
    await end()
    await share(join(data, 'speech'), spoken)
    await rm(data, { recursive: true, force: true })
  }
  return { url, setup, metrics, data, config, token, api, restart, stop, said: () => said }
}

// Announcements are kept from one program to the next: each renders three hundred,
// and a town says the same in every test. What is not its own a program removes.
const spoken = join(tmpdir(), 'aufruf-browser-speech')

// share links the clips that one folder has into another; a link is there whole or
// not at all. Clips of another voice give way to newer ones.
async function share(from, to) {
  for (const lang of await readdir(from).catch(() => [])) {
    const [mine, theirs] = await Promise.all([from, to].map((dir) => readFile(join(dir, lang, 'voice'), 'utf8').catch(() => '')))
    if (theirs && theirs !== mine) await rm(join(to, lang), { recursive: true, force: true })
    await mkdir(join(to, lang), { recursive: true })
    const clips = (await readdir(join(from, lang))).filter((name) => name.endsWith('.wav') || name === 'voice')
    await Promise.all(clips.map((name) => link(join(from, lang, name), join(to, lang, name)).catch(() => {}))) // there already, or being removed
  }
}

// inTheMorning is a configuration whose offices lie in a zone where it is between
// ten and eleven in the morning now, and which has no summer time.
function inTheMorning(text) {
  const east = ((10 - new Date().getUTCHours() + 36) % 24) - 12 // -12 to 11 hours
  const zone = `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}` // the sign turned round, as POSIX has it
  const [before, offices, after] = text.replace(/^ +zone: .*\n/gm, '').split(/^(?=offices:|screens:)/m)
  return before + offices.replace(/^  - id: .*$/gm, `$&\n    zone: ${zone}`) + (after || '')
}

// addresses reads what the program prints first: where it listens, and the
// link that makes the first account.
async function addresses(child, said) {
  let url = ''
  let setup = ''
  let metrics = ''
  const lines = createInterface({ input: child.stdout })
  const late = setTimeout(() => child.kill('SIGKILL'), START_WITHIN)
  for await (const line of lines) {
    if (line.startsWith('listening ')) url = line.slice('listening '.length).trim().replace(/\/$/, '')
    if (/^ *metrics /.test(line)) metrics = line.trim().split(/ +/)[1]
    const link = line.match(/https?:\/\/\S*\/setup\/\S+/)
    if (link) setup = link[0]
    if (url && setup) break
  }
  clearTimeout(late)
  if (!url) throw new Error('the program does not listen:\n' + said())
  child.stdout.resume()
  return { url, setup, metrics }
}

// The build without a window needs a third of the other's time for a page.
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

/** A browser that asks nobody outside for anything. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || browsers.find((path) => existsSync(path)) || browsers[0],
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  })
}

/** A context's options for a device that is not on this machine: what is forwarded never is. */
export const elsewhere = { extraHTTPHeaders: { 'X-Forwarded-For': '203.0.113.9' } }

/** signUp makes the first account through the one-time link; the context is signed in. */
export async function signUp(browser, house, options = {}) {
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  await page.goto(house.setup)
  await page.fill('[name="name"]', 'ada')
  await page.fill('[name="password"]', 'ein langer Satz als Passwort')
  await page.press('[name="password"]', 'Enter')
  await page.waitForSelector('.office')
  await page.close()
  return context
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
let source // read once

const AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const COLOURS = ['color-contrast', 'link-in-text-block'] // the rules that look at them

/**
 * What axe finds in light and in dark, as sentences. The same page stands there
 * twice, so the second look is for what colours change.
 */
export async function axeInBoth(page) {
  const found = []
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await axe(page, colorScheme === 'dark' ? COLOURS : AA)).map((said) => `${colorScheme}: ${said}`))
  }
  return found
}

/** What cannot be read in forced colours, in which a browser lays Canvas behind each word that it colours itself. */
export async function unreadInForcedColours(page) {
  await page.emulateMedia({ forcedColors: 'active' })
  const lost = await page.evaluate(() => {
    const probe = document.createElement('i')
    probe.style.color = 'Canvas'
    document.body.append(probe)
    const canvas = getComputedStyle(probe).color
    probe.remove()
    const written = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()))
    return written.filter((e) => getComputedStyle(e).color === canvas && getComputedStyle(e).forcedColorAdjust !== 'none').map((e) => 'Canvas on Canvas: ' + e.textContent.trim())
  })
  const found = lost.concat(await axe(page, COLOURS))
  await page.emulateMedia({ forcedColors: 'none' })
  return found
}

/** What axe finds against WCAG 2.2 AA on the page as it stands, as sentences; or against some rules. */
export async function axe(page, runOnly = AA) {
  // A colour on its way from one to another is neither: let it arrive.
  await page.evaluate(async () => {
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))
    const ends = document.getAnimations().filter((a) => Number.isFinite(a.effect.getComputedTiming().endTime))
    await Promise.allSettled(ends.map((a) => a.finished))
  })
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    source ??= (await readFile(axePath, 'utf8')) + '\n;0'
    await page.evaluate(source)
  }
  // Of what passes or does not apply one element is noted instead of all.
  const result = await page.evaluate((rules) => globalThis.axe.run(document, { resultTypes: ['violations'], runOnly: rules }), runOnly)
  return result.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).join(', ')})`)
}

/** A ticket's number as it is written in the API, from how a page sets it. */
export const plain = (text) => (text || '').replace(/\s/g, '')

/**
 * Opens an address and waits until its socket has brought a frame. The frame is
 * listened for as soon as there is a socket: it may come before goto returns.
 * @param {Object} page
 * @param {string} url
 */
export async function openLive(page, url) {
  const frame = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no frame within 30 s: ' + url)), 30_000)
    page.once('websocket', (socket) => socket.once('framereceived', () => { clearTimeout(late); resolve() }))
  })
  await page.goto(url)
  await frame
}
