// The desk: take one, then call, serve and pass on, all day, by keyboard.
import { html, render, useEffect, useLayoutEffect, useRef, useState } from './lib/html.js'
import { AheadLine } from './staff/ahead_line.js'
import { AskPark, AskPause, AskRow, Confirm } from './staff/asks.js'
import { Bar, Voice, hoursText } from './staff/bar.js'
import { Actions, Next } from './staff/call.js'
import { Matter, Running } from './staff/case.js'
import { ChooseDesk } from './staff/choose_desk.js'
import { withAnswer } from './staff/desk_answer.js'
import { FollowUp } from './staff/follow_up.js'
import { Help } from './staff/help.js'
import { useKeys } from './staff/keys.js'
import { Lists, listsOf } from './staff/lists.js'
import { numberText, readPage } from './staff/page.js'
import { usePress } from './staff/press.js'
import { useMe, useRoom } from './staff/room.js'
import { todayOf } from './staff/times.js'
import { AskTransfer } from './staff/transfer.js'
import { useVisit } from './staff/visit.js'

const page = readPage()
const { t } = page

function App() {
  const room = useRoom(page.boot)
  const press = usePress(page)
  const me = useMe(page.boot)
  const [id, setID] = useState(page.boot.desk || decodeURIComponent(location.pathname.split('/')[3] || ''))
  const [answer, setAnswer] = useState(null)
  if (!room.view || !me) return html`<p class="quiet">${t('common.wait')}</p>`

  const desk = withAnswer(room, me, page, room.view.desks.find((d) => d.desk === id), answer)
  const mine = desk && desk.phase !== 'closed' && desk.by === me

  /** A press at a desk; the answer is shown before the frame comes. */
  const at = async (deskID, action, body, options) => {
    const got = await press.send(action, page.api + '/desks/' + encodeURIComponent(deskID) + '/' + action, body, options)
    if (got) setAnswer(got)
    return got
  }
  const take = async (d) => {
    if (d.phase === 'closed' && !(await at(d.desk, 'open', {}, { said: t('desk.said_open', { Desk: page.name(d.names) }) }))) return
    setID(d.desk)
    history.replaceState(null, '', '/desk/' + encodeURIComponent(page.office) + '/' + encodeURIComponent(d.desk))
  }
  if (!mine) {
    return html`<${Bar} page=${page} room=${room} title=${t('desk.title')} state=${hoursText(page, room.view.hours)} />
      <${Voice} page=${page} room=${room} press=${press} />
      <${ChooseDesk} page=${page} desks=${room.view.desks} me=${me} wanted=${id} press=${press} onTake=${take} />`
  }
  return html`<${Desk} page=${page} room=${room} desk=${desk} press=${press} at=${(action, body, options) => at(id, action, body, options)} onLeave=${() => setID('')} />`
}

