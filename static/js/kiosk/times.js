// Choosing a time: today's first, by the hour where there are many; then other
// days. What is chosen is kept for this person before anything is typed.
import { html } from '../lib/html.js'
import { sameDay } from '../lib/clock.js'
import { hoursOf, nearest, newBooking, nextStep } from './plan.js'
import { Paged } from './paged.js'
import { useSend } from './send.js'

// Keeping a time, and going on to the next question.
function useHold({ boot, t, visit, go, still, slots, services }) {
  const { busy, refused, ask } = useSend(t, boot.token)
  const hold = async (at) => {
    const going = still()
    const answer = await ask('/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/holds', { at, services: visit.cart.map(({ id, quantity }) => ({ id, quantity })), channel: 'kiosk' })
    if (!answer) return
    if (answer.ok) {
      if (!going(answer.body.hold)) return // the person has gone meanwhile
      const booking = { ...newBooking(), ...visit.booking, at, hold: answer.body.hold }
      go(nextStep(services, booking).page, { booking, question: nextStep(services, booking).question, said: '' })
    } else if (answer.status >= 400 && answer.status < 500 && answer.code !== 'too_many_requests') {
      slots.again()
      if (going()) go('nearest', { said: answer.detail, near: at })
    }
  }
  return { busy, refused, hold }
}

const Choice = ({ strong, more, onClick, disabled, day }) => html`<li><button type="button" class=${day ? 'choice choice--day' : 'choice choice--time'} disabled=${disabled} onClick=${onClick}><strong class=${day ? undefined : 'time'}>${strong}</strong>${more && html`<span>${more}</span>`}</button></li>`

const Waiting = ({ t }) => html`<p class="ask__more" role="status">${t('kiosk.looking')}</p>`

/** dayOf is the day that is open: the chosen one, or today. */
export const dayOf = (slots, visit, isToday) => (slots.days || []).find((d) => (visit.day ? d.day === visit.day : isToday(d)))

/** Times of one day, by the hour where there are many. */
export function Times(context) {
  const { t, visit, go, slots, isToday } = context
  const { busy, refused, hold } = useHold(context)
  const day = dayOf(slots, visit, isToday)
  const title = !visit.day ? t('kiosk.times_today') : t('kiosk.times_day', { Day: day && isToday(day) ? t('kiosk.today') : t.date(visit.first) })
  if (!slots.days) return html`<h1 tabindex="-1">${title}</h1><${Waiting} t=${t} />`
  const hours = day ? hoursOf(day.times, t.time) : null
  const inHour = hours && hours.find((h) => h.hour === visit.hour)
  const times = inHour ? inHour.times : day ? day.times : []
  return html`<h1 tabindex="-1">${title}</h1>
    ${refused && html`<p class="notice" role="alert">${refused}</p>`}
    ${times.length === 0 && html`<p class="ask__more" role="status">${t('board.free_none')}</p>`}
    ${hours && !inHour
      ? html`<${Paged} t=${t} items=${hours} show=${(h) => html`<${Choice} key=${h.hour} strong=${t('kiosk.day_from', { Time: t.time(h.times[0]) })} more=${t('kiosk.free_times', { Count: h.times.length })} onClick=${() => go('times', { hour: h.hour })} />`} />`
      : html`<${Paged} t=${t} items=${times} show=${(at) => html`<${Choice} key=${at} strong=${t('common.at_time', { Time: t.time(at) })} disabled=${busy} onClick=${() => hold(at)} />`} />`}
    <button type="button" class="finder finder--more" disabled=${busy} onClick=${() => go('days', { hour: null })}>${t('kiosk.other_day')}</button>`
}

/** Days that have free times, as big buttons. */
export function Days({ t, go, slots, isToday }) {
  if (!slots.days) return html`<h1 tabindex="-1">${t('kiosk.days_title')}</h1><${Waiting} t=${t} />`
  return html`<h1 tabindex="-1">${t('kiosk.days_title')}</h1>
    ${slots.days.length === 0 && html`<p class="ask__more" role="status">${slots.refused || t('kiosk.none_free')}</p>`}
    <${Paged} t=${t} items=${slots.days} show=${(d) => html`<${Choice} key=${d.day} day strong=${isToday(d) ? t('kiosk.today') : t.date(d.times[0])}
      more=${t('kiosk.day_from', { Time: t.time(d.times[0]) }) + ' · ' + t('kiosk.free_times', { Count: d.times.length })} onClick=${() => go('times', { day: d.day, first: d.times[0], hour: null })} />`} />`
}

/** Nearest offers what is left when a time was lost. */
export function Nearest(context) {
  const { t, visit, go, slots, boot, now } = context
  const { busy, refused, hold } = useHold(context)
  const times = slots.days ? nearest(slots.days, visit.near) : []
  const typed = visit.booking && visit.booking.surname
  const today = (at) => sameDay(Date.parse(at), now(), boot.zone)
  return html`<h1 tabindex="-1">${times.length > 0 ? t('kiosk.nearest') : t('kiosk.days_title')}</h1>
    <p class="notice" role="alert">${refused || visit.said}${typed && ' ' + t('kiosk.kept_typed')}</p>
    ${!slots.days && html`<${Waiting} t=${t} />`}
    ${slots.days && times.length === 0 && html`<p class="ask__more">${t('kiosk.none_free')}</p>`}
    <ul class="choices">${times.map((at) => html`<${Choice} key=${at} strong=${t('common.at_time', { Time: t.time(at) })} more=${today(at) ? t('kiosk.today') : t.date(at)} disabled=${busy} onClick=${() => hold(at)} />`)}</ul>
    <button type="button" class="finder finder--more" disabled=${busy} onClick=${() => go('days', { hour: null })}>${t('kiosk.other_day')}</button>`
}
