// How long services really take, the planned length that follows from it, and
// the lengths that were set.
import { html, useState } from '../lib/html.js'
import { rem, roundUp, useWidth } from './chart.js'
import { useFetched } from './fetched.js'

const EVERY = 600_000 // ms; what is learned moves slowly

/** @param {{page: Object, press: Object}} props */
export function Lengths({ page, press }) {
  const { t } = page
  const [changed, setChanged] = useState(0)
  const { body } = useFetched(page, '/lengths', { every: EVERY, of: changed })
  if (!body) return null
  const max = roundUp(Math.max(10, ...body.services.flatMap((s) => [s.p90, s.planned.minutes, s.proposed.minutes])))
  const set = async (service, minutes, from, said) => {
    if (await press.send('planned', page.api + '/services/' + encodeURIComponent(service) + '/planned', { minutes, from }, { said })) setChanged((n) => n + 1)
  }
  return html`<section class="lengths" aria-labelledby="lengths-title">
    <h2 id="lengths-title" class="heading">${t('supervisor.lengths')}</h2>
    ${body.services.length === 0 ? html`<p>${t('supervisor.lengths_none', { Count: body.enough })}</p>`
      : html`<ul class="lengths__list" role="list">${body.services.map((s) => html`<${One} key=${s.service} page=${page} s=${s} max=${max} today=${body.today} press=${press} onSet=${set} />`)}</ul>`}
    ${body.services.length > 0 && body.few > 0 && html`<p class="quiet">${t('supervisor.lengths_few', { Count: body.few, Cases: body.enough })}</p>`}
    ${body.set.length > 0 && html`<${Set} page=${page} list=${body.set} press=${press} onSet=${set} />`}
  </section>`
}

function One({ page, s, max, today, press, onSet }) {
  const { t } = page
  const [from, setFrom] = useState(today)
  const name = page.name(s.names)
  const fits = s.planned.minutes === s.proposed.minutes
  const accept = (event) => {
    event.preventDefault()
    onSet(s.service, s.proposed.minutes, from, t('supervisor.said_planned', { Service: name, Count: s.proposed.minutes, Date: day(page, from) }))
  }
  return html`<li class="length">
    <h3 class="length__name">${name}</h3>
    <${Spread} page=${page} s=${s} max=${max} />
    <p class="length__said">${t('supervisor.length_measured', { Planned: s.planned.minutes, Median: Math.round(s.median), P10: Math.round(s.p10), P90: Math.round(s.p90), Count: s.cases })}
      ${' '}<strong>${fits ? t('supervisor.length_fits') : t('supervisor.length_proposed', { Count: s.proposed.minutes })}</strong></p>
    ${!fits && html`<p class="quiet">${t('supervisor.length_effect', {
      NowOver: Math.round(s.planned.over * 100), ThenOver: Math.round(s.proposed.over * 100), NowWait: Math.round(s.planned.wait), ThenWait: Math.round(s.proposed.wait),
      NowHour: s.planned.per_hour, ThenHour: s.proposed.per_hour })}</p>
      <form class="length__accept" onSubmit=${accept}>
        <div class="field"><label for=${'from-' + s.service}>${t('supervisor.length_from')}</label>
          <input id=${'from-' + s.service} type="date" required min=${today} value=${from} onInput=${(e) => setFrom(e.target.value)} /></div>
        <button type="submit" aria-label=${t('supervisor.length_accept_of', { Service: name, Count: s.proposed.minutes })} aria-busy=${press.pending === 'planned' ? 'true' : null}>${t('supervisor.length_accept', { Count: s.proposed.minutes })}</button>
      </form>`}
  </li>`
}

/** Where eight of ten cases lie, their middle, and what is planned and proposed. */
function Spread({ page, s, max }) {
  const { t } = page
  const [ref, width] = useWidth(280)
  const x = (m) => 8 + (Math.min(m, max) / max) * (width - 16)
  const close = Math.abs(x(s.planned.minutes) - x(s.proposed.minutes))
  const fits = s.planned.minutes === s.proposed.minutes
  // Words that would stand on each other move apart.
  const shift = fits || close > 130 ? 0 : (130 - close) / 2
  const way = s.planned.minutes < s.proposed.minutes ? -1 : 1
  const at = (m, by) => Math.min(Math.max(x(m) + by, 46), width - 46)
  return html`<div class="length__picture" ref=${ref}><svg class="chart" role="img" viewBox=${`0 0 ${width} 78`} width=${rem(width)} height=${rem(78)}
    aria-label=${t('supervisor.length_picture', { P10: Math.round(s.p10), P90: Math.round(s.p90), Median: Math.round(s.median), Planned: s.planned.minutes, Proposed: s.proposed.minutes })}>
    <line class="chart__axis" x1="8" y1="40" x2=${width - 8} y2="40" />
    <line class="chart__spread" x1=${x(s.p10)} y1="40" x2=${x(s.p90)} y2="40" />
    <circle class="chart__dot" cx=${x(s.median)} cy="40" r="6" />
    <text class="chart__quiet" x=${x(s.p10)} y="64" text-anchor="middle">${Math.round(s.p10)}</text>
    <text class="chart__strong" x=${x(s.median)} y="64" text-anchor="middle">${Math.round(s.median)}</text>
    <text class="chart__quiet" x=${Math.min(x(s.p90), width - 22)} y="64" text-anchor="middle">${t('desk.minutes', { Count: Math.round(s.p90) })}</text>
    <path class="chart__tick" d=${`M${x(s.planned.minutes)} 22V52`} />
    <text x=${at(s.planned.minutes, way * shift)} y="14" text-anchor="middle">${fits ? t('supervisor.length_is_both', { Count: s.planned.minutes }) : t('supervisor.length_is_planned', { Count: s.planned.minutes })}</text>
    ${!fits && html`<path class="chart__tick chart__tick--then" d=${`M${x(s.proposed.minutes)} 22V52`} />
      <text class="chart__strong" x=${at(s.proposed.minutes, -way * shift)} y="14" text-anchor="middle">${t('supervisor.length_is_proposed', { Count: s.proposed.minutes })}</text>`}
  </svg></div>`
}

function Set({ page, list, press, onSet }) {
  const { t } = page
  return html`<h3 class="lengths__set-title">${t('supervisor.lengths_set')}</h3>
    <table class="lengths__set">
      <caption class="visually-hidden">${t('supervisor.lengths_set')}</caption>
      <thead><tr><th scope="col">${t('desk.col_service')}</th><th scope="col" class="cell-number">${t('supervisor.length_minutes')}</th><th scope="col">${t('supervisor.length_from')}</th><th scope="col"><span class="visually-hidden">${t('supervisor.length_back')}</span></th></tr></thead>
      <tbody>${list.map((p) => html`<tr key=${p.service + p.from}><th scope="row">${page.name(p.names)}</th><td class="cell-number">${t.number(p.minutes)}</td>
        <td>${day(page, p.from)} ${p.counts && html`<span class="quiet">${t('supervisor.length_counts')}</span>`}</td>
        <td><button type="button" class="button--plain" aria-label=${t('supervisor.length_back_of', { Service: page.name(p.names), Date: day(page, p.from) })} disabled=${press.pending === 'planned'}
          onClick=${() => onSet(p.service, 0, p.from, t('supervisor.said_planned_back', { Service: page.name(p.names) }))}>${t('supervisor.length_back')}</button></td></tr>`)}</tbody>
    </table>`
}

const day = (page, date) => new Intl.DateTimeFormat(page.t.lang, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(date + 'T00:00:00Z'))
