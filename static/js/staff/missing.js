// The papers that visitors did not bring, the most missed first.
import { html } from '../lib/html.js'
import { useFetched } from './fetched.js'

const EVERY = 300_000 // ms
const DAYS = 28 // back, today included
const SHOWN = 8 // papers
const NAMED = 2 // services of a paper

/** @param {{page: Object}} props */
export function Missing({ page }) {
  const { t } = page
  const { body } = useFetched(page, '/missing-papers?days=' + DAYS, { every: EVERY })
  if (!body) return null
  const rows = body.papers.slice(0, SHOWN)
  const most = Math.max(1, ...rows.map((r) => r.count))
  return html`<section class="missing" aria-labelledby="missing-title">
    <h2 id="missing-title" class="heading">${t('supervisor.missing')}</h2>
    ${rows.length === 0 ? html`<p class="quiet">${t('supervisor.missing_none', { Count: DAYS })}</p>` : html`<table>
      <caption class="visually-hidden">${t('supervisor.missing')}</caption>
      <thead><tr><th scope="col">${t('supervisor.missing_paper')}</th><th scope="col" class="cell-number">${t('supervisor.missing_count', { Count: DAYS })}</th><th scope="col" class="cell-pair" aria-hidden="true"></th></tr></thead>
      <tbody>${rows.map((r) => html`<tr key=${r.id}><th scope="row">${page.name(r.names)} <span class="quiet missing__for">${r.services.slice(0, NAMED).map((s) => page.name(s.names)).join(' · ')}</span></th><td class="cell-number">${t.number(r.count)}</td>
        <td class="cell-pair" aria-hidden="true"><span class="missing__bar" style=${{ inlineSize: (100 * r.count) / most + '%' }}></span></td></tr>`)}</tbody>
    </table>`}
  </section>`
}
