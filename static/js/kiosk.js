// The kiosk: one question per page, from the language to the number. What a
// person chose lives in one object that is thrown away with its session.
import { createClock } from './lib/clock.js'
import { html, render, useEffect, useRef, useState } from './lib/html.js'
import { follow } from './lib/live.js'
import { restPointer, reload, stayAwake, nightly } from './lib/screen.js'
import { createWords } from './lib/words.js'
import { CheckIn } from './kiosk/check_in.js'
import { Categories, Search, Services } from './kiosk/choose.js'
import { Bar } from './kiosk/bar.js'
import { Cart } from './kiosk/cart.js'
import { Closed, Language, Start } from './kiosk/start.js'
import { Result } from './kiosk/result.js'
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
const fresh = () => ({ page: 'language', lang: boot.lang, cart: [], category: null, result: null, typed: '' })
const SILENT = ['language', 'check_in'] // the first page begins nothing; the code's field has the focus and its label
const TYPING = ['language', 'start', 'check_in'] // pages on which a key is part of a code
let renewed = false
let idle = true

const pages = { language: Language, start: Start, categories: Categories, services: Services, search: Search, cart: Cart, check_in: CheckIn, result: Result }
const before = { start: 'language', categories: 'start', services: 'categories', search: 'categories', cart: 'categories', check_in: 'start' }

function App() {
  const [view, setView] = useState(boot.frame ? boot.frame.view : null)
  const [stale, setStale] = useState(false)
  const [visit, setVisit] = useState(fresh)
  const root = useRef(null)
  const t = texts.get(visit.lang) || texts.get(boot.lang)

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
    for (const key of ['contrast', 'type']) delete document.documentElement.dataset[key]
    setVisit(fresh())
  }
  const go = (page, more = {}) => setVisit((v) => ({ ...v, ...more, page }))
  const left = useIdle(visit.page === 'language' ? null : visit, reset)
  idle = visit.page === 'language'

  useEffect(() => {
    document.documentElement.lang = t.lang
    document.documentElement.dir = t.dir
  }, [t])
  // Each page is a new question: whoever listens hears it from its heading on.
  useEffect(() => {
    const heading = root.current && root.current.querySelector('h1')
    if (heading && !SILENT.includes(visit.page)) heading.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [visit.page, visit.category])

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

  const closed = view && !view.hours.open && visit.page !== 'check_in' && visit.page !== 'result'
  const Page = closed ? Closed : pages[visit.page]
  const context = { boot, t, view, visit, go, reset, now: clock.now, texts: [...texts.values()], name: (names) => (names && (names[t.lang] || names.de)) || '' }
  return html`<div class="kiosk kiosk--${closed ? 'closed' : visit.page}" ref=${root}>
    <header class="head"><p class="head__office">${context.name(boot.office.names)}</p><p class="head__clock time"><${Time} t=${t} /></p></header>
    ${stale && html`<p class="kiosk__stale" role="status">${t('kiosk.stale')}</p>`}
    ${view && view.notice && html`<p class="notice" dir="auto">${view.notice}</p>`}
    <main class="ask"><${Page} ...${context} key=${visit.page + (visit.category || '')} /></main>
    <${Bar} t=${t} onBack=${before[visit.page] ? () => go(before[visit.page]) : null} onReset=${visit.page === 'language' ? null : reset} />
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