function Desk({ page, room, desk, press, at, onLeave }) {
  const [ask, setAsk] = useState(null)
  const [tab, setTab] = useState('line')
  const [reread, setReread] = useState(0)
  const root = useRef(null)
  const ticket = desk.ticket
  const visit = useVisit(page, ticket)
  const number = ticket ? numberText(ticket.number) : ''
  const now = Date.now() + room.skew
  const close = () => setAsk(null)
  useEffect(() => { document.title = (number ? number + ' – ' : '') + page.name(desk.names) }, [number])

  const next = () => at('next', {}, { rest: true, said: (a) => (a.ticket ? t('desk.said_next', { Number: numberText(a.ticket.number) }) : t('desk.said_nobody')) })
  const simple = {
    recall: t('desk.said_recall', { Number: number }), start: t('desk.said_start', { Number: number }), finish: t('desk.said_finish', { Number: number }),
    'no-show': t('desk.said_no_show', { Number: number }), requeue: t('desk.said_requeue', { Number: number }), undo: t('desk.said_undo'), resume: t('desk.said_resume'),
  }
  const allowed = {
    recall: ticket?.state === 'called', start: ticket?.state === 'called', 'no-show': ticket?.state === 'called', requeue: ticket?.state === 'called',
    finish: Boolean(ticket), park: Boolean(ticket), transfer: Boolean(ticket), undo: Boolean(desk.undo), 'follow-up': Boolean(ticket),
  }
  const act = (action) => {
    if (allowed[action] === false) return
    if (action === 'take') return takeOne()
    if (action in simple) return at(action, {}, { said: simple[action], rest: action === 'resume' })
    setAsk({ action, ticket })
  }
  const callNext = () => (desk.phase === 'paused' ? act('resume') : next())
  const takeOne = () => {
    if (tab === 'expected' || tab === 'sent') setTab('line')
    setReread((n) => n + 1)
  }
  // Taking somebody begins in the list: the focus goes there because it was asked for.
  useLayoutEffect(() => { if (reread) (root.current.querySelector('.row__open[tabindex="0"]') || root.current.querySelector('[role="tabpanel"]'))?.focus() }, [reread])
  const showTab = (i) => setTab(listsOf(page, room.view)[i].id)

  useKeys({
    n: () => desk.phase === 'open' && callNext(), r: () => act('recall'), s: () => act('start'), f: () => act('finish'), x: () => act('no-show'),
    p: () => act('park'), w: () => act('transfer'), z: () => act('requeue'), t: () => act('take'), u: () => act('undo'), a: () => act('follow-up'),
    b: () => act(desk.phase === 'paused' ? 'resume' : 'pause'), c: () => act('close'),
    e: () => document.getElementById('note')?.focus(), l: takeOne, '?': () => setAsk({ action: 'help' }),
    1: () => showTab(0), 2: () => showTab(1), 3: () => showTab(2), 4: () => showTab(3), 5: () => showTab(4),
  })

  const deskState = desk.phase === 'paused' ? t('desk.phase_paused') : t('desk.open_since', { Time: t.time(desk.since || now) })
  return html`<${Bar} page=${page} room=${room} title=${page.name(desk.names)} state=${deskState}>
      <button type="button" class="button--plain" aria-keyshortcuts="B" aria-busy=${['pause', 'resume'].includes(press.pending) ? 'true' : null} onClick=${() => act(desk.phase === 'paused' ? 'resume' : 'pause')}>${desk.phase === 'paused' ? t('desk.resume') : t('desk.pause')} <kbd aria-hidden="true">B</kbd></button>
      <button type="button" class="button--plain" aria-keyshortcuts="C" aria-busy=${press.pending === 'close' ? 'true' : null} onClick=${() => act('close')}>${t('desk.close')} <kbd aria-hidden="true">C</kbd></button>
      <button type="button" class="button--plain" onClick=${() => setAsk({ action: 'help' })}>${t('desk.help')} <kbd aria-hidden="true">?</kbd></button>
    </${Bar}>
    <${Voice} page=${page} room=${room} press=${press} />
    <main class=${room.stale ? 'desk desk--stale' : 'desk'} id="main" ref=${root}>
      <div class="desk__column">
        <${Running} page=${page} room=${room} ticket=${ticket} />
        <${Matter} page=${page} ticket=${ticket} visit=${visit} press=${press} />
      </div>
      <div class="desk__column">
        <${Next} page=${page} room=${room} desk=${desk} press=${press} onNext=${callNext} onResume=${callNext} />
        <${Actions} page=${page} room=${room} desk=${desk} press=${press} onAct=${act} />
        <${AheadLine} page=${page} view=${room.view} />
      </div>
      <${Lists} page=${page} room=${room} desk=${desk.desk} tab=${tab} onTab=${setTab} onOpen=${(row, list) => setAsk({ action: 'row', row, list })} />
    </main>
    ${ask && html`<${Ask} page=${page} room=${room} desk=${desk} visit=${visit} ask=${ask} at=${at} now=${now} onClose=${close} onLeave=${onLeave} press=${press} />`}`
}

