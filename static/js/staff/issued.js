// What was just entered, large, with what the person needs to follow it.
import { html } from '../lib/html.js'
import { TicketNumber } from './ticket.js'

/**
 * @param {{issued: {number?: string, code?: string, at?: string, link: string, arrival?: string, items: string}, onDone: () => void}} props
 */
export function Issued({ page, issued, onDone }) {
  const { t } = page
  const path = pathOf(issued.link)
  return html`<section class="issued" aria-label=${t('reception.issued')}>
    <div>
      ${issued.number ? html`<p class="issued__number"><${TicketNumber} number=${issued.number} /></p>`
        : html`<p class="issued__number issued__number--code"><bdi>${issued.code}</bdi></p>`}
      <p class="issued__what">${issued.items}</p>
      ${issued.code && html`<p>${t('reception.code_for', { Time: t.time(issued.at) })}</p>`}
      ${issued.arrival && html`<p>${t({ early: 'reception.arrival_early', on_time: 'reception.arrival_on_time', late: 'reception.arrival_late' }[issued.arrival])}</p>`}
      <p class="issued__links">
        <a class="button" href=${path + '/print'} target="_blank" rel="noopener">${t('reception.print')}</a>
        <a href=${path} target="_blank" rel="noopener">${t('reception.phone_page')}</a>
        <button type="button" class="button--plain" onClick=${onDone}>${t('reception.done')} <kbd aria-hidden="true">Esc</kbd></button>
      </p>
    </div>
    ${path && html`<img class="issued__code" src=${path + '/qr.svg'} alt=${t('reception.qr')} width="176" height="176" />`}
  </section>`
}

function pathOf(link) {
  try {
    return new URL(link, location.href).pathname
  } catch {
    return ''
  }
}
