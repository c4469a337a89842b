// One person's whole way: booked online, confirmed, moved, reminded, checked in,
// called, and forgotten. The program's clock is moved by starting it again at
// another time; a mail server and an SMS gateway stand beside it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SMTPServer } from 'smtp-server'
import { openBrowser, plain, start } from './program.mjs'

const OFFICE = 'buergerbuero'
const PUBLIC = 'https://termin.example'
const PERSON = { surname: 'Zwiebelschmitt', first_name: 'Ottokar', phone: '0171 5550199', email: 'ottokar@zwiebelschmitt.example', street: 'Feldahornweg', number: '12', postcode: '22941', town: 'Bargteheide' }
// What must be found nowhere afterwards: the number with and without its blanks.
const TRACES = ['Zwiebelschmitt', 'zwiebelschmitt', 'Ottokar', 'Feldahornweg', '0171 5550199', '1715550199']
const WITHIN = 30_000 // ms for a message to come

const binary = process.env.AUFRUF || fileURLToPath(new URL('../../aufruf', import.meta.url))
let house, browser, mailServer, gateway
const mails = []
const texts = []

before(async () => {
  mailServer = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'], onData(stream, _, done) {
    let raw = ''
    stream.setEncoding('utf8')
    stream.on('data', (part) => { raw += part })
    stream.on('end', () => { mails.push(raw); done() })
  } })
  mailServer.listen(0, '127.0.0.1')
  await once(mailServer.server, 'listening')
  gateway = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    texts.push(JSON.parse(body))
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ id: 'sms-' + texts.length }))
  })
  gateway.listen(0, '127.0.0.1')
  await once(gateway, 'listening')
  house = await start({ args: ['--at', '2027-03-02T09:00'], change: withGateways })
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await house?.stop()
  mailServer?.close()
  gateway?.close()
})

function withGateways(text) {
  const block = `notify:
  email: { smtp: "127.0.0.1:${mailServer.server.address().port}", from: "Stadt <termine@stadt.example>", tls: none }
  sms: { preset: template, url: "http://127.0.0.1:${gateway.address().port}/send", body: '{"to":"{to}","text":"{text}","ref":"{reference}"}', id: id }
`
  // The block that is there goes: it ends where a line is not indented.
  const without = text.replace(/^notify:\n(?:(?: .*)?\n)*/m, '')
  return without.replace(/^server:\n/m, `server:\n  public_url: ${PUBLIC}\n`) + block
}

