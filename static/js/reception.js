// Reception: one line to type in, what it leads to, and the room beside it.
import { html, render, useEffect, useMemo, useRef, useState } from './lib/html.js'
import { AskRow, Confirm } from './staff/asks.js'
import { Bar, Voice, hoursText } from './staff/bar.js'
import { useBooking } from './staff/booking.js'
import { Chips, chipsOf } from './staff/chips.js'
import { NOBODY, faultsOf } from './staff/contact_form.js'
import { Details, toFields } from './staff/details.js'
import { DraftForm, EMPTY, together, withLine } from './staff/draft.js'
import { todayAt } from './staff/find.js'
import { Finder } from './staff/finder.js'
import { FoundPeople } from './staff/found_people.js'
import { Help } from './staff/help.js'
import { ImportDay } from './staff/import_day.js'
import { Issued } from './staff/issued.js'
import { useKeys } from './staff/keys.js'
import { readLine } from './staff/line.js'
import { Lists, listsOf } from './staff/lists.js'
import { Nearest } from './staff/nearest.js'
import { optionsOf } from './staff/options.js'
import { numberText, readPage } from './staff/page.js'
import { UNASKED } from './staff/paper_list.js'
import { PapersAloud } from './staff/papers_aloud.js'
import { usePress } from './staff/press.js'
import { useRoom } from './staff/room.js'
import { chooseTimes, todayOf, useTimes } from './staff/times.js'

const page = readPage()
const { t } = page
const limits = page.catalogue.limits || {}
const nothing = { query: '', draft: EMPTY, issued: null, people: null, moving: null, whom: '', contact: NOBODY, answers: UNASKED, pins: {}, fault: '' }

