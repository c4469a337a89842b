// The kiosk: one question per page, from the language to the number or the
// appointment. What a person chose and typed lives in one object that is thrown
// away with its session.
import { createClock, sameDay } from './lib/clock.js'
import { html, render, useEffect, useLayoutEffect, useRef, useState } from './lib/html.js'
import { follow } from './lib/live.js'
import { restPointer, reload, stayAwake, nightly } from './lib/screen.js'
import { createWords } from './lib/words.js'
import { Booked } from './kiosk/booked.js'
import { Papers, Question } from './kiosk/bring.js'
import { Initial, NumberEnd } from './kiosk/by_phone.js'
import { CheckIn } from './kiosk/check_in.js'
import { Categories, Search, Services } from './kiosk/choose.js'
import { Confirm, Notice } from './kiosk/confirm.js'
import { Bar } from './kiosk/bar.js'
import { Cart } from './kiosk/cart.js'
import { stepBefore } from './kiosk/plan.js'
import { giveBack } from './kiosk/send.js'
import { useSlots } from './kiosk/slots.js'
import { Closed, Language, Start } from './kiosk/start.js'
import { Days, Nearest, Times } from './kiosk/times.js'
import { Result } from './kiosk/result.js'
import { Phone, Surname } from './kiosk/who.js'
import { IdleWarning, useIdle } from './kiosk/idle.js'

const STALE_AFTER = 130_000 // ms; two missed hearts of a public topic, and a bit
const LOST_AFTER = 12_000 // ms, once the connection is cut
const AGAIN = 30_000 // ms between tries to load a new page

const boot = JSON.parse(document.getElementById('boot').textContent)
const options = { timeZone: boot.zone }
const languages = boot.languages || { [boot.lang]: boot.words }
// The page's own language first, then the others as the house lists them.
const order = [boot.lang].concat(Object.keys(languages).filter((lang) => lang !== boot.lang).sort((a, b) => (b === 'en') - (a === 'en')))
const texts = new Map(order.map((lang) => [lang, createWords(lang, languages[lang], options)]))
const clock = createClock(boot.frame ? boot.frame.at : null)
const fresh = () => ({ page: 'language', lang: boot.lang, cart: [], category: null, result: null, typed: '', outOfHours: false,
  day: null, first: null, hour: null, near: null, said: '', question: null, booking: null, booked: null, fault: null, end: '', initial: '' })
const SILENT = ['language', 'check_in', 'surname', 'phone', 'number_end', 'initial'] // the first page begins nothing; a field has the focus and its label
const TYPING = ['language', 'start', 'check_in'] // pages on which a key is part of a code
const LOOKING = ['cart', 'times', 'days', 'nearest'] // pages that show free times
const ENTRY = ['language', 'start', 'categories', 'services', 'search', 'cart'] // pages that a closed office takes away
let renewed = false
let idle = true

const pages = { language: Language, start: Start, categories: Categories, services: Services, search: Search, cart: Cart, check_in: CheckIn, result: Result,
  times: Times, days: Days, nearest: Nearest, question: Question, papers: Papers, surname: Surname, phone: Phone, confirm: Confirm, notice: Notice, booked: Booked,
  number_end: NumberEnd, initial: Initial }
const before = { start: 'language', categories: 'start', services: 'categories', search: 'categories', cart: 'categories', check_in: 'start',
  nearest: 'cart', notice: 'confirm', number_end: 'check_in', initial: 'number_end' }

// What lies before a page: where to, and what is undone by going there.
function backFrom(visit, services, hasToday) {
  if (visit.page === 'times') return visit.hour ? ['times', { hour: null }] : visit.day ? ['days', {}] : ['cart', {}]
  if (visit.page === 'days') return hasToday ? ['times', { day: null, first: null }] : ['cart', {}]
  if (visit.booking && !before[visit.page]) {
    const step = stepBefore(services, visit)
    if (!step) return ['times', { booking: { ...visit.booking, at: null, hold: null }, question: null }]
    const answers = { ...visit.booking.answers }
    if (step.question) delete answers[step.question]
    return [step.page, { question: step.question || null, fault: null, booking: { ...visit.booking, answers, read: visit.booking.read && step.page !== 'papers' && !step.question } }]
  }
  return before[visit.page] ? [before[visit.page], {}] : null
}

