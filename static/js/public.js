// An office's public page: the server has drawn it once, each frame draws what
// is so now again. What somebody asked for in particular is asked for again.
import { again } from './lib/again.js'
import { createClock } from './lib/clock.js'
import { el, mark, region } from './lib/draw.js'
import { follow } from './lib/live.js'
import { patched } from './lib/patch.js'
import { spanOf } from './lib/span.js'
import { freeText, tellNew, waitText } from './lib/wait.js'
import { createWords } from './lib/words.js'

const STALE_AFTER = 130_000 // ms; two missed hearts of a public topic, and a bit
const LOST_AFTER = 12_000 // ms, once the connection is cut
const ASK_AGAIN = 60_000 // ms; so often a look at later hours is made anew

const boot = JSON.parse(document.getElementById('boot').textContent)
const $ = (id) => document.getElementById(id)
const t = createWords(boot.lang, boot.words, { timeZone: boot.zone })
const clock = createClock(boot.frame ? boot.frame.at : null)
const name = (names) => (names && (names[t.lang] || names.de)) || ''
const total = (count) => count.booked + count.walk_in

function opening({ open, until, opens }) {
  if (open) return [el('span.state--good', {}, t('public.open')), until && ' ' + t('public.until', { Time: t.time(until) })]
  return [t('public.closed'), opens && ', ' + t('public.opens', { Day: t.date(opens), Time: t.time(opens) })]
}

const drawNow = region($('now'), ({ office, hours, waiting, desks, free, span: { told, differs } }) => [
  el('p.public__hours', {}, opening(hours)),
  hours.open && told ? el('p.public__wait', {}, waitText(t, told), differs && [' ', el('span.public__differs', {}, t('public.differs'))]) : '',
  el('p', {}, waiting ? t('kiosk.waiting', { Count: waiting }) : t('board.nobody_waits'), hours.open && desks > 0 && ' · ' + t('public.desks', { Count: desks })),
  free !== null && el('p.public__free', {}, freeText(t, free), ' ', el('a.public__book', { href: '/book/' + office }, t('public.book'))),
])

const wait = (category) => {
  const told = tellNew(category.wait)
  if (category.refusal) return el('span.quiet', {}, t('public.no_numbers'))
  return told ? el('strong.cats__wait', {}, waitText(t, told)) : '–'
}

const drawCats = region($('cats'), (categories) => categories.map((c) => el('tr', {},
  el('th', { scope: 'row' }, el('span.cats__letter', {}, c.letter), ' ', name(c.names)),
  el('td', {}, wait(c)),
  el('td.cell-number', {}, el('span.cats__count', {}, t.number(c.waiting.walk_in)),
    c.waiting.booked > 0 && [' ', el('span.cats__count', {}, mark('mark-booked', 'mark', t('board.booked')), t.number(c.waiting.booked))]))))

follow({
  topic: boot.topic, first: boot.frame, patched, staleAfter: STALE_AFTER, lostAfter: LOST_AFTER,
  onFrame(view, frame) {
    clock.set(frame.at)
    drawNow({ office: view.office, hours: view.hours, free: view.free_today, waiting: total(view.waiting), desks: view.desks_open, span: spanOf(view.categories) })
    drawCats(view.categories)
    document.querySelector('.cats').hidden = !view.hours.open // nobody takes a number then
    $('notice').textContent = view.notice
    $('notice').hidden = !view.notice
  },
  onStale(at) {
    document.querySelector('.page').classList.add('page--stale')
    $('stale').textContent = t('common.stale', { Time: t.clock(at || clock.now()) })
  },
  onFresh() {
    document.querySelector('.page').classList.remove('page--stale')
    $('stale').textContent = ''
  },
})

again('#chosen', ASK_AGAIN)
