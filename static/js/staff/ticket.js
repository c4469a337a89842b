// Small words about one ticket, the same on every staff page.
import { html } from '../lib/html.js'
import { ticketText } from '../lib/words.js'
import { numberText, wholeMinutes } from './page.js'

/** A ticket's number, isolated from the text around it. */
export const TicketNumber = ({ number, class: extra = '' }) => html`<bdi class=${'ticket-number ' + extra}>${ticketText(numberText(number))}</bdi>`

/** Booked people are told apart by a shape and the time, not by a colour. */
export function Mark({ page, ticket }) {
  const { t } = page
  if (!ticket.booked) return html`<span class="mark mark--walk-in"><svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5" /></svg><span class="visually-hidden">${t('desk.walk_in')}</span></span>`
  return html`<span class="mark mark--booked"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2v3M10.5 2v3" /></svg><span><span class="visually-hidden">${t('desk.booked_for')} </span>
    ${ticket.appointment_at && html`<span class="time">${t.time(ticket.appointment_at)}</span>`}
    ${ticket.arrival === 'late' && html` <span class="mark__late">${t('desk.late')}</span>`}</span></span>`
}

/** How long somebody waits, in whole minutes. */
export const Waited = ({ page, since, now }) => html`<span class="time">${page.t('desk.minutes', { Count: wholeMinutes(now - Date.parse(since)) })}</span>`

/** The name of a language in itself, for a person who wishes another than the house's. */
export function languageName(language) {
  if (!language) return ''
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(language)
  } catch {
    return language
  }
}
