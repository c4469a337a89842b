// The appointment: its time and code, large, and how to take it along.
import { html, useRef } from '../lib/html.js'
import { useSend } from './send.js'
import { shownWith } from './wait.js'

/** Booked shows the appointment, and lets who stays check in at once. */
export function Booked({ boot, t, visit, go, reset, still, today, dayText }) {
  const { busy, refused, send, say } = useSend(t, boot.token)
  const slip = useRef(null)
  const { code, link, at, confirm_by: by, services } = visit.booked
  const path = new URL(link, location.href).pathname

  const print = async () => {
    if (await fillSlip(slip.current, path, t)) window.print()
    else say(t('kiosk.print_failed'))
  }
  const checkIn = async () => {
    const going = still()
    const ticket = await send('/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/appointments/' + encodeURIComponent(code) + '/check-in', { language: t.lang })
    if (!ticket) return
    const shown = await shownWith(boot, ticket.link)
    if (going()) go('result', { result: { ...ticket, shown, services }, booked: null })
  }
  return html`<h1 tabindex="-1" class="result__title">${t('kiosk.booked')} <span class="booked__time">${t('kiosk.day_time', { Day: dayText(at), Time: t.time(at) })}</span></h1>
    <div class="result__take">
      <img class="result__qr" src=${path + '/qr.svg'} alt=${t('kiosk.booked_qr')} />
      <div><p class="booked__label">${t('kiosk.booked_code')}</p>
        <p class="booked__code"><bdi class="ticket-number" dir="ltr">${code}</bdi></p></div>
    </div>
    <p class="ask__more">${by ? t('kiosk.booked_confirm', { Time: t.time(by) }) : t('kiosk.booked_sms')}</p>
    ${refused && html`<p class="notice" role="alert">${refused}</p>`}
    ${today(at) && html`<button type="button" class="finder finder--more" disabled=${busy} onClick=${checkIn}>${t('kiosk.stay_here')}</button>`}
    <div class="cart__go">
      <button type="button" onClick=${print}>${t('kiosk.print')}</button>
      <button type="button" class="button--primary" onClick=${reset}>${t('kiosk.done')}</button>
    </div>
    <div class="slip" aria-hidden="true" ref=${slip}></div>`
}

// The slip is the one of the appointment's own page, in this page's language.
// It asks for it by header, not in the address: that would be remembered for
// the next person.
async function fillSlip(into, path, t) {
  try {
    const answer = await fetch(path + '/print', { credentials: 'omit', headers: { Accept: 'text/html', 'Accept-Language': t.lang } })
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.slip')
    if (!page) return false
    into.replaceChildren(...[...page.childNodes].map((node) => document.importNode(node, true)))
    into.querySelectorAll('h1').forEach((heading) => { const p = document.createElement('p'); p.className = heading.className; p.replaceChildren(...heading.childNodes); heading.replaceWith(p) })
    await Promise.all([...into.querySelectorAll('img')].map((image) => image.decode()))
    return true
  } catch {
    return false
  }
}
