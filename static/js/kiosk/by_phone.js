// Checking in without a code: the end of one's number, then one letter. What is
// not exactly one person of today is answered in one way.
import { html } from '../lib/html.js'
import { initialOf } from './plan.js'
import { Letters, Pad } from './keyboard.js'
import { useSend } from './send.js'
import { Typed } from './who.js'
import { shownWith } from './wait.js'

const DIGITS = 4

const ByCode = ({ t, go }) => html`<button type="button" class="finder finder--more" onClick=${() => go('check_in', { typed: '', end: '', initial: '' })}>${t('kiosk.by_code')}</button>`

/** NumberEnd asks for the last four digits. */
export function NumberEnd({ t, visit, go }) {
  const onType = (text) => go('number_end', { end: text.replace(/\D/g, '').slice(-DIGITS) })
  return html`<${Typed} id="end" title=${t('kiosk.end_title')} hint=${t('kiosk.end_hint')} label=${t('kiosk.on')} dir="ltr" large value=${visit.end} fault="" onType=${onType}
    disabled=${visit.end.length < DIGITS} onGo=${() => { if (visit.end.length === DIGITS) go('initial') }} more=${html`<${ByCode} ...${{ t, go }} />`}>
    <${Pad} t=${t} typed=${visit.end} onType=${onType} most=${DIGITS} /><//>`
}

/** Initial asks for one letter, and checks in. */
export function Initial({ boot, t, visit, go, still }) {
  const { busy, refused, send } = useSend(t, boot.token)
  const onType = (text) => go('initial', { initial: initialOf(text).toUpperCase() })
  const checkIn = async () => {
    if (!visit.initial || busy) return
    const going = still()
    const ticket = await send('/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/check-in', { digits: visit.end, initial: visit.initial, language: t.lang })
    if (!ticket) return
    const shown = await shownWith(boot, ticket.link)
    if (going()) go('result', { result: { ...ticket, shown, services: [] }, end: '', initial: '' })
  }
  return html`<${Typed} id="initial" title=${t('kiosk.initial_title')} hint=${t('kiosk.initial_hint')} label=${t('kiosk.check_in')} dir="auto" large value=${visit.initial} fault=${refused} onType=${onType}
    busy=${busy} disabled=${!visit.initial} onGo=${checkIn} more=${html`<${ByCode} ...${{ t, go }} />`}>
    <${Letters} t=${t} typed=${visit.initial} onType=${onType} one /><//>`
}
