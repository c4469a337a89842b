// The lobby board: draws each frame, rings once per call, says when it is old.
import { createAnnouncer } from './lib/announcer.js'
import { createClock, minutes, sameDay } from './lib/clock.js'
import { el, mark, region } from './lib/draw.js'
import { follow } from './lib/live.js'
import { createRings } from './lib/rings.js'
import { nightly, reload, restPointer, shiftSlowly, stayAwake } from './lib/screen.js'
import { freeText, tellNew, tellWait, waitText } from './lib/wait.js'
import { createWords, ticketText } from './lib/words.js'

const HOLD = 8_000 // ms a call stands in the call colour
const RESTS = 180_000 // ms a call that has been dealt with stays large
const LIST = 6 // calls beside the large one
const AGAIN = 30_000 // ms between tries to load a new page
const SAY_SILENT = 60_000 // ms the note stands that there is no voice

const boot = JSON.parse(document.getElementById('boot').textContent)
const $ = (id) => document.getElementById(id)
const options = { timeZone: boot.zone }
const spoken = (boot.frame && boot.frame.view.languages) || [boot.lang]
const langs = [boot.lang].concat(spoken.filter((lang) => lang !== boot.lang))
const texts = langs.map((lang) => (lang === boot.lang ? createWords(lang, boot.words, options) : boot.languages && boot.languages[lang] && createWords(lang, boot.languages[lang], options))).filter(Boolean)
const t = texts[0]

const clock = createClock(boot.frame ? boot.frame.at : null)
const rings = createRings(boot.screen || boot.topic, storage())
let view = boot.frame ? boot.frame.view : null
let renewed = false // another build is there
let ended = false
let playing = false
const byDay = document.documentElement.dataset.theme // how the screen was hung up; none: as its system wants

const name = (names, lang = t.lang) => (names && (names[lang] || names.de)) || ''
const age = (call) => clock.now() - Date.parse(call.at)
const number = (n, name = '') => el('bdi.ticket-number' + name, {}, ticketText(n.text))
const booked = () => mark('mark-booked', 'mark', t('board.booked'))

// A text in the board's language, and smaller in its others where they differ.
function both(write) {
  const all = texts.map((words) => [words, write(words)])
  const others = all.slice(1).filter(([, text]) => text !== all[0][1])
  return [el('span', {}, all[0][1]), others.map(([words, text]) => [' ', el('span.also', {}, el('span', { lang: words.lang, dir: words.dir }, text))])]
}

// The large part: calls of the last seconds, else the last one, else words.
function stageOf() {
  if (!view) return { kind: 'idle' }
  const now = view.calls.filter((call) => age(call) < HOLD).slice(0, 2)
  if (now.length > 0) return { kind: 'call', lit: true, calls: now }
  const last = view.calls[0]
  if (last && (last.here || (view.hours.open && age(last) < RESTS))) return { kind: 'call', lit: false, calls: [last] }
  if (view.hours.open) return { kind: 'idle', waiting: view.waiting.booked + view.waiting.walk_in }
  return { kind: 'closed', opens: view.hours.opens, today: view.hours.opens && sameDay(Date.parse(view.hours.opens), clock.now(), boot.zone) }
}

const drawStage = region($('stage'), ({ kind, lit, calls, waiting, opens, today }) => {
  if (kind === 'call') return calls.map((call) => drawCall(call, lit, calls.length > 1))
  if (kind === 'idle') return [el('section.rest', {}, el('p.rest__title', {}, both((w) => w('board.idle_title'))), el('p.rest__text', {}, both((w) => w('board.idle_text'))))]
  const when = (w) => (today ? w('board.opens_at', { Time: w.time(opens) }) : w('board.opens_day', { Day: w.date(opens), Time: w.time(opens) }))
  return [el('section.rest', {}, el('p.rest__title', {}, both((w) => w('board.closed'))), opens && el('p.rest__text.rest__text--opens', {}, both(when)))]
})

function drawCall(call, lit, shared) {
  const state = (lit ? '.call--lit' : '') + (shared ? '.call--shared' : '') + (call.number.text.length > 4 ? '.call--long' : '')
  const others = langs.slice(1).map((lang) => [lang, name(call.place.names, lang)]).filter(([, text]) => text !== name(call.place.names))
  return el('section.call' + state, {},
    el('p.call__label', {}, both((w) => w(call.recall ? 'board.recalled' : 'board.called')), call.booked && booked()),
    el('p.call__number', {}, number(call.number)),
    el('p.call__place', {}, el('span', {}, name(call.place.names)), call.place.direction && mark('mark-arrow', 'arrow arrow--' + call.place.direction),
      others.length > 0 && el('span.call__also', {}, others.map(([lang, text]) => el('span.also', {}, el('span', { lang, dir: 'auto' }, text))))))
}

const drawLast = region($('last'), ({ rows }) => [
  el('h2', {}, both((w) => w('board.last_calls'))),
  el('ol.last__rows', {}, rows.map((row) =>
    el('li.row' + (row.lit ? '.row--lit' : ''), {}, number(row.number, '.row__number'), el('span.row__mark', {}, row.booked && booked()),
      el('span.row__place', {}, row.place), el('span.row__ago', {}, row.ago)))),
])

