// The first pages: which language, and with or without an appointment.
import { html } from '../lib/html.js'
import { sameDay } from '../lib/clock.js'

/** Language asks first, in every language at once. */
export function Language({ texts, go }) {
  return html`<h1 tabindex="-1" class="hello">${texts.map((t) => html`<span lang=${t.lang} dir=${t.dir}>${t('kiosk.hello')}</span>`)}</h1>
    <ul class="choices choices--languages">${texts.map((t) => html`<li key=${t.lang}>
      <button type="button" class="choice" lang=${t.lang} dir=${t.dir} onClick=${() => go('start', { lang: t.lang })}>${t(`common.language_${t.lang}`)}</button></li>`)}</ul>`
}

/** Start asks whether somebody has an appointment. */
export function Start({ t, view, go }) {
  const open = !view || view.hours.intake
  return html`<h1 tabindex="-1">${t('kiosk.welcome')}</h1>
    ${!open && html`<p class="ask__more">${t('kiosk.no_numbers')}</p>`}
    <ul class="choices choices--two">
      <li><button type="button" class="choice choice--main" disabled=${!open} onClick=${() => go('categories', { cart: [] })}>
        <strong>${t('kiosk.draw')}</strong><span>${t('kiosk.draw_more')}</span></button></li>
      <li><button type="button" class="choice" onClick=${() => go('check_in', { typed: '' })}>
        <strong>${t('kiosk.have_appointment')}</strong><span>${t('kiosk.have_appointment_more')}</span></button></li>
    </ul>`
}

/** Closed says so in every language, and when it opens. Who has an appointment
 * may still check in. */
export function Closed({ boot, t, texts, view, now, go }) {
  const opens = view.hours.opens
  const today = opens && sameDay(Date.parse(opens), now(), boot.zone)
  const when = (w) => (today ? w('board.opens_at', { Time: w.time(opens) }) : w('board.opens_day', { Day: w.date(opens), Time: w.time(opens) }))
  return html`<h1 tabindex="-1" class="visually-hidden">${t('board.closed')}</h1>
    <div class="shut">${texts.map((w) => html`<p lang=${w.lang} dir=${w.dir}><strong>${w('board.closed')}</strong> ${opens && when(w)}</p>`)}</div>
    <ul class="choices choices--two"><li><button type="button" class="choice" onClick=${() => go('check_in', { typed: '' })}>
      <strong>${t('kiosk.have_appointment')}</strong><span>${t('kiosk.have_appointment_more')}</span></button></li></ul>`
}
