// The next hours: where newcomers would wait too long, and what prevents it.
import { html } from '../lib/html.js'
import { useAhead } from './ahead_line.js'
import { Band, roundUp } from './chart.js'

/** The peak in words: when, how long, and what is to be done about it. */
export function peakText(page, ahead, peak) {
  const { t } = page
  const now = ahead.categories.some((c) => peak.categories.includes(c.id) && c.steps[0]?.known && c.steps[0].middle > ahead.target_minutes && c.steps[1]?.at === peak.from)
  if (now) return t('supervisor.ahead_peak_now', { Minutes: ahead.target_minutes })
  return t('supervisor.ahead_peak', { Time: t.time(peak.from), Minutes: ahead.target_minutes })
}

function reliefText(page, relief) {
  const { t } = page
  return t(relief.prevents ? 'supervisor.ahead_prevents' : 'supervisor.ahead_lowers', { Count: relief.minutes, Minutes: Math.round(relief.worst) })
}

function reliefDetail(page, ahead, relief) {
  const { t } = page
  const soon = Date.parse(relief.from) - Date.parse(ahead.at) < 60_000
  const params = { Desk: page.desk(relief.desk), From: t.time(relief.from), Until: t.time(Date.parse(relief.from) + relief.minutes * 60_000), Minutes: Math.round(relief.worst) }
  return t(soon ? 'supervisor.ahead_from_now' : 'supervisor.ahead_from', params)
}

/** @param {{page: Object, view: Object, onAsk: (question: Object) => void}} props onAsk puts a desk into the what-if */
export function NextHours({ page, view, onAsk }) {
  const { t } = page
  const ahead = useAhead(page, view)
  return html`<section class="ahead" aria-labelledby="ahead-title">
    <h2 id="ahead-title" class="heading">${t('supervisor.ahead')}</h2>
    ${ahead ? html`<${Told} page=${page} ahead=${ahead} onAsk=${onAsk} />` : html`<p class="quiet">${t('common.wait')}</p>`}
  </section>`
}

function Told({ page, ahead, onAsk }) {
  const { t } = page
  const known = ahead.categories.some((c) => c.steps.some((s) => s.known))
  if (!ahead.staffed && !known) return html`<p class="ahead__lead">${t('supervisor.ahead_nobody')}</p>`
  if (!known) return html`<p class="ahead__lead">${t('supervisor.ahead_over')}</p>`
  const groups = groupsOf(page, ahead)
  const last = groups[0].steps[groups[0].steps.length - 1]
  const max = roundUp(Math.max(ahead.target_minutes * 1.25, ...groups.flatMap((g) => g.steps.map((s) => s.high))))
  return html`${ahead.peaks.length === 0 && html`<p class="ahead__lead">${ahead.target_minutes > 0 ? t('supervisor.ahead_calm', { Time: t.time(last.at), Minutes: ahead.target_minutes }) : t('supervisor.ahead_no_target')}</p>`}
    ${ahead.peaks.length > 0 && html`<ul class="ahead__peaks" role="list">${ahead.peaks.slice(0, 3).map((p) => html`<li key=${p.from + p.categories[0]} class="ahead__peak">
      <p class="ahead__lead"><strong>${peakText(page, ahead, p)}</strong> ${p.relief ? reliefText(page, p.relief) : ahead.all_open ? t('supervisor.ahead_all_open') : t('supervisor.ahead_nothing')}</p>
      <p class="quiet">${p.relief && reliefDetail(page, ahead, p.relief) + ' '}${t('supervisor.ahead_concerns', { Names: namesOf(page, ahead, p.categories) })}</p>
      ${p.relief && html`<p><button type="button" onClick=${() => onAsk({ desk: p.relief.desk, action: 'open' })}>${t('supervisor.ahead_ask', { Desk: page.desk(p.relief.desk) })}</button></p>`}
    </li>`)}</ul>`}
    <div class="ahead__pictures">${groups.map((g) => html`<figure key=${g.id} class="ahead__picture">
      <figcaption>${g.names}</figcaption>
      <${Band} page=${page} steps=${g.steps} target=${ahead.target_minutes} max=${max} said=${groupText(page, g)} />
    </figure>`)}</div>
    <details class="ahead__table"><summary>${t('supervisor.as_table')}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${t('supervisor.ahead_table')}><table>
        <caption class="visually-hidden">${t('supervisor.ahead_table')}</caption>
        <thead><tr><th scope="col">${t('supervisor.ahead_at')}</th>${groups.map((g) => html`<th key=${g.id} scope="col" class="cell-number">${g.names}</th>`)}</tr></thead>
        <tbody>${groups[0].steps.map((s, i) => html`<tr key=${s.at}><th scope="row" class="time">${i === 0 ? t('supervisor.now') : t.time(s.at)}</th>
          ${groups.map((g) => html`<td key=${g.id} class="cell-number">${stepText(page, g.steps[i])}</td>`)}</tr>`)}</tbody>
      </table></div></details>`
}

/**
 * Categories for which the next hours are alike to within what is worth a
 * picture share the one of the longest wait.
 */
function groupsOf(page, ahead) {
  const told = ahead.categories.filter((c) => c.steps.some((s) => s.known)).sort((a, b) => worst(b.steps) - worst(a.steps))
  const groups = []
  for (const c of told) {
    const group = groups.find((g) => alike(g.steps, c.steps))
    if (group) group.list.push(c.id)
    else groups.push({ id: c.id, list: [c.id], steps: c.steps })
  }
  return groups.map((g) => ({ ...g, names: namesOf(page, ahead, g.list) }))
}

const worst = (steps) => Math.max(0, ...steps.filter((s) => s.known).map((s) => s.middle))
const alike = (a, b) => a.every((s, i) => s.known === b[i].known && (!s.known || Math.abs(s.middle - b[i].middle) <= Math.max(3, s.middle / 8)))

const NAMES = 3 // of categories that are written out

/** The names of categories; of many the first few. */
export function someNames(page, names) {
  const { t } = page
  if (names.length > 1 && names.length === page.catalogue.categories.length) return t('supervisor.ahead_all')
  if (names.length <= NAMES + 1) return names.join(' · ')
  return t('supervisor.ahead_more', { Names: names.slice(0, NAMES).join(' · '), Count: names.length - NAMES })
}

const namesOf = (page, ahead, ids) => someNames(page, ids.map((id) => page.name(ahead.categories.find((c) => c.id === id)?.names)))

const stepText = (page, s) => (s?.known ? s.low + '–' + s.high : '–')

function groupText(page, g) {
  const told = g.steps.filter((s) => s.known)
  const worst = told.reduce((a, b) => (b.middle > a.middle ? b : a))
  return page.t('supervisor.ahead_said', { Names: g.names, Low: told[0].low, High: told[0].high, Time: page.t.time(worst.at), Minutes: Math.round(worst.middle) })
}
