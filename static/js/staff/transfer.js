// Passing a person on: to a service, a desk, or another office of the town.
import { html, useState } from '../lib/html.js'
import { Dialog } from './dialog.js'
import { findServices, fold } from './find.js'
import { Finder } from './finder.js'

/**
 * @param {{page: Object, desk: Object, desks: Array<Object>, onTransfer: (to: Object, text: string) => void, onClose: () => void}} props
 *   to is the body of the command
 */
export function AskTransfer({ page, desk, desks, onTransfer, onClose }) {
  const { t } = page
  const [query, setQuery] = useState('')
  const found = targets(page, desk.desk, desks, query)
  return html`<${Dialog} title=${t('desk.transfer_title', { Number: desk.ticket.number.text })} onClose=${onClose} wide>
    <p class="quiet">${t('desk.transfer_keeps')}</p>
    <${Finder} id="transfer" label=${t('desk.transfer_to')} placeholder=${t('desk.transfer_hint')} query=${query} onQuery=${setQuery}
      found=${found} onChoose=${(v) => onTransfer(v.to, v.text)} none=${t('desk.transfer_none')} first />
    <p class="ask__end"><button type="button" onClick=${onClose}>${t('common.cancel')}</button></p>
  </${Dialog}>`
}

function targets(page, own, desks, query) {
  const { t, name, catalogue } = page
  const wanted = fold(query.trim())
  const begins = (text) => wanted === '' || fold(text).split(/[^\p{L}\p{N}]+/u).some((w, i, all) => all.slice(i).join(' ').startsWith(wanted))
  const found = []
  for (const d of desks) {
    if (d.desk === own || !begins(name(d.names))) continue
    found.push({ id: 'desk-' + d.desk, group: t('desk.transfer_desks'), text: name(d.names), hint: phaseWord(page, d), value: { to: { desk: d.desk }, text: name(d.names) } })
  }
  const services = query.trim() ? findServices(catalogue.services, query, 6) : []
  for (const s of services) found.push({ id: 'service-' + s.id, group: t('desk.transfer_services'), text: name(s.names), value: { to: { service: s.id }, text: name(s.names) } })
  for (const o of catalogue.offices || []) {
    if (o.id === page.office) continue
    const whole = begins(name(o.names))
    if (whole) found.push({ id: 'office-' + o.id, group: t('desk.transfer_offices'), text: name(o.names), value: { to: { office: o.id }, text: name(o.names) } })
    const inside = query.trim() ? findServices(o.services || [], query, 4) : []
    for (const s of inside) found.push({ id: 'office-' + o.id + '-' + s.id, group: t('desk.transfer_offices'), text: name(s.names), hint: name(o.names), value: { to: { office: o.id, service: s.id }, text: name(o.names) } })
  }
  return found
}

/** A desk's phase in one word. */
export const phaseWord = (page, desk) => page.t({ open: 'desk.phase_open', paused: 'desk.phase_paused', closed: 'desk.phase_closed' }[desk.phase])
