// What if a desk opened, closed or paused now: the waits before and after, to
// be seen before anybody decides.
import { html, useEffect, useRef, useState } from '../lib/html.js'
import { someNames } from './ahead.js'
import { Pair, PairHead, roundUp } from './chart.js'
import { useFetched } from './fetched.js'
import { refusalText } from './press.js'
import { phaseWord } from './transfer.js'

const EVERY = 15_000 // ms; as often as the server looks ahead by itself
const MINUTES = [15, 30, 45, 60]

/**
 * @param {{page: Object, view: Object, press: Object, wanted: {desk: string, action: string, n: number}|null}} props
 *   wanted: a question that was asked elsewhere on the page; the focus comes here
 */
export function WhatIf({ page, view, press, wanted }) {
  const { t, name } = page
  const [asked, setAsked] = useState(null)
  const select = useRef(null)
  const [here, setHere] = useState(false) // the answer is read out to who asks, not whenever the room changes
  useEffect(() => {
    if (!wanted) return
    setAsked({ desk: wanted.desk, action: wanted.action, minutes: 30 })
    select.current?.focus()
  }, [wanted])
  const q = asked || firstQuestion(view)
  const change = (part) => setAsked({ ...q, ...part })
  const path = '/what-if?desk=' + encodeURIComponent(q.desk) + '&do=' + q.action + (q.action === 'pause' ? '&minutes=' + q.minutes : '')
  const { body, refused, path: answered } = useFetched(page, path, { every: EVERY, of: view.desks.map((d) => d.phase + (d.ticket?.state || '')).join() })
  const desk = view.desks.find((d) => d.desk === q.desk)
  const actions = [['open', t('supervisor.what_if_open')], ['close', t('supervisor.what_if_close')], ['pause', t('supervisor.what_if_pause')]]
  return html`<section class="what-if" aria-labelledby="what-if-title" onFocusIn=${() => setHere(true)} onFocusOut=${() => setHere(false)}>
    <h2 id="what-if-title" class="heading">${t('supervisor.what_if')}</h2>
    <form class="what-if__ask" onSubmit=${(e) => e.preventDefault()}>
      <div class="field"><label for="what-if-desk">${t('supervisor.what_if_desk')}</label>
        <select id="what-if-desk" ref=${select} value=${q.desk} onChange=${(e) => change({ desk: e.target.value })}>${view.desks.map((d) => html`<option key=${d.desk} value=${d.desk}>${name(d.names)} – ${phaseWord(page, d)}</option>`)}</select></div>
      <fieldset class="what-if__do"><legend>${t('supervisor.what_if_do')}</legend>
        ${actions.map(([a, text]) => html`<label key=${a} class="choice"><input type="radio" name="what-if-do" value=${a} checked=${q.action === a} onChange=${() => change({ action: a })} /> ${text}</label>`)}
      </fieldset>
      ${q.action === 'pause' && html`<div class="field"><label for="what-if-minutes">${t('supervisor.what_if_minutes')}</label>
        <select id="what-if-minutes" value=${q.minutes} onChange=${(e) => change({ minutes: Number(e.target.value) })}>${MINUTES.map((m) => html`<option key=${m} value=${m}>${t('desk.minutes_long', { Count: m })}</option>`)}</select></div>`}
    </form>
    <div class="what-if__answer" aria-live=${here ? 'polite' : 'off'} aria-busy=${answered === path ? null : 'true'}>
      ${body && html`<${Effect} page=${page} effect=${body} />`}
      ${refused && html`<p class="what-if__lead">${refusalText(page, refused)}</p>`}
      ${!body && !refused && html`<p class="quiet">${t('common.wait')}</p>`}
    </div>
    ${body && !body.same && answered === path && html`<${Decide} page=${page} desk=${desk} q=${q} press=${press} />`}
  </section>`
}

/** The most asked: the first closed desk opens; if none is closed, the first goes to lunch. */
function firstQuestion(view) {
  const closed = view.desks.find((d) => d.phase === 'closed')
  return { desk: (closed || view.desks[0]).desk, action: closed ? 'open' : 'pause', minutes: 30 }
}

function Effect({ page, effect }) {
  const { t } = page
  if (effect.same) return html`<p class="what-if__lead">${t('supervisor.what_if_same')}</p>`
  const { before, after } = effect
  if (!before.staffed && !after.staffed) return html`<p class="what-if__lead">${t('supervisor.ahead_nobody')}</p>`
  const rows = rowsOf(page, effect)
  const max = roundUp(Math.max(5, before.mean || 0, after.mean || 0, ...rows.flatMap((r) => [r.from || 0, r.to || 0])))
  return html`<p class="what-if__lead">${leadText(page, effect)}</p>
    ${overText(page, effect) && html`<p>${overText(page, effect)}</p>`}
    <table class="what-if__table">
      <caption class="visually-hidden">${t('supervisor.what_if_table')}</caption>
      <thead><tr><th scope="col">${t('supervisor.what_if_newcomer')}</th><th scope="col" class="cell-number">${t('supervisor.what_if_before')}</th><th scope="col" class="cell-number">${t('supervisor.what_if_after')}</th>
        <th scope="col" class="cell-pair" aria-hidden="true"><${PairHead} from=${t('supervisor.what_if_before')} to=${t('supervisor.what_if_after')} /></th></tr></thead>
      <tbody>${rows.map((r) => html`<tr key=${r.id}><th scope="row">${r.names}</th><td class="cell-number">${r.before}</td><td class="cell-number"><strong>${r.after}</strong></td>
        <td class="cell-pair" aria-hidden="true"><${Pair} from=${r.from} to=${r.to} max=${max} /></td></tr>`)}</tbody>
    </table>`
}

