// The promise ledger: the waits that were told, and what came of them.
import { html, useState } from '../lib/html.js'
import { Pair, PairHead, roundUp } from './chart.js'
import { useFetched } from './fetched.js'

const EVERY = 60_000 // ms
const SHOWN = 20 // rows of a part

/** @param {{page: Object}} props */
export function Ledger({ page }) {
  const { t } = page
  const { body } = useFetched(page, '/ledger', { every: EVERY })
  const [part, setPart] = useState('hours')
  if (!body) return null
  const all = body.all
  const parts = [['days', t('supervisor.ledger_days')], ['hours', t('supervisor.ledger_hours')], ['services', t('supervisor.ledger_services')]]
  return html`<section class="ledger" aria-labelledby="ledger-title">
    <h2 id="ledger-title" class="heading">${t('supervisor.ledger')}</h2>
    ${all.n === 0
      ? html`<p>${t('supervisor.ledger_empty')}</p>`
      : html`<${Sum} page=${page} body=${body} />
        <fieldset class="ledger__parts"><legend class="visually-hidden">${t('supervisor.ledger_by')}</legend>
          ${parts.map(([p, text]) => html`<label key=${p} class="choice"><input type="radio" name="ledger-part" checked=${part === p} onChange=${() => setPart(p)} /> ${text}</label>`)}</fieldset>
        <${Part} page=${page} body=${body} part=${part} />`}
  </section>`
}

const percent = (page, share) => page.t('supervisor.percent', { Count: Math.round(share * 100) })

function Sum({ page, body }) {
  const { t } = page
  const { all, left, parked } = body
  return html`<p class="ledger__lead">${all.said !== null && html`<span>${t('supervisor.ledger_said', { Said: Math.round(all.said), Came: Math.round(all.came) })}</span> `}
      <strong>${t('supervisor.ledger_inside', { Count: Math.round(all.inside * 100) })}</strong></p>
    <p class="quiet">${t('supervisor.ledger_from', { Count: all.n, From: longDay(page, body.from), To: longDay(page, body.to) })}
      ${' '}${t('supervisor.ledger_late', { P80: Math.round(all.after_p80 * 100), Beyond: Math.round(all.beyond * 100) })}
      ${left + parked > 0 && ' ' + t('supervisor.ledger_apart', { Left: left, Parked: parked })}</p>`
}

function Part({ page, body, part }) {
  const { t } = page
  const rows = (part === 'days' ? body.days.toReversed() : body[part]).slice(0, SHOWN)
  const max = roundUp(Math.max(5, ...rows.flatMap((r) => [r.said || 0, r.came || 0])))
  const head = { days: t('supervisor.ledger_day'), hours: t('supervisor.ledger_hour'), services: t('desk.col_service') }[part]
  const of = (r) => (part === 'days' ? day(page, r.day) : part === 'hours' ? t('supervisor.ledger_at_hour', { Hour: String(r.hour) }) : page.name(r.names))
  const minutes = (m) => (m === null ? '–' : t.number(Math.round(m)))
  return html`<table class="ledger__table">
    <caption class="visually-hidden">${t('supervisor.ledger_table')}</caption>
    <thead><tr><th scope="col">${head}</th><th scope="col" class="cell-number">${t('supervisor.ledger_n')}</th>
      <th scope="col" class="cell-number">${t('supervisor.ledger_col_said')}</th><th scope="col" class="cell-number">${t('supervisor.ledger_col_came')}</th>
      <th scope="col" class="cell-pair" aria-hidden="true"><${PairHead} from=${t('supervisor.ledger_col_said')} to=${t('supervisor.ledger_col_came')} /></th>
      <th scope="col" class="cell-number">${t('supervisor.ledger_col_inside')}</th><th scope="col" class="cell-number ledger__late">${t('supervisor.ledger_col_beyond')}</th></tr></thead>
    <tbody>${rows.map((r) => html`<tr key=${of(r)}><th scope="row">${of(r)}</th><td class="cell-number">${t.number(r.n)}</td>
      <td class="cell-number">${minutes(r.said)}</td><td class="cell-number">${minutes(r.came)}</td>
      <td class="cell-pair" aria-hidden="true"><${Pair} from=${r.said} to=${r.came} max=${max} /></td>
      <td class="cell-number"><strong>${percent(page, r.inside)}</strong></td><td class="cell-number ledger__late">${percent(page, r.beyond)}</td></tr>`)}</tbody>
  </table>`
}

/** "24. November" of a local day, whatever the device's zone. */
const longDay = (page, date) => new Intl.DateTimeFormat(page.t.lang, { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(date + 'T00:00:00Z'))

/** "Di., 24. Nov." of the same. */
const day = (page, date) => new Intl.DateTimeFormat(page.t.lang, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(date + 'T00:00:00Z'))
