// Reception: one line to type in, what it finds, and the room below.
import { html, render, useEffect, useRef, useState } from './lib/html.js'
import { AskRow, Confirm } from './staff/asks.js'
import { Bar, Voice, hoursText } from './staff/bar.js'
import { DraftForm, EMPTY, withService } from './staff/draft.js'
import { findServices, readLine, todayAt } from './staff/find.js'
import { Finder } from './staff/finder.js'
import { Help } from './staff/help.js'
import { ImportDay } from './staff/import_day.js'
import { Issued } from './staff/issued.js'
import { useKeys } from './staff/keys.js'
import { Lists, listsOf } from './staff/lists.js'
import { numberText, readPage } from './staff/page.js'
import { usePress } from './staff/press.js'
import { useRoom } from './staff/room.js'

const page = readPage()
const { t } = page
const limits = page.catalogue.limits || {}

function App() {
  const room = useRoom(page.boot)
  const press = usePress(page)
  const [query, setQuery] = useState('')
  const [draft, setDraft] = useState(EMPTY)
  const [issued, setIssued] = useState(null)
  const [tab, setTab] = useState('line')
  const [ask, setAsk] = useState(null)
  const line = useRef(null)
  const toLine = () => line.current?.focus()
  useEffect(toLine, [])
  const showTab = (i) => room.view && setTab(listsOf(page, room.view)[i].id)
  const clear = () => {
    setIssued(null)
    setDraft(EMPTY)
    toLine()
  }
  useKeys({
    '/': toLine, n: toLine, i: () => setAsk({ action: 'import' }), '?': () => setAsk({ action: 'help' }), escape: clear,
    1: () => showTab(0), 2: () => showTab(1), 3: () => showTab(2), 4: () => showTab(3), 5: () => showTab(4),
  })
  if (!room.view) return html`<p class="quiet">${t('common.wait')}</p>`
  const now = Date.now() + room.skew

  const enter = async () => {
    if (draft.items.length === 0 || press.pending) return
    const services = draft.items.map((i) => ({ id: i.service, quantity: i.quantity }))
    const items = page.items(draft.items)
    if (draft.time) {
      const at = todayAt(draft.time, now, page.boot.zone)
      const got = await press.send('appointment', page.api + '/appointments', { at, services }, { said: (a) => t('reception.said_appointment', { Time: draft.time, Code: a.code }) })
      if (got) done({ code: got.code, link: got.link, at, items })
    } else {
      const got = await press.send('ticket', page.api + '/tickets', { services, priority: draft.priority }, { said: (a) => t('reception.said_ticket', { Number: numberText(a.number) }) })
      if (got) done({ number: numberText(got.number), link: got.link, items })
    }
  }
  const done = (what) => {
    setIssued(what)
    setDraft(EMPTY)
    toLine()
  }
  const checkIn = async (code, items) => {
    setQuery('')
    const got = await press.send('check-in', page.api + '/appointments/' + encodeURIComponent(code) + '/check-in', {}, { said: (a) => t('desk.said_check_in', { Number: numberText(a.number) }) })
    if (got) done({ number: numberText(got.number), link: got.link, arrival: got.arrival, items })
  }
  const byCode = async (code) => {
    setQuery('')
    const response = await fetch(page.api + '/appointments/' + encodeURIComponent(code), { credentials: 'same-origin', headers: { Accept: 'application/json', 'Accept-Language': t.lang } }).catch(() => null)
    const found = response && (await response.json().catch(() => null))
    if (!response?.ok) return press.say(found?.detail || t(response ? 'desk.failed' : 'desk.unreachable'), 'bad')
    const row = { id: code, at: found.at, services: found.services.map((s) => ({ service: s.service || s.id, quantity: s.quantity })) }
    if (found.ticket) press.say(t('reception.already_here', { Number: numberText(found.ticket.number) }))
    else setAsk({ action: 'row', list: 'expected', row })
  }
  const found = findAll(room.view, query)
  const choose = (value) => {
    if (value.service) {
      setDraft(withService(draft, value.service, readLine(query), limits))
      setIssued(null)
      setQuery('')
    } else if (value.code) byCode(value.code)
    else {
      setQuery('')
      setAsk({ action: 'row', row: value.row, list: value.list })
    }
  }

  return html`<${Bar} page=${page} room=${room} title=${t('reception.title')} state=${hoursText(page, room.view.hours)}>
      <button type="button" class="button--plain" onClick=${() => setAsk({ action: 'import' })}>${t('reception.import')} <kbd aria-hidden="true">I</kbd></button>
      <button type="button" class="button--plain" onClick=${() => setAsk({ action: 'help' })}>${t('desk.help')} <kbd aria-hidden="true">?</kbd></button>
    </${Bar}>
    <${Voice} page=${page} room=${room} press=${press} />
    <main class="reception" id="main">
      <section class="entry" aria-label=${t('reception.entry')}>
        <${Finder} id="line" label=${t('reception.line')} placeholder=${t('reception.line_example')} hint=${t('reception.line_hint')} query=${query} onQuery=${setQuery}
          found=${found} onChoose=${choose} onEmpty=${enter} onEscape=${clear} none=${t('reception.nothing_found')} inputRef=${line} />
        ${draft.items.length > 0 && html`<${DraftForm} page=${page} draft=${draft} onChange=${setDraft} onEnter=${enter} busy=${press.pending !== ''} />`}
        ${issued && html`<${Issued} page=${page} issued=${issued} onDone=${clear} />`}
      </section>
      <${Lists} page=${page} room=${room} tab=${tab} onTab=${setTab} onOpen=${(row, list) => setAsk({ action: 'row', row, list })} />
    </main>
    ${ask?.action === 'help' && html`<${Help} page=${page} keys=${helpKeys()} onClose=${() => setAsk(null)} />`}
    ${ask?.action === 'import' && html`<${ImportDay} page=${page} press=${press} onClose=${() => setAsk(null)} />`}
    ${ask?.action === 'row' && html`<${AskRow} page=${page} row=${ask.row} now=${now} acts=${rowActs(ask.list)} onClose=${() => setAsk(null)} onAct=${(id) => {
      if (id === 'leave') return setAsk({ action: 'leave', row: ask.row })
      setAsk(null)
      return checkIn(ask.row.id, page.items(ask.row.services))
    }} />`}
    ${ask?.action === 'leave' && html`<${Confirm} page=${page} title=${t('reception.leave_title', { Number: ask.row.number.text })} text=${t('reception.leave_text')} yes=${t('reception.leave')} bad onClose=${() => setAsk(null)}
      onYes=${() => {
        setAsk(null)
        press.send('leave', page.api + '/tickets/' + encodeURIComponent(ask.row.id) + '/leave', {}, { said: t('reception.said_leave', { Number: ask.row.number.text }) })
      }} />`}`
}