async function come(list, what, matches) {
  const end = Date.now() + WITHIN
  for (;;) {
    const found = list.find(matches)
    if (found) return found
    assert.ok(Date.now() < end, `${what} did not come; there are ${JSON.stringify(list)}\n${house.said().slice(-2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const here = (link) => house.url + link.slice(PUBLIC.length)
const linkIn = (text) => text.match(/https:\/\/termin\.example\/a\/[0-9a-z]{26}/)[0]

/** The text of a mail's parts, whatever they are written in. */
function read(raw) {
  const [head] = raw.split('\r\n\r\n', 1)
  const quoted = raw.replace(/=\r\n/g, '').replace(/((?:=[0-9A-F]{2})+)/g, (hex) => Buffer.from(hex.replaceAll('=', ''), 'hex').toString())
  const encoded = [...raw.matchAll(/base64\r\n(?:[^\r\n]+\r\n)*\r\n([A-Za-z0-9+/=\r\n]+?)\r\n--/g)].map((m) => Buffer.from(m[1], 'base64').toString()).join('\n')
  return { head, all: quoted + '\n' + encoded }
}

test('booked, told, moved, reminded, checked in, called before a later walk-in, and forgotten', { timeout: 240_000 }, async () => {
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)

  // From a word to the confirmation.
  await page.goto(`${house.url}/book/${OFFICE}`)
  await page.fill('#q', 'Perso')
  await page.getByRole('link', { name: 'Personalausweis beantragen (ab 16 Jahren)' }).first().click()
  await page.locator('input[name="a_first_application_or_name_change"][value="n"]').check()
  await page.waitForFunction(() => document.querySelectorAll('#papers li').length === 2)
  await page.click('#go a')
  await page.waitForSelector('a.day')
  await page.locator('a.day[href*="2027-03-05"]').click()
  await page.waitForSelector('#day-title')
  await page.locator('.slot', { hasText: '09:00' }).click()
  for (const [field, value] of Object.entries(PERSON)) await page.fill('#' + field, value)
  await page.check('[name="remind"]')
  await page.check('#consent')
  await page.click('.form .button--primary')
  await page.waitForSelector('.appointment__done')
  const code = plain(await page.locator('.appointment__code .ticket-number').textContent())

  const sms = await come(texts, 'the SMS', (t) => t.text.includes(code))
  assert.equal(sms.to, '+491715550199')
  assert.match(sms.text, /09:00/)
  assert.ok(!/Ausweis|Lichtbild/.test(sms.text), 'an SMS does not betray the matter')
  const mail = read(await come(mails, 'the mail', (m) => read(m).all.includes(code)))
  for (const part of ['BEGIN:VEVENT', 'METHOD:REQUEST', 'SEQUENCE:0', 'Biometrisches Lichtbild']) assert.ok(mail.all.includes(part), part)
  assert.match(mail.head, /Auto-Submitted: auto-generated/i)
  assert.ok(!mail.all.includes('Eheurkunde'), 'the papers are those that were answered')

  // The link of the SMS, and another time.
  await page.goto(here(linkIn(sms.text)))
  await page.click('a[href$="/move"]')
  await page.locator('a.day[href*="2027-03-05"]').click()
  await page.locator('.slot', { hasText: '10:00' }).click()
  await page.waitForSelector('.appointment__done')
  await come(texts, 'the SMS of the move', (t) => t.text.includes('10:00'))
  await come(mails, 'the mail of the move', (m) => read(m).all.includes('SEQUENCE:1'))
  const backup = join(house.data, 'backup')
  await promisify(execFile)(binary, ['backup', backup, '--config', house.config, '--data', house.data])

  // The evening before, and two hours before.
  const told = texts.length
  await house.restart(['--at', '2027-03-04T17:00'])
  const reminder = await come(texts, 'the reminder', (_, i) => i >= told)
  assert.match(reminder.text, /10:00/)
  await page.goto(here(linkIn(reminder.text)))
  await page.getByRole('button', { name: 'Ja, ich komme' }).click()
  await page.getByText('Sie haben zugesagt').waitFor()
  const reminded = texts.length
  await house.restart(['--at', '2027-03-05T08:01'])
  await come(texts, 'the second reminder', (t, i) => i >= reminded && t.text.includes('10:00'))

  // There, at the kiosk, by code; somebody without an appointment comes later.
  await house.restart(['--at', '2027-03-05T10:01', '--open-now', 'always'])
  const kiosk = await browser.newPage()
  kiosk.setDefaultTimeout(20_000)
  await kiosk.goto(`${house.url}/kiosk/${OFFICE}`)
  await kiosk.locator('.choices--languages [lang="de"]').click()
  await kiosk.locator('.choices--two .choice').last().click()
  await kiosk.fill('#code', code)
  await kiosk.keyboard.press('Enter')
  await kiosk.waitForSelector('.result__number')
  const number = plain(await kiosk.locator('.result__number').textContent())
  const later = await house.api(`/offices/${OFFICE}/tickets`, { role: 'supervisor', body: { services: [{ id: 'id_card_apply', quantity: 1 }] } })
  const desks = (await house.api(`/offices/${OFFICE}`)).body.desks.map((d) => d.id)
  const press = (verb) => house.api(`/offices/${OFFICE}/desks/${desks[0]}/${verb}`, { role: 'supervisor', body: {} })
  await press('open')
  const called = (await press('next')).body.ticket
  assert.equal(called.number, number, `the booked person is called, not ${later.body.number}`)
  await press('finish')

  // Two days later nobody here knows of them.
  const token = await house.token('supervisor')
  const found = async () => (await (await fetch(`${house.url}/api/v1/offices/${OFFICE}/people/find`, {
    method: 'POST', body: JSON.stringify({ text: 'Zwiebelschmitt' }),
    headers: { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
  })).json()).people.length
  assert.equal(await found(), 1, 'until then they are found')
  await house.restart(['--at', '2027-03-09T03:00'])
  const end = Date.now() + WITHIN
  while (await found()) {
    assert.ok(Date.now() < end, 'the contact is still kept')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const journal = (await promisify(execFile)(binary, ['journal', 'show', OFFICE, '--config', house.config, '--data', house.data], { maxBuffer: 1 << 26 })).stdout
  const after = join(house.data, 'backup-after')
  await promisify(execFile)(binary, ['backup', after, '--config', house.config, '--data', house.data])
  const places = { journal: Buffer.from(journal), log: Buffer.from(house.said()) }
  for (const folder of [house.data, backup, after]) {
    for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
      // Announcements are still being rendered: of numbers and places.
      if (name.isFile() && !name.parentPath.includes('speech')) places[join(name.parentPath, name.name)] = await readFile(join(name.parentPath, name.name))
    }
  }
  assert.ok(Object.keys(places).some((name) => name.endsWith('.db')) && Object.keys(places).length > 5)
  for (const [place, bytes] of Object.entries(places)) {
    for (const trace of TRACES) assert.equal(bytes.indexOf(trace), -1, `${trace} stands in ${place}`)
  }
})