function App() {
  const room = useRoom(page.boot)
  const press = usePress(page)
  const booking = useBooking(page, press)
  const [state, setState] = useState(nothing)
  const [tab, setTab] = useState('line')
  const [ask, setAsk] = useState(null)
  const line = useRef(null)
  const change = (part) => setState((s) => ({ ...s, ...part }))
  const { query, draft, issued, people, moving, whom, contact, answers, pins, fault } = state
  const today = todayOf(page, Date.now() + room.skew)
  const read = useMemo(() => readLine(query, { services: page.catalogue.services, today, pins }), [query, today, pins])
  const visit = moving ? moving.items : together(draft.items, read.items, limits)
  const { times, refused } = useTimes(page, booking.kept ? [] : visit, read.when.from ? read.when : null, { today, move: moving?.id, of: issued?.link || '' })
  // The line is gone to when its work is done, not while somebody is elsewhere.
  const toLine = () => line.current?.focus()
  useEffect(toLine, [])
  const clear = () => {
    booking.release()
    setState(nothing)
    toLine()
  }
  const done = (what) => {
    setState({ ...nothing, issued: what })
    toLine()
  }
  const showTab = (i) => room.view && setTab(listsOf(page, room.view)[i].id)
  useKeys({
    '/': toLine, n: toLine, i: () => setAsk({ action: 'import' }), '?': () => setAsk({ action: 'help' }), escape: () => back(),
    1: () => showTab(0), 2: () => showTab(1), 3: () => showTab(2), 4: () => showTab(3), 5: () => showTab(4),
  })
  if (!room.view) return html`<p class="quiet">${t('common.wait')}</p>`
  const now = Date.now() + room.skew
  const send = (action, path, body, options) => press.send(action, page.api + path, body, options)

  const enter = async () => {
    if (draft.items.length === 0 || press.pending) return
    const services = draft.items.map((i) => ({ id: i.service, quantity: i.quantity }))
    const items = page.items(draft.items)
    if (draft.time) {
      const at = todayAt(draft.time, now, page.boot.zone)
      const got = await send('appointment', '/appointments', { at, services }, { said: (a) => t('reception.said_appointment', { Time: draft.time, Code: a.code }) })
      if (got) done({ code: got.code, link: got.link, at, items })
      return
    }
    const whose = draft.phone.trim() ? { contact: { surname: '', phone: draft.phone } } : {}
    const got = await send('ticket', '/tickets', { services, priority: draft.priority, ...whose }, {
      said: (a) => t('reception.said_ticket', { Number: numberText(a.number) }), refused: (r) => change({ fault: faultsOf(r).phone || '' }) })
    if (got) done({ number: numberText(got.number), link: got.link, items, phone: draft.phone.trim(), sms: got.sms })
  }
  const checkIn = async (code, items) => {
    const got = await send('check-in', '/appointments/' + encodeURIComponent(code) + '/check-in', {}, { said: (a) => t('desk.said_check_in', { Number: numberText(a.number) }) })
    if (got) done({ number: numberText(got.number), link: got.link, arrival: got.arrival, items })
  }
  const find = async (text) => {
    const got = await send('find', '/people/find', { text })
    if (!got) return
    if (got.people.length === 0) return press.say(t('reception.nobody_found', { Text: text }), 'bad')
    setState({ ...nothing, people: got.people })
  }
  const takeTime = async (at) => {
    if (moving) {
      const got = await booking.move(moving, at)
      if (got) done({ code: moving.code, link: moving.link, at, items: page.items(moving.items), booked: { moved: true, phone: '', sms: false } })
      return
    }
    // What stands in the line is typed already, but never over what was typed since.
    const from = { ...contact, phone: contact.phone || read.phone, surname: contact.surname || read.name }
    if (await booking.hold(at, booking.kept?.items || visit)) change({ contact: from, issued: null, people: null })
  }
  const book = async () => {
    if (press.pending) return
    const got = await booking.book(contact, answers)
    if (got) done({ code: got.code, link: got.link, at: got.at, items: page.items(got.items), booked: { sms: got.sms, phone: contact.phone } })
  }
  const choose = (value) => {
    if (value.at) return takeTime(value.at)
    if (value.pin) return change({ pins: { ...pins, ...value.pin } })
    if (value.items) return change({ draft: withLine(draft, value.items, read, limits), issued: null, query: '', fault: '' })
    if (value.find) return find(value.find)
    change({ query: '' })
    setAsk({ action: 'row', row: value.row, list: value.list })
  }
  // Back from the details to the line, with all that was typed; else anew.
  const back = () => {
    if (!booking.kept) return clear()
    booking.release()
    toLine()
  }
  const moveIt = (a) => {
    setState({ ...nothing, moving: { ...a, text: `${t.date(a.at)}, ${t('common.at_time', { Time: t.time(a.at) })}` } })
    toLine()
  }
  const onPerson = (act, p) => {
    const items = p.services.map((s) => ({ service: s.id, quantity: s.quantity }))
    if (act === 'check-in') return checkIn(p.id, page.items(items))
    if (act === 'move') return moveIt({ id: p.id, at: p.at, items, code: p.code, link: p.link })
    if (act === 'cancel') return setAsk({ action: 'cancel', id: p.id, at: p.at })
    if (act === 'message') return send('message', '/appointments/' + encodeURIComponent(p.id) + '/messages', { kind: 'booked' }, { said: t('reception.said_sent_again') })
    const own = Object.fromEntries(Object.keys(NOBODY).map((k) => [k, p[k] ?? NOBODY[k]]))
    setState({ ...nothing, contact: own, whom: [p.first_name, p.surname].filter(Boolean).join(' ') })
    toLine()
  }

  const few = times && chooseTimes(times, read.when.from || read.when.start >= 0 || read.when.time ? read.when : null)
  const found = optionsOf(page, room.view, read, { query, times: few, moving: Boolean(moving), chosen: draft.items.length > 0 })
  const looks = (read.booking || moving) && visit.length > 0
  const none = looks ? (refused ? refused.detail : few && few.length === 0 ? t('reception.no_time_free') : t('common.wait')) : t('reception.nothing_found')
  const forDraft = draft.items.length > 0 && !booking.kept && !looks

  return html`<${Bar} page=${page} room=${room} title=${t('reception.title')} state=${hoursText(page, room.view.hours)}>
      <button type="button" class="button--plain" onClick=${() => setAsk({ action: 'import' })}>${t('reception.import')} <kbd aria-hidden="true">I</kbd></button>
      <button type="button" class="button--plain" onClick=${() => setAsk({ action: 'help' })}>${t('desk.help')} <kbd aria-hidden="true">?</kbd></button>
    </${Bar}>
    <${Voice} page=${page} room=${room} press=${press} />
    <main class=${visit.length > 0 ? 'reception reception--visit' : 'reception'} id="main">
      <section class="entry" aria-label=${t('reception.entry')}>
        <${Finder} id="line" label=${t('reception.line')} placeholder=${t('reception.line_example')} hint=${t('reception.line_hint')} query=${query} onQuery=${(q) => change({ query: q })}
          found=${booking.kept ? [] : found} onChoose=${choose} onEmpty=${enter} onEscape=${back} none=${booking.kept ? '' : none} inputRef=${line}
          beside=${chipsOf(page, read, moving, whom).length > 0 && html`<${Chips} page=${page} line=${read} moving=${moving} whom=${whom} />`} />
        ${booking.kept && html`<${Details} key=${booking.kept.secret} page=${page} room=${room} kept=${booking.kept} contact=${contact} faults=${booking.faults} busy=${press.pending !== ''}
          onChange=${(c) => change({ contact: c })} onBook=${book} onRelease=${back} />`}
        ${forDraft && html`<${DraftForm} page=${page} draft=${draft} fault=${fault} onChange=${(d) => change({ draft: d, fault: '' })} onEnter=${enter} busy=${press.pending !== ''} />`}
        ${people && html`<${FoundPeople} page=${page} people=${people} today=${today} onAct=${onPerson} onClose=${clear} />`}
        ${issued && html`<${Issued} page=${page} issued=${issued} onDone=${clear} />`}
      </section>
      <div class="beside">
        ${visit.length > 0 && html`<${PapersAloud} page=${page} items=${booking.kept ? booking.kept.items : visit} answers=${answers} onAnswers=${(a) => change({ answers: a })} onDone=${booking.kept ? toFields : null} />`}
        <${Lists} page=${page} room=${room} tab=${tab} onTab=${setTab} onOpen=${(row, list) => setAsk({ action: 'row', row, list })} />
      </div>
    </main>
    ${booking.lost && html`<${Nearest} page=${page} items=${booking.lost.items} lost=${booking.lost.at} text=${booking.lost.text} today=${today} move=${moving?.id} onTake=${takeTime} onClose=${booking.forget} />`}
    <${Questions} ask=${ask} now=${now} setAsk=${setAsk} press=${press} send=${send} onCheckIn=${(row) => checkIn(row.id, page.items(row.services))} onMove=${moveIt} onDone=${() => change({ people: null })} />`
}