/** All that the typed line may mean, the likeliest first. */
function findAll(view, query) {
  const line = readLine(query)
  const found = []
  if (line.number) {
    for (const list of listsOf(page, view)) {
      for (const row of list.rows) {
        if (row.number?.text === line.number) found.push({ id: row.id, group: t('reception.found_tickets'), text: row.number.text, hint: list.text + ' · ' + page.items(row.services), value: { row, list: list.id } })
      }
    }
    for (const d of view.desks) {
      if (d.ticket?.number.text === line.number) found.push({ id: d.ticket.id, group: t('reception.found_tickets'), text: line.number, hint: page.name(d.names), value: { row: { ...d.ticket, reason: null }, list: 'desk' } })
    }
  }
  if (line.time && !line.words) {
    for (const row of view.expected) {
      if (t.time(row.at) === line.time) found.push({ id: row.id, group: t('desk.list_expected'), text: t('desk.appointment_at', { Time: line.time }), hint: page.items(row.services), value: { row, list: 'expected' } })
    }
  }
  for (const s of findServices(page.catalogue.services, line.words)) {
    found.push({ id: s.id, group: line.time ? t('reception.draft_appointment') : t('reception.draft_walk_in'), text: page.item({ service: s.id, quantity: line.quantity }),
      hint: [line.time, line.priority > 0 && t('desk.priority_mark', { Minutes: line.priority })].filter(Boolean).join(' · ') || page.name(page.categories.get(s.category)?.names), value: { service: s.id } })
  }
  if (line.code && found.length === 0) found.push({ id: 'code', group: t('desk.list_expected'), text: t('reception.look_up', { Code: line.code }), value: { code: line.code } })
  return found
}

function rowActs(list) {
  const leave = { id: 'leave', text: t('reception.leave'), bad: true }
  return { line: [leave], parked: [leave], expected: [{ id: 'check-in', text: t('desk.check_in') }] }[list] || []
}

const helpKeys = () => [
  ['/', t('reception.key_line')], ['⏎', t('reception.key_enter')], ['↑ ↓', t('reception.key_arrows')], ['Esc', t('reception.key_escape')],
  ['I', t('reception.import')], ['1–5', t('desk.key_tabs')], ['?', t('desk.help')],
]

render(html`<${App} />`, document.getElementById('app'))
