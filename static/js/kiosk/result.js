// The number, as large as on the board, and how to take it along.
import { html } from '../lib/html.js'
import { tellNew, waitText } from '../lib/wait.js'
import { ticketText } from '../lib/words.js'
import { Promised } from './wait.js'

const ARRIVALS = { early: 'kiosk.arrival_early', on_time: 'kiosk.arrival_on_time', late: 'kiosk.arrival_late' }
const text = (number) => ticketText(typeof number === 'string' ? number : number.text)

/** Result shows the number, its QR code, and the slip that goes to the printer. */
export function Result({ boot, t, visit, reset, name, now }) {
  const { number, link, arrival, at, services, shown } = visit.result
  const promised = tellNew(shown.promised)
  const phone = new URL(link, location.href)
  phone.searchParams.set('lang', t.lang)
  const qr = new URL(link, location.href).pathname + '/qr.svg'
  const items = services.map((i) => ({ ...i, text: name((boot.catalogue.services.find((s) => s.id === (i.id || i.service)) || {}).names) }))
  return html`<h1 tabindex="-1" class="result__title">${t('phone.your_number')} <bdi class="ticket-number result__number">${text(number)}</bdi></h1>
    ${arrival && html`<p class="result__arrival">${t(ARRIVALS[arrival], { Time: at ? t.time(at) : '' })}</p>`}
    <${Promised} t=${t} shown=${shown} now=${now()} />
    <div class="result__take">
      <img class="result__qr" src=${qr} alt=${t('kiosk.qr')} />
      <div><p class="result__follow">${t('kiosk.follow')}</p><p>${t('kiosk.wait_for_call')}</p></div>
    </div>
    <div class="cart__go">
      <button type="button" onClick=${() => window.print()}>${t('kiosk.print')}</button>
      <button type="button" class="button--primary" onClick=${reset}>${t('kiosk.done')}</button>
    </div>
    <div class="slip" aria-hidden="true">
      <p class="slip__office">${name(boot.office.names)}</p>
      <p class="slip__number"><bdi class="ticket-number">${text(number)}</bdi></p>
      <p>${t.date(now())}, ${t('common.at_time', { Time: t.time(now()) })}</p>
      ${promised && html`<p class="slip__wait">${t('wait.slip', { Wait: waitText(t, promised, 'long_'), Time: t.time(now()) })}</p>`}
      <ul class="slip__services">${items.map((i) => html`<li>${i.text}${i.quantity > 1 && ' × ' + i.quantity}</li>`)}</ul>
      <img class="slip__qr" src=${qr} alt="" />
      <p>${t('kiosk.slip_follow')}</p>
      <p class="slip__link">${phone.href}</p>
    </div>`
}