/** What it does to those who wait now. */
function leadText(page, { waiting, before, after }) {
  const { t } = page
  if (!after.staffed) return t('supervisor.what_if_last')
  if (waiting === 0) return t('supervisor.what_if_empty')
  if (before.mean === null && after.mean === null) return t('supervisor.what_if_unknown')
  if (before.mean === null) return t('supervisor.what_if_now_known', { After: Math.round(after.mean) })
  if (after.mean === null) return t('supervisor.what_if_lost', { Before: Math.round(before.mean) })
  return t('supervisor.what_if_mean', { Before: Math.round(before.mean), After: Math.round(after.mean) })
}

function overText(page, { waiting, ceiling_minutes: ceiling, before, after }) {
  if (!waiting || before.over === null) return ''
  const [was, is] = [Math.round(before.over), Math.round(after.over)]
  if (was === 0 && is === 0) return page.t('supervisor.what_if_over_none', { Ceiling: ceiling })
  const key = was === is ? 'supervisor.what_if_over_same' : is < was ? 'supervisor.what_if_fewer' : 'supervisor.what_if_more'
  return page.t(key, { Ceiling: ceiling, Count: Math.abs(is - was), Before: was, After: is })
}

/** Categories that a change touches alike, to within two minutes, stand in one row. */
function rowsOf(page, { before, after }) {
  const categories = page.catalogue.categories
  const rows = []
  categories.forEach((c, i) => {
    const [b, a] = [before.newcomers[i], after.newcomers[i]]
    const row = rows.find((r) => near(r.b, b) && near(r.a, a))
    if (!row) return rows.push({ id: c.id, list: [page.name(c.names)], b: { ...b }, a: { ...a } })
    row.list.push(page.name(c.names))
    widen(row.b, b)
    widen(row.a, a)
  })
  return rows.map((r) => ({ id: r.id, before: newcomerText(page, r.b), after: newcomerText(page, r.a), from: middleOf(r.b), to: middleOf(r.a),
    names: someNames(page, r.list) }))
}

const near = (x, y) => x.state === y.state && Math.abs(x.middle - y.middle) <= 2
const widen = (x, y) => Object.assign(x, { low: Math.min(x.low, y.low), high: Math.max(x.high, y.high) })
const middleOf = (n) => (n.state === 'range' || n.state === 'unsure' ? n.middle : null)

function newcomerText(page, n) {
  if (n.state === 'nobody') return page.t('supervisor.what_if_nobody')
  if (n.state === 'unknown') return page.t('supervisor.what_if_not_today')
  return page.t(n.state === 'unsure' ? 'supervisor.what_if_range_unsure' : 'supervisor.what_if_range', { Low: n.low, High: n.high })
}

/** What can be done from here is one press; the rest is said. */
function Decide({ page, desk, q, press }) {
  const { t, name } = page
  const mine = desk.by === page.boot.me?.id
  const url = page.api + '/desks/' + encodeURIComponent(desk.desk) + '/'
  const send = (action, body, said) => press.send('what-if', url + action, body, { said })
  const params = { Desk: name(desk.names) }
  const button = (text, onClick) => html`<p class="what-if__decide"><button type="button" class="button--primary" aria-busy=${press.pending === 'what-if' ? 'true' : null} onClick=${onClick}>${text}</button></p>`
  if (q.action === 'close') return button(t('supervisor.close_desk_of', params), () => send('close', {}, t('supervisor.said_desk_closed', params)))
  if (q.action === 'open' && desk.phase === 'closed') {
    return html`${button(t('supervisor.what_if_open_self', params), () => send('open', {}, t('desk.said_open', params)))}<p class="quiet">${t('supervisor.what_if_open_hint')}</p>`
  }
  if (q.action === 'open' && mine) return button(t('supervisor.what_if_resume', params), () => send('resume', {}, t('desk.said_resume')))
  if (q.action === 'pause' && mine) {
    return button(t('supervisor.what_if_pause_self', { ...params, Count: q.minutes }), () => send('pause', { until: new Date(Date.now() + q.minutes * 60_000).toISOString() }, t('desk.said_pause')))
  }
  return html`<p class="quiet">${t('supervisor.what_if_at_desk', params)}</p>`
}
