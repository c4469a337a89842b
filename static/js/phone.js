// The phone page: the server has drawn it once, each frame draws it again.
import { createClock } from './lib/clock.js'
import { el, mark, region } from './lib/draw.js'
import { follow } from './lib/live.js'
import { patched } from './lib/patch.js'
import { reasonText } from './lib/reason.js'
import { tellWait } from './lib/wait.js'
import { createWords, ticketText } from './lib/words.js'

const STALE_AFTER = 130_000 // ms; two missed hearts of a phone, and a bit
const LOST_AFTER = 12_000 // ms, once the connection is cut
const BUZZ = [300, 150, 300, 150, 600] // ms, off and on; once per call
const CAN_LEAVE = ['waiting', 'called', 'parked']
const OVER = ['done', 'left', 'unserved']
const ANSWER_WITHIN = 8_000 // ms; a durable answer takes milliseconds, so this one is lost
const AGAIN = 30_000 // ms between tries to load a page of a newer build

const boot = JSON.parse(document.getElementById('boot').textContent)
const $ = (id) => document.getElementById(id)
const t = createWords(boot.lang, boot.words, { timeZone: boot.zone })
const clock = createClock(boot.frame ? boot.frame.at : null)
const name = (names) => (names && (names[t.lang] || names.de)) || ''
const line = (text) => el('p.say__line', {}, text)
const more = (text) => el('p', {}, text)

// One sentence that is true now, and what follows from it.
const say = {
  waiting: (v) => [
    line(v.place === 1 ? t('phone.next') : t('phone.ahead', { Count: v.ahead_count.booked + v.ahead_count.walk_in })),
    v.appointment_at && more(t(v.arrival === 'late' ? 'phone.booked_late' : 'phone.booked_at', { Time: t.time(v.appointment_at) })),
    !v.hours.open && more(t('phone.office_closed')),
  ],
  called: (v) => [
    el('p.say__go', {}, t('phone.go_to')),
    el('p.say__place', {}, name(v.desk.names), v.desk.direction && [' ', mark('mark-arrow', 'arrow arrow--' + v.desk.direction)]),
    v.calls > 1 && more(t('phone.recalled', { Count: v.calls })),
  ],
  serving: (v) => [line(t('phone.serving', { Place: name(v.desk.names) }))],
  parked: () => [line(t('phone.parked')), more(t('phone.parked_more'))],
  no_show: () => [line(t('phone.no_show')), more(t('phone.no_show_more'))],
  sent: (v) => [line(t('phone.sent', { Office: name(v.sent_to) })), more(t('phone.sent_more'))],
  done: () => [line(t('phone.done')), more(t('phone.done_more'))],
  left: () => [line(t('phone.left')), more(t('phone.left_more'))],
  unserved: () => [line(t('phone.unserved')), more(t('phone.unserved_more'))],
}

// How long still: counted down here from the instants of the newest frame.
const drawWait = region($('wait'), (told) => told ? [
  el('p.wait__left.wait__left--' + told.kind, {}, t('wait.left_' + told.kind, { Low: told.low, Count: told.high })),
  told.at && el('p.wait__at', {}, t('wait.at', { Time: t.time(told.at) })),
  told.kind === 'unsure' && more(t('wait.unsure_more')),
  told.kind === 'nobody' && more(t('wait.nobody_more')),
].filter(Boolean) : [])

const said = ({ state, place, ahead_count, appointment_at, arrival, calls, call, desk, sent_to, hours }) =>
  ({ state, place, ahead_count, appointment_at, arrival, calls, call, desk, sent_to, hours: { open: hours.open } })
const drawSay = region($('say'), (v) => say[v.state](v).filter(Boolean))

const dot = (booked) => el('li.dot' + (booked ? '.dot--booked' : ''), {}, booked && mark('mark-booked', 'mark'))
const drawDots = region($('dots'), (ahead) => ahead.map((a) => dot(a.booked)).concat(el('li.dot.dot--me')))
const drawWho = region($('who'), (ahead) =>
  ahead.map((a) => el('li', {}, el('bdi.ticket-number', {}, ticketText(a.number.text)), ' ', el('span.who__mark', {}, a.booked && mark('mark-booked', 'mark', t('board.booked'))), ' ',
    el('span', {}, reasonText(t, a.reason, clock.now()), a.later && ' · ' + t('phone.later')))))

let call = boot.frame ? boot.frame.view.call : 0
let over = false
let renewed = false
let wait = null

const runDown = () => drawWait(tellWait(wait, clock.now()))

function draw(view) {
  $('page').dataset.state = view.state
  wait = view.wait
  runDown()
  drawSay(said(view))
  const ahead = view.state === 'waiting' ? view.ahead : []
  drawDots(ahead)
  drawWho(ahead)
  $('ahead').hidden = ahead.length === 0
  $('notice').textContent = view.notice
  $('notice').hidden = !view.notice
  $('leave').hidden = !CAN_LEAVE.includes(view.state)
  document.title = titleOf(view)
  over = OVER.includes(view.state)
  if (view.call !== call && view.state === 'called') buzz()
  call = view.call
}

function titleOf(view) {
  const number = ticketText(view.number.text)
  if (view.state === 'called') return '→ ' + name(view.desk.names) + ' – ' + number
  if (view.state === 'waiting' && view.place > 0) return number + ' – ' + (view.place === 1 ? t('phone.next_short') : t('phone.ahead_short', { Count: view.place - 1 }))
  return number + ' – ' + name(view.name)
}

// A browser lets a page vibrate only after it was touched.
function buzz() {
  if (navigator.vibrate) navigator.vibrate(BUZZ)
}

follow({
  topic: boot.topic,
  first: boot.frame,
  patched,
  staleAfter: STALE_AFTER,
  lostAfter: LOST_AFTER,
  onFrame(view, frame) {
    clock.set(frame.at)
    draw(view)
  },
  onStale(at) {
    if (over) return
    $('page').classList.add('page--stale')
    $('stale').textContent = t('common.stale', { Time: t.clock(at || clock.now()) })
  },
  onFresh() {
    $('page').classList.remove('page--stale')
    $('stale').textContent = ''
  },
  onBuild: () => { renewed = true },
  onEnd: () => location.reload(),
})

// Once a second, so that no minute comes late.
setInterval(runDown, 1000)

// A new build is loaded while nobody looks; what was read stays put.
document.addEventListener('visibilitychange', () => {
  if (renewed && document.visibilityState === 'hidden') setTimeout(() => { if (document.visibilityState === 'hidden') location.reload() }, AGAIN)
})

// The form works as it is; with script the page stays and the frame follows.
// Unless it is known to be done, the form is sent as it is: its key does it once.
$('leave').querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target
  const button = form.querySelector('button')
  button.setAttribute('aria-busy', 'true')
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN))
  const sent = fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' })
  const answer = await Promise.race([sent, late]).catch(() => null)
  button.removeAttribute('aria-busy')
  if (!answer || answer.type !== 'opaqueredirect') form.submit()
})
