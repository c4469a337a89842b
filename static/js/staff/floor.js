// The room as it is: the desks as a row, the people as a line before them.
import { html } from '../lib/html.js'
import { ticketText } from '../lib/words.js'
import { wholeMinutes } from './page.js'
import { TicketNumber } from './ticket.js'
import { phaseWord } from './transfer.js'

/** @param {{page: Object, view: Object, now: number, onDesk: (desk: Object) => void}} props */
export function DeskRow({ page, view, now, onDesk }) {
  const { t, name } = page
  return html`<section class="floor" aria-labelledby="floor-title">
    <h2 id="floor-title" class="heading">${t('supervisor.desks')}</h2>
    <ul class="floor__desks" role="list">
      ${view.desks.map((d) => html`<li key=${d.desk} class=${'floor__desk floor__desk--' + d.phase}>
        <h3 class="floor__name">${name(d.names)}</h3>
        <p class="floor__number">${d.ticket ? html`<${TicketNumber} number=${d.ticket.number} />` : html`<span aria-hidden="true">–</span>`}</p>
        <p class="floor__state">${deskState(page, d, now)}</p>
        ${d.phase !== 'closed' && html`<button type="button" class="floor__close button--plain" aria-label=${t('supervisor.close_desk_of', { Desk: name(d.names) })} onClick=${() => onDesk(d)}>${t('supervisor.close_desk')}</button>`}
      </li>`)}
    </ul>
  </section>`
}

function deskState(page, desk, now) {
  const { t } = page
  const ticket = desk.ticket
  if (ticket?.state === 'called') return t('supervisor.called', { Count: ticket.calls || 1 })
  if (ticket) {
    const minutes = wholeMinutes(now - Date.parse(ticket.started_at || ticket.called_at))
    return t('supervisor.serving', { Minutes: minutes, Planned: ticket.planned_minutes })
  }
  if (desk.phase === 'paused' && desk.until) return t('desk.paused_until', { Time: t.time(desk.until) })
  return desk.phase === 'open' ? t('supervisor.free') : phaseWord(page, desk)
}

/** Everybody who waits, one mark each, in order: a square has an appointment. */
export function PeopleLine({ page, view, now }) {
  const { t } = page
  const said = (p) => [ticketText(p.number.text), p.booked ? t('desk.with_appointment') : t('desk.walk_in'), t('desk.minutes', { Count: wholeMinutes(now - Date.parse(p.since)) }), p.due ? t('desk.due') : ''].filter(Boolean).join(', ')
  return html`<section class="people" aria-labelledby="people-title">
    <h2 id="people-title" class="heading">${t('supervisor.people', { Count: view.line.length })}</h2>
    ${view.line.length > 0 && html`<ol class="people__line" role="list">
      ${view.line.map((p) => html`<li key=${p.id} class=${'person' + (p.booked ? ' person--booked' : '') + (p.due ? ' person--due' : '')}>
        <span class="person__mark" aria-hidden="true"></span>
        <span class="person__number" aria-hidden="true">${ticketText(p.number.text)}</span><span class="visually-hidden">${said(p)}</span>
      </li>`)}
    </ol>
    <p class="people__key quiet" aria-hidden="true"><span class="person person--booked"><span class="person__mark"></span> ${t('desk.with_appointment')}</span>
      <span class="person"><span class="person__mark"></span> ${t('desk.walk_in')}</span>
      <span class="person person--due"><span class="person__mark"></span> ${t('desk.due')}</span></p>`}
  </section>`
}

/** The figures of now, large, and per service as a table. */
export function Figures({ page, view, now }) {
  const { t, name } = page
  const waiting = view.waiting.booked + view.waiting.walk_in
  const longest = view.longest_since ? wholeMinutes(now - Date.parse(view.longest_since)) : 0
  const open = view.desks.filter((d) => d.phase === 'open').length
  return html`<section class="figures" aria-labelledby="figures-title">
    <h2 id="figures-title" class="heading">${t('supervisor.now')}</h2>
    <dl class="figures__row">
      <div><dt>${t('supervisor.waiting')}</dt><dd><strong>${t.number(waiting)}</strong> <span class="quiet">${t('supervisor.booked_and_walk_in', { Booked: view.waiting.booked, WalkIn: view.waiting.walk_in })}</span></dd></div>
      <div><dt>${t('supervisor.longest')}</dt><dd><strong>${view.longest ? t('desk.minutes', { Count: longest }) : '–'}</strong> ${view.longest && html`<span class="quiet"><${TicketNumber} number=${view.longest} /></span>`}</dd></div>
      <div><dt>${t('supervisor.desks_open')}</dt><dd><strong>${t.number(open)}</strong> <span class="quiet">${t('supervisor.of_desks', { Count: view.desks.length })}</span></dd></div>
      <div><dt>${t('supervisor.done')}</dt><dd><strong>${t.number(view.today.done || 0)}</strong> <span class="quiet">${t('supervisor.left_and_no_show', { Left: view.today.left || 0, NoShow: view.today.no_show || 0 })}</span></dd></div>
    </dl>
    <table class="figures__services">
      <caption class="visually-hidden">${t('supervisor.per_service')}</caption>
      <thead><tr><th scope="col">${t('desk.col_service')}</th><th scope="col" class="cell-number">${t('desk.with_appointment')}</th><th scope="col" class="cell-number">${t('desk.walk_in')}</th><th scope="col" class="cell-number">${t('supervisor.longest')}</th></tr></thead>
      <tbody>
        ${view.services.length === 0 && html`<tr><td colspan="4" class="quiet">${t('desk.none_line')}</td></tr>`}
        ${view.services.map((s) => html`<tr key=${s.service}><th scope="row">${name(s.names)}</th><td class="cell-number">${t.number(s.waiting.booked)}</td><td class="cell-number">${t.number(s.waiting.walk_in)}</td>
          <td class="cell-number">${t('desk.minutes', { Count: wholeMinutes(now - Date.parse(s.longest_since)) })}</td></tr>`)}
      </tbody>
    </table>
  </section>`
}