/** The question that is open. A refusal closes it and is said by the page. */
function Ask({ page, room, desk, visit, ask, at, now, onClose, onLeave, press }) {
  const number = desk.ticket ? numberText(desk.ticket.number) : ''
  const then = (action, body, said, options) => {
    onClose()
    return at(action, body, { said, ...options })
  }
  switch (ask.action) {
    case 'help':
      return html`<${Help} page=${page} onClose=${onClose} keys=${helpKeys()} />`
    case 'park':
      return html`<${AskPark} page=${page} number=${number} onClose=${onClose} onPark=${(reason) => then('park', { reason }, t('desk.said_park', { Number: number }))} />`
    case 'pause':
      return html`<${AskPause} page=${page} now=${now} onClose=${onClose} onPause=${(until) => then('pause', { until }, until ? t('desk.said_pause_until', { Time: t.time(until) }) : t('desk.said_pause'))} />`
    case 'follow-up':
      return html`<${FollowUp} page=${page} press=${press} ticket=${ask.ticket} known=${visit?.contact === true} today=${todayOf(page, now)} onClose=${onClose} />`
    case 'transfer':
      return html`<${AskTransfer} page=${page} desk=${desk} desks=${room.view.desks} onClose=${onClose} onTransfer=${(to, text) => then('transfer', to, t('desk.said_transfer', { Number: number, To: text }))} />`
    case 'close':
      return html`<${Confirm} page=${page} title=${t('desk.close_title', { Desk: page.name(desk.names) })} text=${number && desk.ticket.state === 'serving' ? t('desk.next_ends', { Number: number }) : ''} yes=${t('desk.close')} onClose=${onClose}
        onYes=${async () => { if (await then('close', {}, t('desk.said_close'))) onLeave() }} />`
    case 'row':
      return html`<${AskRow} page=${page} row=${ask.row} now=${now} acts=${rowActs(ask.list)} warning=${ask.list === 'line' ? takeWarning(desk, ask.row) : ''} onClose=${onClose} onAct=${(id) => {
        const n = ask.row.number?.text
        if (id === 'take') return then('take', { ticket: ask.row.id }, t('desk.said_next', { Number: n }), { rest: true })
        if (id === 'unpark') return then('unpark', { ticket: ask.row.id }, t('desk.said_unpark', { Number: n }))
        onClose()
        return press.send('check-in', page.api + '/appointments/' + encodeURIComponent(ask.row.id) + '/check-in', {}, { said: (a) => t('desk.said_check_in', { Number: numberText(a.number) }) })
      }} />`
  }
  return null
}

function rowActs(list) {
  const take = { id: 'take', text: t('desk.take_now') }
  const unpark = { id: 'unpark', text: t('desk.unpark') }
  return { line: [take], parked: [unpark, take], no_shows: [unpark, take], expected: [{ id: 'check-in', text: t('desk.check_in') }] }[list] || []
}

function takeWarning(desk, row) {
  if (!desk.next || desk.next.id === row.id) return ''
  return t('desk.take_warning', { Number: numberText(desk.next.number) })
}

const helpKeys = () => [
  ['N', t('desk.next')], ['R', t('desk.recall')], ['S', t('desk.start')], ['F', t('desk.finish')], ['X', t('desk.no_show')], ['P', t('desk.park')],
  ['W', t('desk.transfer')], ['Z', t('desk.requeue')], ['T', t('desk.take')], ['U', t('desk.undo')], ['B', t('desk.pause')], ['C', t('desk.close')],
  ['A', t('desk.follow_up')], ['E', t('desk.note')], ['L', t('desk.key_list')], ['1–5', t('desk.key_tabs')], ['?', t('desk.help')],
]

render(html`<${App} />`, document.getElementById('app'))
