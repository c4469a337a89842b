// What counts for booking: configured in the file, and what a supervisor lays
// over it here. It is laid over as a whole; each field says what is configured
// where that differs.
import { html, useRef, useState } from '../lib/html.js'
import { command } from '../lib/command.js'
import { addDays, plainDay } from './days.js'
import { useFetched } from './fetched.js'
import { refusalText } from './press.js'
import { DayList, LastDays, ServiceList } from './terms_lists.js'
import { Shares } from './terms_share.js'

/** @param {{page: Object, press: Object, onChanged: () => void}} props */
export function Terms({ page, press, onChanged }) {
  const { t } = page
  const [changed, setChanged] = useState(0)
  const [draft, setDraft] = useState(null)
  const [faults, setFaults] = useState({ list: [], text: '' })
  const form = useRef(null)
  const { body } = useFetched(page, '/booking', { of: changed })
  if (!body) return null
  const counts = body.set || body.configured
  const shown = draft || counts
  const change = (part) => setDraft({ ...shown, ...part })
  const fault = (field) => faults.list.find((f) => f.location === 'body.' + field || f.location.startsWith('body.' + field + '['))?.message || ''

  const send = async (path, terms, said) => {
    setFaults({ list: [], text: '' })
    const got = await press.send('terms', page.api + path, terms, { said, post: async (url, content, options) => {
      const result = await command(url, content, options)
      if (!result.ok) setFaults({ list: result.errors || [], text: refusalText(page, { ...result, errors: [] }) })
      return result
    } })
    if (!got) {
      requestAnimationFrame(() => form.current?.querySelector('[aria-invalid="true"]')?.focus())
      return
    }
    setDraft(null)
    setChanged((n) => n + 1)
    onChanged()
  }
  const submit = (event) => {
    event.preventDefault()
    // Days that are past forbid nothing any more.
    send('/booking', { ...shown, days: Number(shown.days), blackouts: shown.blackouts.filter((d) => d >= body.today) }, t('supervisor.said_terms'))
  }

  return html`<section class="terms" aria-labelledby="terms-title">
    <h2 id="terms-title" class="heading">${t('supervisor.terms')}</h2>
    <p class="terms__state">${body.set ? t('supervisor.terms_set', { Date: t.date(body.set_at), Time: t.time(body.set_at) }) : t('supervisor.terms_configured')}
      ${!body.online && html` <strong>${t('supervisor.terms_offline')}</strong>`}</p>
    <form class="terms__form" ref=${form} onSubmit=${submit} noValidate>
      <${Window} page=${page} shown=${shown} configured=${body.configured} today=${body.today} fault=${fault('days')} onChange=${change} />
      <${Shares} page=${page} shares=${shown.share} configured=${body.configured.share} open=${body.hours} fault=${fault} onChange=${(share) => change({ share })} />
      <${Quotas} page=${page} shown=${shown} configured=${body.configured} fault=${fault('quotas')} onChange=${(quotas) => change({ quotas })} />
      <${DayList} page=${page} days=${shown.blackouts.filter((d) => d >= body.today)} today=${body.today} fault=${fault('blackouts')} onChange=${(blackouts) => change({ blackouts })} />
      <${ServiceList} page=${page} services=${shown.internal} fault=${fault('internal')} onChange=${(internal) => change({ internal })} />
      <${LastDays} page=${page} last=${shown.last} today=${body.today} fault=${fault('last')} onChange=${(last) => change({ last })} />
      <div class="terms__overbook"><label class="choice"><input type="checkbox" id="terms-overbook" checked=${shown.overbook} aria-describedby="terms-overbook-hint" onChange=${(e) => change({ overbook: e.target.checked })} /> ${t('supervisor.terms_overbook')}</label>
        <p class="field__hint" id="terms-overbook-hint">${t('supervisor.terms_overbook_hint')}</p></div>
      <div role="alert">${faults.text && html`<p class="field__error">${faults.text}</p>`}</div>
      <p class="house__row">
        <button type="submit" disabled=${!draft} aria-busy=${press.pending === 'terms' ? 'true' : null}>${t('supervisor.terms_lay')}</button>
        ${draft && html`<button type="button" class="button--plain" onClick=${() => { setDraft(null); setFaults({ list: [], text: '' }) }}>${t('supervisor.terms_discard')}</button>`}
        ${body.set && !draft && html`<button type="button" class="button--plain" onClick=${() => send('/booking/take-back', {}, t('supervisor.said_terms_back'))}>${t('supervisor.terms_back')}</button>`}
      </p>
    </form>
  </section>`
}

function Window({ page, shown, configured, today, fault, onChange }) {
  const { t } = page
  const last = Number(shown.days) >= 0 && Number(shown.days) <= 366 ? plainDay(page, addDays(today, Number(shown.days))) : ''
  return html`<div class="field terms__days"><label for="terms-days">${t('supervisor.terms_days')}</label>
    <input id="terms-days" type="number" min="0" max="366" inputmode="numeric" value=${shown.days} aria-invalid=${fault ? 'true' : null} aria-describedby="terms-days-hint" onInput=${(e) => onChange({ days: e.target.value === '' ? '' : Number(e.target.value) })} />
    <p class="field__hint" id="terms-days-hint">${fault ? html`<span class="field__error">${fault}</span>` : last && t('supervisor.terms_days_until', { Date: last })}
      ${configured.days !== Number(shown.days) && ' ' + t('supervisor.terms_is_configured', { Value: t.number(configured.days) })}</p></div>`
}

/** How many visits of each kind are booked on a day; empty: as many as go. */
function Quotas({ page, shown, configured, fault, onChange }) {
  const { t } = page
  const of = (terms, id) => terms.quotas.find((q) => q.category === id)?.per_day
  const set = (id, text) => {
    const others = shown.quotas.filter((q) => q.category !== id)
    onChange(text === '' ? others : [...others, { category: id, per_day: Number(text) }])
  }
  return html`<details class="terms__part" open=${fault ? true : null}><summary>${t('supervisor.terms_quotas')} <span class="quiet">${shown.quotas.length === 0 ? t('supervisor.terms_quotas_none') : t('supervisor.terms_quotas_some', { Count: shown.quotas.length })}</span></summary>
    ${fault && html`<p class="field__error" id="terms-quotas-fault">${fault}</p>`}
    <table class="terms__quotas"><caption class="visually-hidden">${t('supervisor.terms_quotas')}</caption>
      <thead><tr><th scope="col">${t('supervisor.terms_category')}</th><th scope="col">${t('supervisor.terms_per_day')}</th></tr></thead>
      <tbody>${page.catalogue.categories.map((c) => html`<tr key=${c.id}><th scope="row"><label for=${'quota-' + c.id}>${page.name(c.names)}</label></th>
        <td><input id=${'quota-' + c.id} type="number" min="0" max="9999" inputmode="numeric" placeholder=${t('supervisor.terms_no_limit')} value=${of(shown, c.id) ?? ''}
          aria-invalid=${fault && bad(of(shown, c.id)) ? 'true' : null} aria-describedby=${fault ? 'terms-quotas-fault' : null} onInput=${(e) => set(c.id, e.target.value)} />
          ${of(configured, c.id) !== of(shown, c.id) && html` <span class="quiet">${t('supervisor.terms_is_configured', { Value: of(configured, c.id) ?? t('supervisor.terms_no_limit') })}</span>`}</td></tr>`)}</tbody>
    </table></details>`
}

const bad = (n) => n !== undefined && !(Number.isInteger(n) && n >= 0 && n <= 9999)
