// The first pages: which language, and with or without an appointment.
import { html } from '../lib/html.js'
import { sameDay } from '../lib/clock.js'

/** Language asks first, in every language at once. */
export function Language({ t, languages, go }) {
  return html`<h1 tabindex="-1" class="visually-hidden">${t('common.language')}</h1>
    <ul class="choices choices--languages">${languages.map((lang) => html`<li key=${lang}>
      <button type="button" class="choice" lang=${lang} dir="auto" onClick=${() => go('start', { lang })}>${t(`common.language_${lang}`)}</button></li>`)}</ul>`
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

/** Closed says so, and when it opens. Who has an appointment may still check in. */
export function Closed({ boot, t, view, now, go }) {
  const opens = view.hours.opens
  const when = opens && (sameDay(Date.parse(opens), now(), boot.zone) ? t('board.opens_at', { Time: t.time(opens) }) : t('board.opens_day', { Day: t.date(opens), Time: t.time(opens) }))
  return html`<h1 tabindex="-1" class="ask__large">${t('board.closed')}</h1>
    ${when && html`<p class="ask__more">${when}</p>`}
    <ul class="choices choices--two"><li><button type="button" class="choice" onClick=${() => go('check_in', { typed: '' })}>
      <strong>${t('kiosk.have_appointment')}</strong><span>${t('kiosk.have_appointment_more')}</span></button></li></ul>`
}