function lastOf(stage) {
  const large = stage.kind === 'call' ? stage.calls.map((call) => call.id) : []
  const rows = view ? view.calls.filter((call) => !large.includes(call.id)).slice(0, LIST) : []
  return { rows: rows.map((call) => ({ number: call.number, booked: call.booked, place: name(call.place.names), lit: age(call) < HOLD,
    ago: minutes(age(call)) < 1 ? t('board.ago_now') : t('board.ago', { Count: minutes(age(call)) }) })) }
}

const drawStrip = region($('strip'), ({ next, categories, score, free }) => [
  el('div.next', {}, el('h2', {}, both((w) => w('board.next'))),
    next.length > 0
      ? el('ul.next__numbers', {}, next.map((n) => el('li', {}, number(n.number), n.booked && booked(), n.at && [' ', el('span.next__at.time', {}, n.at)])))
      : el('p.next__nobody', {}, both((w) => w('board.nobody_waits')))),
  el('div.cats__head', {}, categories.some((c) => c.wait) && el('h2.cats__title', {}, both((w) => w('board.wait_title'))),
    free !== null && el('p.free', {}, both((w) => freeText(w, free)))),
  el('ul.cats', {}, categories.map((c) =>
    el('li.cat' + (c.waiting.booked + c.waiting.walk_in ? '' : '.cat--empty'), {}, el('span.cat__letter', {}, c.letter), el('span.cat__wait', {}, newcomer(c.wait)), el('span.cat__name', {}, name(c.names)),
      el('span.cat__count', {}, t.number(c.waiting.walk_in)), el('span.cat__count', {}, c.waiting.booked > 0 && [booked(), t.number(c.waiting.booked)])))),
  score ? el('small.quiet.score', {}, both((w) => w('board.score', { Inside: score }))) : '',
])

// How long somebody would wait who came now; short, where words are needed.
function newcomer(wait) {
  const told = tellNew(wait)
  return told && waitText(t, told, told.kind === 'unsure' || told.kind === 'nobody' ? 'board_' : '')
}

// The upcoming numbers with the time of day, or the word that it is soon.
const upcoming = (next) => next.map(({ number: n, booked: isBooked, wait }) => {
  const told = tellWait(wait, clock.now())
  return { number: n, booked: isBooked, at: told && (told.at ? t.time(told.at) : told.kind === 'soon' ? t('wait.soon') : null) }
})

function draw() {
  const stage = stageOf()
  const last = lastOf(stage)
  drawStage(stage)
  drawLast(last)
  night(stage.kind === 'closed')
  $('board').classList.toggle('board--empty', stage.kind !== 'call' && last.rows.length === 0)
  $('date').textContent = t.date(clock.now())
  $('clock').textContent = t.time(clock.now())
  if (!view) return
  drawStrip({ next: upcoming(view.next), categories: view.categories, score: view.score, free: view.free_today })
  $('notice').textContent = view.notice
  $('notice').hidden = !view.notice
  $('board').classList.toggle('board--notice', Boolean(view.notice))
  $('strip').hidden = $('code').hidden = stage.kind === 'closed' && view.waiting.booked + view.waiting.walk_in === 0
}

// A closed house's board is dark, whatever it is by day.
function night(closed) {
  const theme = closed ? 'dark' : byDay
  if (theme) document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
}

const announcer = createAnnouncer({
  onState: (state) => {
    $('sound').hidden = !state.blocked
    playing = Boolean(state.playing)
  },
})
$('sound').hidden = !announcer.blocked()
const unlock = () => announcer.unlock()
addEventListener('pointerdown', unlock)
addEventListener('keydown', unlock)

function ring(call) {
  const clips = spoken.map((lang) => (call.clips && call.clips[lang]) || []).map((list, i) => list.map((clip) => '/speech/' + (clip.includes('/') ? clip : spoken[i] + '/' + clip) + '.wav'))
  announcer.announce({ id: String(call.id), clips: clips.filter((list) => list.length > 0) })
  if (!(clips[0] && clips[0].length > 0)) saySilent()
  const text = document.createElement('p')
  text.textContent = t('board.call_text', { Number: ticketText(call.number.text), Place: name(call.place.names) })
  $('voice').append(text)
  setTimeout(() => text.remove(), SAY_SILENT)
}

let silenceSaid = false
function saySilent() {
  if (silenceSaid) return
  silenceSaid = true
  $('silent').textContent = t('board.gong_only')
  $('silent').hidden = false
  setTimeout(() => { $('silent').hidden = true }, SAY_SILENT)
}

follow({
  topic: boot.topic,
  first: boot.frame,
  onFrame(shown, frame) {
    view = shown
    clock.set(frame.at)
    draw()
    rings(view.calls, clock.now()).forEach(ring)
  },
  onStale(at) {
    document.documentElement.classList.add('stale')
    $('stale').textContent = t('common.stale', { Time: t.clock(at || clock.now()) })
    $('stale').hidden = false
  },
  onFresh() {
    document.documentElement.classList.remove('stale')
    $('stale').hidden = true
  },
  onBuild: () => { renewed = true },
  onEnd: () => { ended = true },
})

// Once a second: the clock, the minutes since, the end of a call's colour.
setInterval(draw, 1000)
setInterval(() => {
  const quiet = !playing && !(view && view.calls.some((call) => age(call) < AGAIN))
  if (ended || (renewed && quiet)) reload()
}, AGAIN)
nightly(clock.now, boot.zone, reload)
stayAwake()
restPointer()
shiftSlowly($('board'))
draw()

function storage() {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