function App() {
  const [view, setView] = useState(boot.frame ? boot.frame.view : null)
  const [stale, setStale] = useState(false)
  const [visit, setVisit] = useState(fresh)
  const root = useRef(null)
  const session = useRef(0)
  const held = useRef({ hold: null, kept: null })
  const t = texts.get(visit.lang) || texts.get(boot.lang)
  const services = visit.cart.map(({ id }) => boot.catalogue.services.find((s) => s.id === id))
  const slots = useSlots(boot, t, visit.cart, LOOKING.includes(visit.page))

  useEffect(() => {
    const { close } = follow({
      topic: boot.topic, first: boot.frame, staleAfter: STALE_AFTER, lostAfter: LOST_AFTER,
      onFrame: (shown, frame) => { clock.set(frame.at); setView(shown) },
      onStale: () => setStale(true), onFresh: () => setStale(false),
      onBuild: () => { renewed = true }, onEnd: () => { renewed = true },
    })
    return close
  }, [])

  const reset = () => {
    session.current++
    for (const key of ['contrast', 'type']) delete document.documentElement.dataset[key]
    performance.clearResourceTimings() // addresses are in it, and in them the secrets of links
    setVisit(fresh())
  }
  const go = (page, more = {}) => setVisit((v) => ({ ...v, ...more, page }))
  // An answer may come when the person has gone: then nothing of it is shown,
  // and a time that was kept is given back.
  const still = () => {
    const mine = session.current
    return (hold) => {
      if (session.current !== mine && hold) giveBack(boot.token, hold)
      return session.current === mine
    }
  }
  const kept = (hold) => { held.current.kept = hold }
  const hold = visit.booking && visit.booking.hold
  useEffect(() => {
    const { hold: last, kept: booked } = held.current
    if (last && last !== hold && last !== booked) giveBack(boot.token, last)
    held.current.hold = hold
  }, [hold])
  useEffect(() => {
    const leave = () => { if (held.current.hold && held.current.hold !== held.current.kept) giveBack(boot.token, held.current.hold) }
    addEventListener('pagehide', leave)
    return () => removeEventListener('pagehide', leave)
  }, [])

  const nobody = visit.page === 'language' && !visit.outOfHours
  const left = useIdle(nobody ? null : visit, reset)
  idle = nobody

  useEffect(() => {
    document.documentElement.lang = t.lang
    document.documentElement.dir = t.dir
  }, [t])
  // Each page is a new question: whoever listens hears it from its heading on.
  // At once, not a frame later: a quick hand's next key belongs to it already.
  const place = [visit.page, visit.category, visit.question, visit.hour].join('|')
  useLayoutEffect(() => {
    const heading = root.current && root.current.querySelector('h1')
    if (heading && !SILENT.includes(visit.page)) heading.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [place])

  // A scanner is a keyboard, and a fast one: from the first pages on its keys
  // are the code, also those that come before the field has the focus.
  const page = useRef('')
  page.current = visit.page
  useEffect(() => {
    const typed = (event) => {
      const key = event.key
      if (key.length !== 1 || key === ' ' || event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === 'INPUT') return
      if (!TYPING.includes(page.current)) return
      event.preventDefault()
      setVisit((v) => ({ ...v, page: 'check_in', typed: (v.page === 'check_in' ? v.typed : '') + key }))
    }
    addEventListener('keydown', typed)
    return () => removeEventListener('keydown', typed)
  }, [])

  const closed = view && !view.hours.open && !visit.outOfHours && ENTRY.includes(visit.page)
  const Page = closed ? Closed : pages[visit.page]
  const today = (at) => sameDay(Date.parse(at), clock.now(), boot.zone)
  const context = { boot, t, view, visit, go, reset, still, kept, slots, services, now: clock.now, today, isToday: (day) => today(day.times[0]),
    dayText: (at) => (today(at) ? t('kiosk.today') : t.date(at)), texts: [...texts.values()], name: (names) => (names && (names[t.lang] || names.de)) || '' }
  const back = backFrom(visit, services, slots.days && slots.days.some(context.isToday))
  return html`<div class="kiosk kiosk--${closed ? 'closed' : visit.page}" ref=${root}>
    <header class="head"><p class="head__office">${context.name(boot.office.names)}</p><p class="head__clock time"><${Time} t=${t} /></p></header>
    ${stale && html`<p class="kiosk__stale" role="status">${t('kiosk.stale')}</p>`}
    ${view && view.notice && html`<p class="notice" dir="auto">${view.notice}</p>`}
    <main class="ask"><${Page} ...${context} key=${place} /></main>
    <${Bar} t=${t} onBack=${back ? () => go(...back) : null} onReset=${nobody ? null : reset} />
    <${IdleWarning} t=${t} left=${left} />
  </div>`
}

function Time({ t }) {
  const [now, setNow] = useState(clock.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return t('common.at_time', { Time: t.time(now) })
}

render(html`<${App} />`, document.getElementById('app'))
setInterval(() => { if (renewed && idle) reload() }, AGAIN)
nightly(clock.now, boot.zone, () => { if (idle) reload() })
stayAwake()
restPointer()
