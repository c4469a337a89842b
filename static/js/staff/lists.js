// Who is where: the line, and those set aside, as tables behind tabs. Rows are
// kept by ticket, so a frame moves rows and not the reader.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js'
import { Mark, TicketNumber, Waited } from './ticket.js'
import { useNow } from './room.js'

/** The lists of a frame, in the order of their tabs. */
export function listsOf(page, view) {
  const { t } = page
  return [
    { id: 'line', text: t('desk.list_line'), none: t('desk.none_line'), rows: view.line },
    { id: 'expected', text: t('desk.list_expected'), none: t('desk.none_expected'), rows: view.expected },
    { id: 'parked', text: t('desk.list_parked'), none: t('desk.none_parked'), rows: view.parked },
    { id: 'no_shows', text: t('desk.list_no_shows'), none: t('desk.none_no_shows'), rows: view.no_shows },
    { id: 'sent', text: t('desk.list_sent'), none: t('desk.none_sent'), rows: view.sent },
  ]
}

/**
 * @param {{page: Object, room: Object, desk?: string, tab: string, onTab: (id: string) => void,
 *   onOpen: (row: Object, list: string) => void}} props desk: rows it may not serve are quieter
 */
export function Lists({ page, room, desk, tab, onTab, onOpen }) {
  const { t } = page
  const now = useNow(room.skew, 10_000)
  const lists = listsOf(page, room.view)
  const list = lists.find((l) => l.id === tab) || lists[0]
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const next = lists[(lists.indexOf(list) + step + lists.length) % lists.length]
    onTab(next.id)
    document.getElementById('tab-' + next.id).focus()
  }
  return html`<section class="lists" aria-label=${t('desk.lists')}>
    <div class="tabs" role="tablist" aria-label=${t('desk.lists')} onKeyDown=${move}>
      ${lists.map((l, i) => html`<button key=${l.id} type="button" role="tab" id=${'tab-' + l.id} class="tab" aria-selected=${l === list ? 'true' : 'false'}
        aria-controls="list-panel" aria-keyshortcuts=${String(i + 1)} tabindex=${l === list ? 0 : -1} onClick=${() => onTab(l.id)}>
        <span class="tab__text">${l.text}</span> <span class="tab__count">${t.number(l.rows.length)}</span>
      </button>`)}
    </div>
    <div class="lists__panel" role="tabpanel" id="list-panel" aria-labelledby=${'tab-' + list.id} tabindex=${list.rows.length === 0 ? 0 : null}>
      ${list.rows.length === 0 ? html`<p class="lists__none quiet">${list.none}</p>`
        : html`<${Rows} key=${list.id} page=${page} list=${list} desk=${desk} now=${now} onOpen=${onOpen} />`}
    </div>
  </section>`
}

// One row takes part in the tab order; arrows move among them. When the row
// that has the focus leaves, its neighbour gets it instead of nobody.
function Rows({ page, list, desk, now, onOpen }) {
  const { t } = page
  const [here, setHere] = useState(null)
  const body = useRef(null)
  const had = useRef(null)
  const ids = list.rows.map((r) => r.id)
  const current = ids.includes(here) ? here : ids[0]
  useLayoutEffect(() => {
    const at = had.current
    if (at && !ids.includes(at.id) && document.activeElement === document.body) {
      body.current.querySelectorAll('.row__open')[Math.min(at.index, ids.length - 1)]?.focus()
    }
    if (at && ids.includes(at.id)) at.index = ids.indexOf(at.id)
  })
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -ids.length, End: ids.length }[event.key]
    if (!step) return
    event.preventDefault()
    const to = Math.max(0, Math.min(ids.length - 1, ids.indexOf(current) + step))
    body.current.querySelectorAll('.row__open')[to].focus()
  }
  const focus = (id) => {
    setHere(id)
    had.current = { id, index: ids.indexOf(id) }
  }
  const expected = list.id === 'expected'
  return html`<table class="rows">
    <caption class="visually-hidden">${list.text}</caption>
    <thead><tr>
      <th scope="col">${expected ? t('desk.col_time') : t('desk.col_number')}</th>
      <th scope="col">${t('desk.col_service')}</th>
      <th scope="col">${thirdColumn(t, list.id)}</th>
      <th scope="col" class="cell-number">${expected ? t('desk.col_until') : t('desk.col_waits')}</th>
    </tr></thead>
    <tbody ref=${body} onKeyDown=${keys} onFocusOut=${(e) => { if (e.relatedTarget) had.current = null }}>
      ${list.rows.map((r) => html`<tr key=${r.id} class=${rowClass(r, desk, list.id)}>
        <th scope="row"><button type="button" class="row__open" tabindex=${r.id === current ? 0 : -1} onFocus=${() => focus(r.id)} onClick=${() => onOpen(r, list.id)}>
          ${expected ? html`<span class="time">${t.time(r.at)}</span>` : html`<${TicketNumber} number=${r.number} />`}
        </button></th>
        <td class="row__service">${page.items(r.services)}${r.priority > 0 && html` <span class="row__priority">${t('desk.priority_mark', { Minutes: r.priority })}</span>`}</td>
        <td class="row__mark">${third(page, r, list.id)}</td>
        <td class="cell-number row__since">${expected ? until(page, r, now) : html`<${Waited} page=${page} since=${r.since} now=${now} />`}
          ${r.due && html`<span class="row__due">${t('desk.due')}</span>`}</td>
      </tr>`)}
    </tbody>
  </table>`
}

const thirdColumn = (t, list) => ({ parked: t('desk.col_reason'), sent: t('desk.col_to'), expected: t('desk.col_state') })[list] || t('desk.col_booked')

function third(page, row, list) {
  if (list === 'parked') return page.t('park.' + row.park_reason)
  if (list === 'sent') return page.place(row.to)
  if (list === 'expected') return page.t('desk.not_arrived')
  return html`<${Mark} page=${page} ticket=${row} />${row.to && html` <span class="quiet">${page.desk(row.to)}</span>`}`
}

function until(page, row, now) {
  const minutes = Math.round((Date.parse(row.at) - now) / 60_000)
  return html`<span class="time">${minutes < 0 ? page.t('desk.minutes_ago', { Count: -minutes }) : page.t('desk.in_minutes', { Count: minutes })}</span>`
}

function rowClass(row, desk, list) {
  const elsewhere = desk && list === 'line' && !row.desks.includes(desk)
  return 'row' + (row.due ? ' row--due' : '') + (elsewhere ? ' row--elsewhere' : '')
}
