// The small questions a page asks before it does something.
import { html, useState } from '../lib/html.js'
import { Choices, Dialog } from './dialog.js'
import { todayAt } from './find.js'
import { numberText } from './page.js'
import { ContactOf } from './contact_of.js'
import { Mark, Waited } from './ticket.js'

/** Yes or no; Enter is yes, Escape is no. */
export function Confirm({ page, title, text, yes, bad = false, onYes, onClose }) {
  return html`<${Dialog} title=${title} onClose=${onClose}>
    ${text && html`<p>${text}</p>`}
    <p class="ask__end">
      <button type="button" class=${bad ? 'button--bad' : 'button--primary'} data-first onClick=${onYes}>${yes}</button>
      <button type="button" onClick=${onClose}>${page.t('common.cancel')}</button>
    </p>
  </${Dialog}>`
}

/** Why somebody is parked. */
export function AskPark({ page, number, onPark, onClose }) {
  const { t } = page
  const choices = page.catalogue.park_reasons.map((id) => ({ id, text: t('park.' + id) }))
  return html`<${Dialog} title=${t('desk.park_title', { Number: numberText(number) })} onClose=${onClose}>
    <${Choices} choices=${choices} onChoose=${onPark} />
    <p class="ask__end"><button type="button" onClick=${onClose}>${t('common.cancel')}</button></p>
  </${Dialog}>`
}

const PAUSES = [5, 15, 30, 45] // minutes

/** How long the desk rests; onPause gets an RFC 3339 instant or null. */
export function AskPause({ page, now, onPause, onClose }) {
  const { t } = page
  const [time, setTime] = useState('')
  const choices = PAUSES.map((m) => ({ id: String(m), text: t('desk.minutes_long', { Count: m }), hint: t('desk.pause_back', { Time: t.time(now + m * 60_000) }) }))
  const pick = (id) => onPause(new Date(now + Number(id) * 60_000).toISOString())
  const submit = (event) => {
    event.preventDefault()
    onPause(time ? todayAt(time, now, page.boot.zone) : null)
  }
  return html`<${Dialog} title=${t('desk.pause_title')} onClose=${onClose}>
    <${Choices} choices=${choices} onChoose=${pick} />
    <form class="ask__row" onSubmit=${submit}>
      <div class="field"><label for="pause-until">${t('desk.pause_until')}</label>
        <input id="pause-until" type="time" value=${time} onInput=${(e) => setTime(e.target.value)} /></div>
      <button type="submit">${time ? t('desk.pause_until_set') : t('desk.pause_open')}</button>
    </form>
    <p class="ask__end"><button type="button" onClick=${onClose}>${t('common.cancel')}</button></p>
  </${Dialog}>`
}

/**
 * One person of a list, and what can be done for them. Taking somebody out of
 * order says whom it passes over.
 *
 * @param {{acts: Array<{id: string, text: string, bad?: boolean}>, warning?: string, contact?: string}} props
 *   contact: where one asks for the person's contact; missing: one does not
 */
export function AskRow({ page, row, now, acts, warning, contact, onAct, onClose }) {
  const { t } = page
  const expected = Boolean(row.at)
  const title = expected ? t('desk.appointment_at', { Time: t.time(row.at) }) : t('desk.row_title', { Number: row.number.text })
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <dl class="facts">
      <div><dt>${t('desk.col_service')}</dt><dd>${page.items(row.services)}</dd></div>
      ${!expected && html`<div><dt>${t('desk.col_waits')}</dt><dd><${Waited} page=${page} since=${row.since} now=${now} /> ${t('desk.since', { Time: t.time(row.since) })}</dd></div>
        <div><dt>${t('desk.col_booked')}</dt><dd><${Mark} page=${page} ticket=${row} /> ${row.booked ? '' : t('desk.walk_in')}</dd></div>`}
      ${row.reason && html`<div><dt>${t('desk.why_here')}</dt><dd>${page.reason(row.reason, now)}</dd></div>`}
      ${row.desks?.length > 0 && html`<div><dt>${t('desk.served_at')}</dt><dd>${row.desks.map((d) => page.desk(d)).join(', ')}</dd></div>`}
    </dl>
    ${warning && html`<p class="ask__warning">${warning}</p>`}
    ${contact && html`<${ContactOf} page=${page} path=${contact + encodeURIComponent(row.id) + '/contact'} />`}
    <p class="ask__end">
      ${acts.map((a, i) => html`<button key=${a.id} type="button" class=${a.bad ? 'button--bad' : i === 0 ? 'button--primary' : ''} data-first=${i === 0 ? '' : null} onClick=${() => onAct(a.id)}>${a.text}</button>`)}
      <button type="button" data-first=${acts.length === 0 ? '' : null} onClick=${onClose}>${t('common.cancel')}</button>
    </p>
  </${Dialog}>`
}

