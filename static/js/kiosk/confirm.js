// The last question: is everything right? Then the time that is kept becomes an
// appointment.
import { html } from '../lib/html.js'
import { answered } from './plan.js'
import { useSend } from './send.js'

const FIELDS = { surname: 'surname', phone: 'phone' } // that have a page of their own

/** Confirm shows what will be booked, with the notice one press away. */
export function Confirm({ boot, t, visit, go, still, kept, slots, services, name, dayText }) {
  const { busy, refused, ask, say } = useSend(t, boot.token)
  const { at, surname, phone, answers } = visit.booking
  const contact = { surname: surname.trim(), phone: phone.trim(), language: t.lang, consent: boot.consent, ...answered(answers) }

  const lost = (detail) => { slots.again(); go('nearest', { booking: { ...visit.booking, at: null, hold: null }, said: detail, near: at }) }
  const book = async (hold, again) => {
    const going = still()
    const answer = await ask('/api/v1/holds/' + encodeURIComponent(hold) + '/book', { contact })
    if (!answer) return
    if (answer.ok) {
      kept(hold)
      if (going()) go('booked', { booked: { ...answer.body, at, services: visit.cart }, booking: null, cart: [] })
      return
    }
    if (!going()) return
    const fault = answer.errors.find((e) => FIELDS[e.location.replace('body.contact.', '')])
    if (fault) {
      const field = fault.location.replace('body.contact.', '')
      go(field, { fault: { field, message: fault.message } })
    } else if (answer.code === 'hold_lapsed' && again) await holdAgain(going, answer.detail)
    else if (answer.code === 'hold_lapsed') lost(answer.detail)
  }
  // It lapsed while somebody typed: perhaps nobody else wanted it.
  const holdAgain = async (going, detail) => {
    const answer = await ask('/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/holds', { at, services: visit.cart.map(({ id, quantity }) => ({ id, quantity })), channel: 'kiosk' })
    if (!answer) return
    if (answer.ok && going(answer.body.hold)) {
      go('confirm', { booking: { ...visit.booking, hold: answer.body.hold } })
      await book(answer.body.hold, false)
    } else if (!answer.ok && answer.status >= 400 && answer.status < 500) lost(detail)
    else if (!answer.ok) say(answer.detail || t('common.unreachable'))
  }

  return html`<h1 tabindex="-1">${t('kiosk.all_right')}</h1>
    <dl class="sum">
      <div><dt>${t('kiosk.sum_time')}</dt><dd class="sum__time">${t('kiosk.day_time', { Day: dayText(at), Time: t.time(at) })}</dd></div>
      <div><dt>${t('kiosk.sum_matter')}</dt><dd>${visit.cart.map((i, n) => html`${n > 0 && html`<br />`}${name(services[n].names)}${i.quantity > 1 && ' × ' + t.number(i.quantity)}`)}</dd></div>
      <div><dt>${t('kiosk.sum_name')}</dt><dd><bdi>${surname}</bdi></dd></div>
      <div><dt>${t('kiosk.sum_phone')}</dt><dd><bdi dir="ltr">${phone}</bdi></dd></div>
    </dl>
    ${refused && html`<p class="notice" role="alert">${refused}</p>`}
    <p class="ask__more">${t('kiosk.consent')}</p>
    <div class="cart__go">
      <button type="button" disabled=${busy} onClick=${() => go('notice')}>${t('kiosk.read_notice')}</button>
      <button type="button" class="button--primary" aria-busy=${String(busy)} disabled=${busy} onClick=${() => book(visit.booking.hold, true)}>${t('kiosk.book_now')}</button>
    </div>`
}

/** Notice is what is read before booking. */
export const Notice = ({ t, go }) => html`<h1 tabindex="-1">${t('kiosk.notice_title')}</h1>
  <p class="notice-text" tabindex="0">${t('kiosk.notice')}</p>
  <button type="button" class="button--primary code__go" onClick=${() => go('confirm')}>${t('common.back')}</button>`
