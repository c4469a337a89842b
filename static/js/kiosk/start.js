// The first pages: which language, and with or without an appointment.
import { html } from '../lib/html.js'
import { sameDay } from '../lib/clock.js'
import { spanOf } from '../lib/span.js'
import { freeText, waitText } from '../lib/wait.js'

/** Language asks first, in every language at once. */
export function Language({ texts, go }) {
  return html`<h1 tabindex="-1" class="hello">${texts.map((t) => html`<span lang=${t.lang} dir=${t.dir}>${t('kiosk.hello')}</span>`)}</h1>
    <ul class="choices choices--languages">${texts.map((t) => html`<li key=${t.lang}>
      <button type="button" class="choice" lang=${t.lang} dir=${t.dir} onClick=${() => go('start', { lang: t.lang })}>${t(`common.language_${t.lang}`)}</button></li>`)}</ul>`
}

/** booksHere tells whether citizens book by themselves here. */
export const booksHere = (view) => Boolean(view) && view.free_today !== null

/** Start asks whether somebody has an appointment. */
export function Start({ t, view, go }) {
  const numbers = !view || view.hours.intake
  const books = booksHere(view)
  const { told, differs } = view ? spanOf(view.categories) : {}
  const now = [numbers && told && t('wait.now_for') + ': ' + waitText(t, told) + (differs ? ' ' + t('public.differs') : ''), books && freeText(t, view.free_today)].filter(Boolean)
  return html`<h1 tabindex="-1">${t('kiosk.welcome')}</h1>
    ${!numbers && !books && html`<p class="ask__more">${t('kiosk.no_numbers')}</p>`}
    ${now.length > 0 && html`<p class="ask__more start__now">${now.map((text) => html`<span>${text}</span> `)}</p>`}
    <ul class="choices choices--two">
      <li><button type="button" class="choice choice--main" disabled=${!numbers && !books} onClick=${() => go('categories', { cart: [] })}>
        <strong>${t(!books ? 'kiosk.draw' : numbers ? 'kiosk.draw_or_book' : 'kiosk.book')}</strong><span>${t(numbers ? 'kiosk.draw_more' : 'kiosk.book_more')}</span></button></li>
      <li><button type="button" class="choice" onClick=${() => go('check_in', { typed: '' })}>
        <strong>${t('kiosk.have_appointment')}</strong><span>${t('kiosk.have_appointment_more')}</span></button></li>
    </ul>`
}

/** Closed says so in every language, and when it opens. Who has an appointment
 * may still check in, and who wants one on another day may book. */
export function Closed({ boot, t, texts, view, now, go }) {
  const opens = view.hours.opens
  const today = opens && sameDay(Date.parse(opens), now(), boot.zone)
  const when = (w) => (today ? w('board.opens_at', { Time: w.time(opens) }) : w('board.opens_day', { Day: w.date(opens), Time: w.time(opens) }))
  return html`<h1 tabindex="-1" class="visually-hidden">${t('board.closed')}</h1>
    <div class="shut">${texts.map((w) => html`<p lang=${w.lang} dir=${w.dir}><strong>${w('board.closed')}</strong> ${opens && when(w)}</p>`)}</div>
    <ul class="choices choices--two"><li><button type="button" class="choice" onClick=${() => go('check_in', { typed: '' })}>
      <strong>${t('kiosk.have_appointment')}</strong><span>${t('kiosk.have_appointment_more')}</span></button></li>
      ${booksHere(view) && html`<li><button type="button" class="choice" onClick=${() => go('language', { outOfHours: true })}><strong>${t('kiosk.book')}</strong></button></li>`}</ul>`
}
