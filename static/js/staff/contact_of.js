// How a person is called and reached, once somebody asks: each look is noted.
import { html, useState } from '../lib/html.js'
import { useFetched } from './fetched.js'

/** @param {{page: Object, path: string}} props path behind the office's address */
export function ContactOf({ page, path }) {
  const { t } = page
  const [asked, setAsked] = useState(false)
  const { body, refused } = useFetched(page, asked ? path : '')
  if (!asked) return html`<p class="contact-of"><button type="button" class="button--plain" onClick=${() => setAsked(true)}>${t('desk.contact')}</button> <span class="quiet">${t('desk.contact_noted')}</span></p>`
  if (refused) return html`<p class="contact-of" role="status">${refused.detail || t('desk.unreachable')}</p>`
  if (!body) return html`<p class="contact-of quiet" role="status">${t('common.wait')}</p>`
  const lines = [[body.first_name, body.surname], [body.phone], [body.email], [body.street, body.number], [body.postcode, body.town]]
    .map((parts) => parts.filter(Boolean).join(' ')).filter(Boolean)
  return html`<div class="contact-of" role="status">${lines.map((l) => html`<p key=${l}><bdi>${l}</bdi></p>`)}</div>`
}
