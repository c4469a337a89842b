// The day's plan against capacity: what the desks can take, what is kept for
// people without an appointment, what is booked, and who else is expected.
import { html, useState } from '../lib/html.js'
import { addDays, dayOf, isDay, longDay, mondayOf } from './days.js'
import { useFetched } from './fetched.js'
import { inDesks, isOver } from './plan_hour.js'
import { DayPicture, WeekPicture } from './plan_picture.js'

const EVERY = 60_000 // ms

/** @param {{page: Object, now: number, of: unknown}} props of: asked again when this changes */
export function Plan({ page, now, of: changed }) {
  const { t } = page
  const today = dayOf(now, page.boot.zone)
  const [chosen, setChosen] = useState('')
  const day = chosen || today
  const monday = mondayOf(day)
  const { body } = useFetched(page, `/plan?day=${monday}&days=7`, { every: EVERY, of: changed })
  const of = body?.days.find((d) => d.day === day)
  const top = body ? topOf(body.days) : 1
  return html`<section class="plan" aria-labelledby="plan-title">
    <h2 id="plan-title" class="heading">${t('supervisor.plan')}</h2>
    <div class="plan__choose">
      <button type="button" onClick=${() => setChosen(addDays(day, -1))}>${t('supervisor.plan_before')}</button>
      <div class="field plan__day"><label for="plan-day">${t('supervisor.plan_day')}</label>
        <input id="plan-day" type="date" value=${day} onInput=${(e) => isDay(e.target.value) && setChosen(e.target.value)} /></div>
      <button type="button" onClick=${() => setChosen(addDays(day, 1))}>${t('supervisor.plan_after')}</button>
      ${day !== today && html`<button type="button" class="button--plain" onClick=${() => setChosen('')}>${t('supervisor.plan_today')}</button>`}
      <a class="plan__paper" href=${`/reception/${encodeURIComponent(page.office)}/day?day=${day}`}>${t('supervisor.plan_paper')}</a>
      <a class="plan__paper" href=${`${page.api}/day.csv?day=${day}`} download>${t('supervisor.plan_csv')}</a>
    </div>
    ${of ? html`<${Day} page=${page} body=${body} day=${of} top=${top} />` : html`<p class="quiet plan__wait">${t('common.wait')}</p>`}
    ${body && html`<ul class="plan__week" role="list" aria-label=${t('supervisor.plan_week')}>
      ${body.days.map((d) => html`<li key=${d.day}><${WeekPicture} page=${page} day=${d} top=${top} chosen=${d.day === day} today=${body.today} onChoose=${() => setChosen(d.day)} /></li>`)}
    </ul>`}
  </section>`
}

/** The end of the scale for all days that are shown, in desks. */
function topOf(days) {
  const each = days.flatMap((d) => d.hours.map((h) => Math.max(inDesks(h.capacity_minutes, h), inDesks(h.booked_minutes + h.held_minutes + (h.walk_in_minutes || 0), h))))
  return Math.max(1, Math.ceil(Math.max(0, ...each)))
}

function Day({ page, body, day, top }) {
  const { t } = page
  return html`<p class="plan__lead">${leadOf(page, day)}</p>
    ${day.hours.length > 0 && html`<${DayPicture} page=${page} day=${day} top=${top} said=${saidOf(page, day)} />
      <details class="plan__table"><summary>${t('supervisor.as_table')}</summary><${Table} page=${page} day=${day} /></details>`}
    <${More} page=${page} body=${body} day=${day} />`
}

/** What is sold beyond the desks on the day, hour by hour, and why. */
function More({ page, body, day }) {
  const { t } = page
  if (body.overbooking === 'unlearned') return html`<p class="plan__more quiet">${t('supervisor.more_unlearned')}</p>`
  if (body.overbooking === 'no_target') return html`<p class="plan__more quiet">${t('supervisor.more_no_target')}</p>`
  if (day.overbook.length === 0) return null
  return html`<ul class="plan__more" role="list" aria-label=${t('supervisor.more')}>${day.overbook.map((h) => html`<li key=${h.hour}>${moreText(page, body, h)}</li>`)}</ul>`
}

function moreText(page, body, h) {
  const { t } = page
  const params = { Count: h.extra, Hour: h.hour, Booked: h.booked, Missing: t.number(h.missing), Minutes: Math.max(1, h.wait_minutes), Target: body.target_minutes }
  if (h.why === 'sold') return t('supervisor.more_sold', params)
  return h.extra > 0 ? t('supervisor.more_fewer', params) : t('supervisor.more_none', params)
}

function leadOf(page, day) {
  const { t } = page
  const name = longDay(page, day.day)
  if (!day.open) return html`<strong>${t('supervisor.plan_closed', { Day: name })}</strong> ${day.visits > 0 && t('supervisor.plan_yet', { Count: day.visits })}`
  const share = day.capacity_minutes > 0 ? Math.round((100 * day.booked_minutes) / day.capacity_minutes) : 0
  return html`<strong>${t('supervisor.plan_visits', { Day: name, Count: day.visits })}</strong>
    ${' '}${t('supervisor.plan_share', { Percent: share })}
    ${day.walk_ins !== null && ' ' + t('supervisor.plan_walk_ins', { Count: Math.round(day.walk_ins) })}
    ${day.blackout && ' ' + t('supervisor.plan_blackout')}${day.beyond && ' ' + t('supervisor.plan_beyond')}`
}

/** The picture in one sentence: the fullest hour, and where more come than desks can take. */
function saidOf(page, day) {
  const { t } = page
  const full = day.hours.reduce((best, h) => (h.booked_minutes > best.booked_minutes ? h : best), day.hours[0])
  const over = day.hours.filter(isOver).length
  return t('supervisor.plan_picture', { Day: longDay(page, day.day), Hour: full.hour, Visits: full.visits }) + (over > 0 ? ' ' + t('supervisor.plan_picture_over', { Count: over }) : '')
}

function Table({ page, day }) {
  const { t } = page
  const some = (n) => (n === null ? '–' : t.number(Math.round(n)))
  const heads = [t('supervisor.plan_col_desks'), t('supervisor.plan_col_kept'), t('supervisor.plan_col_visits'), t('supervisor.plan_col_booked'),
    t('supervisor.plan_col_held'), t('supervisor.plan_col_walk_ins'), t('supervisor.plan_col_walk_in_time'), t('supervisor.plan_col_extra')]
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('supervisor.plan_table')}><table>
    <caption class="visually-hidden">${t('supervisor.plan_table')}</caption>
    <thead><tr><th scope="col">${t('supervisor.ledger_hour')}</th>${heads.map((text) => html`<th key=${text} scope="col" class="cell-number">${text}</th>`)}</tr></thead>
    <tbody>${day.hours.map((h) => html`<tr key=${h.hour}><th scope="row" class="time">${t.time(h.from)}</th>
      <td class="cell-number">${t.number(h.capacity_minutes)}</td><td class="cell-number">${t.number(h.kept_minutes)}</td>
      <td class="cell-number">${t.number(h.visits)}</td><td class="cell-number">${t.number(h.booked_minutes)}</td><td class="cell-number">${t.number(h.held_minutes)}</td>
      <td class="cell-number">${some(h.walk_ins)}</td><td class="cell-number">${some(h.walk_in_minutes)}${isOver(h) && html` <span class="state--warn">${t('supervisor.plan_over')}</span>`}</td>
      <td class="cell-number">${t.number(h.extra)}</td></tr>`)}</tbody>
  </table></div>`
}
