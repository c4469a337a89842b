// What was just entered, large, with what the person needs to follow it.
import { html } from '../lib/html.js'
import { TicketNumber } from './ticket.js'

/**
 * @typedef {Object} What
 * @property {string} [number] of a ticket
 * @property {string} [code] of an appointment
 * @property {string} [at]
 * @property {string} link
 * @property {string} [arrival]
 * @property {string} items
 * @property {string} [phone] that was left with the number
 * @property {boolean} [sms] the link goes there
 * @property {{phone: string, sms: boolean, moved?: boolean}} [booked] for another day or by phone: how the person learns of it
 *
 * @param {{page: Object, issued: What, onDone: () => void}} props
 */
export function Issued({ page, issued, onDone }) {
  const { t } = page
  const path = pathOf(issued.link)
  const { booked } = issued
  return html`<section class="issued" aria-label=${t('reception.issued')}>
    <div>
      ${booked && html`<p class="issued__when">${booked.moved ? t('reception.moved_to') : t('reception.booked_for')} <strong>${t.date(issued.at)}, ${t('common.at_time', { Time: t.time(issued.at) })}</strong></p>`}
      ${issued.number ? html`<p class="issued__number"><${TicketNumber} number=${issued.number} /></p>`
        : issued.code && html`<p class="issued__number issued__number--code"><bdi>${issued.code}</bdi></p>`}
      <p class="issued__what">${issued.items}</p>
      ${issued.code && !booked && html`<p>${t('reception.code_for', { Time: t.time(issued.at) })}</p>`}
      ${booked && !booked.moved && html`<p class="issued__told">${booked.sms ? t('reception.sms_to', { Phone: booked.phone }) : t('reception.say_code')}</p>`}
      ${issued.phone && html`<p class="issued__told">${t(issued.sms ? 'reception.link_to' : 'reception.phone_kept', { Phone: issued.phone })}</p>`}
      ${issued.arrival && html`<p>${t({ early: 'reception.arrival_early', on_time: 'reception.arrival_on_time', late: 'reception.arrival_late' }[issued.arrival])}</p>`}
      <p class="issued__links">
        ${booked && path && html`<a class=${booked.sms ? 'button' : 'button button--primary'} href=${path + '/sheet?print=1'} target="_blank" rel="noopener">${t('reception.print_sheet')}</a>`}
        ${path && html`<a class=${booked ? '' : 'button'} href=${path + '/print'} target="_blank" rel="noopener">${booked ? t('reception.print_slip') : t('reception.print')}</a>
        <a href=${path} target="_blank" rel="noopener">${t('reception.phone_page')}</a>`}
        <button type="button" class="button--plain" onClick=${onDone}>${t('reception.done')} <kbd aria-hidden="true">Esc</kbd></button>
      </p>
    </div>
    ${path && !booked && html`<img class="issued__code" src=${path + '/qr.svg'} alt=${t('reception.qr')} width="176" height="176" />`}
  </section>`
}

/** The path of a link. @param {string} link */
export function pathOf(link) {
  try {
    return link ? new URL(link, location.href).pathname : ''
  } catch {
    return ''
  }
}