/** The question that is open. */
function Questions({ ask, now, setAsk, press, send, onCheckIn, onMove, onDone }) {
  const close = () => setAsk(null)
  switch (ask?.action) {
    case 'help': return html`<${Help} page=${page} keys=${helpKeys()} onClose=${close} />`
    case 'import': return html`<${ImportDay} page=${page} press=${press} onClose=${close} />`
    case 'row': return html`<${AskRow} page=${page} row=${ask.row} now=${now} acts=${rowActs(ask.list)} contact=${ask.list === 'expected' ? '/appointments/' : ask.list === 'sent' ? '' : '/tickets/'} onClose=${close} onAct=${(id) => {
      if (id === 'leave' || id === 'cancel') return setAsk({ action: id, row: ask.row, id: ask.row.id, at: ask.row.at })
      close()
      if (id === 'move') return onMove({ id: ask.row.id, at: ask.row.at, items: ask.row.services, code: '', link: '' })
      return onCheckIn(ask.row)
    }} />`
    case 'cancel': return html`<${Confirm} page=${page} title=${t('reception.cancel_title', { At: `${t.date(ask.at)}, ${t('common.at_time', { Time: t.time(ask.at) })}` })} text=${t('reception.cancel_text')} yes=${t('reception.cancel')} bad onClose=${close}
      onYes=${async () => {
        close()
        if (await send('cancel', '/appointments/' + encodeURIComponent(ask.id) + '/cancel', {}, { said: t('reception.said_cancelled') })) onDone()
      }} />`
    case 'leave': return html`<${Confirm} page=${page} title=${t('reception.leave_title', { Number: ask.row.number.text })} text=${t('reception.leave_text')} yes=${t('reception.leave')} bad onClose=${close}
      onYes=${() => {
        close()
        send('leave', '/tickets/' + encodeURIComponent(ask.row.id) + '/leave', {}, { said: t('reception.said_leave', { Number: ask.row.number.text }) })
      }} />`
  }
  return null
}

function rowActs(list) {
  const leave = { id: 'leave', text: t('reception.leave'), bad: true }
  const expected = [{ id: 'check-in', text: t('desk.check_in') }, { id: 'move', text: t('reception.move') }, { id: 'cancel', text: t('reception.cancel'), bad: true }]
  return { line: [leave], parked: [leave], expected }[list] || []
}

const helpKeys = () => [
  ['/', t('reception.key_line')], ['⏎', t('reception.key_enter')], ['↑ ↓', t('reception.key_arrows')], ['1–9', t('reception.key_digits')], [t('desk.key_yes') + ' N', t('reception.key_answer')],
  ['Esc', t('reception.key_escape')], ['I', t('reception.import')], ['1–5', t('desk.key_tabs')], ['?', t('desk.help')],
]

render(html`<${App} />`, document.getElementById('app'))
