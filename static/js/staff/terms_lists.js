// The parts of the terms that are lists: days without bookings, services that
// staff alone books, and services that end.
import { html, useState } from '../lib/html.js'
import { isDay, longDay, plainDay } from './days.js'

/** A list that is opened to be changed; its summary says what is in it. */
function Part({ title, state, fault, children }) {
  return html`<details class="terms__part" open=${fault ? true : null}><summary>${title} <span class="quiet">${state}</span></summary>
    ${fault && html`<p class="field__error">${fault}</p>`}${children}</details>`
}

/** What is in a list, each with a way out. */
function Chosen({ page, rows, onRemove }) {
  const { t } = page
  if (rows.length === 0) return null
  return html`<ul class="terms__chosen" role="list">${rows.map((r) => html`<li key=${r.id}><span>${r.text}</span>
    <button type="button" class="button--plain" aria-label=${t('supervisor.terms_remove_of', { Name: r.text })} onClick=${() => onRemove(r.id)}>${t('supervisor.terms_remove')}</button></li>`)}</ul>`
}

/** @param {{page: Object, days: string[], today: string, fault: string, onChange: (days: string[]) => void}} props */
export function DayList({ page, days, today, fault, onChange }) {
  const { t } = page
  const [day, setDay] = useState('')
  const good = isDay(day) && day >= today && !days.includes(day)
  const add = () => {
    if (!good) return
    onChange([...days, day].toSorted())
    setDay('')
  }
  return html`<${Part} title=${t('supervisor.terms_blackouts')} fault=${fault} state=${days.length === 0 ? t('supervisor.terms_blackouts_none') : days.length === 1 ? plainDay(page, days[0]) : t('supervisor.terms_blackouts_some', { Count: days.length, Date: plainDay(page, days[0]) })}>
    <${Chosen} page=${page} rows=${days.map((d) => ({ id: d, text: longDay(page, d) }))} onRemove=${(d) => onChange(days.filter((o) => o !== d))} />
    <div class="house__row"><div class="field"><label for="blackout">${t('supervisor.plan_day')}</label>
      <input id="blackout" type="date" min=${today} value=${day} onInput=${(e) => setDay(e.target.value)} onKeyDown=${enter(add)} /></div>
      <button type="button" disabled=${!good} onClick=${add}>${t('supervisor.terms_blackout_add')}</button></div>
  </${Part}>`
}

/** @param {{page: Object, services: string[], fault: string, onChange: (services: string[]) => void}} props */
export function ServiceList({ page, services, fault, onChange }) {
  const { t } = page
  const [service, setService] = useState('')
  const add = () => {
    if (!service) return
    onChange([...services, service])
    setService('')
  }
  return html`<${Part} title=${t('supervisor.terms_internal')} fault=${fault} state=${services.length === 0 ? t('supervisor.terms_internal_none') : services.length === 1 ? page.service(services[0]) : t('supervisor.terms_internal_some', { Count: services.length })}>
    <${Chosen} page=${page} rows=${services.map((id) => ({ id, text: page.service(id) }))} onRemove=${(id) => onChange(services.filter((o) => o !== id))} />
    <div class="house__row"><${Service} page=${page} id="internal" label=${t('supervisor.terms_internal')} value=${service} without=${services} onChange=${setService} />
      <button type="button" disabled=${!service} onClick=${add}>${t('supervisor.terms_internal_add')}</button></div>
  </${Part}>`
}

/** @param {{page: Object, last: Array<{service: string, day: string}>, today: string, fault: string, onChange: (last: Array<Object>) => void}} props */
export function LastDays({ page, last, today, fault, onChange }) {
  const { t } = page
  const [one, setOne] = useState({ service: '', day: '' })
  const good = one.service && isDay(one.day)
  const add = () => {
    if (!good) return
    onChange([...last, one])
    setOne({ service: '', day: '' })
  }
  const rows = last.map((l) => ({ id: l.service, text: t('supervisor.terms_last_of', { Service: page.service(l.service), Date: plainDay(page, l.day) }) }))
  return html`<${Part} title=${t('supervisor.terms_last')} fault=${fault} state=${last.length === 0 ? t('supervisor.terms_last_none') : last.length === 1 ? rows[0].text : t('supervisor.terms_last_some', { Count: last.length })}>
    <p class="field__hint">${t('supervisor.terms_last_hint')}</p>
    <${Chosen} page=${page} rows=${rows} onRemove=${(id) => onChange(last.filter((o) => o.service !== id))} />
    <div class="house__row"><${Service} page=${page} id="last-service" label=${t('supervisor.terms_last')} value=${one.service} without=${last.map((l) => l.service)} onChange=${(service) => setOne({ ...one, service })} />
      <div class="field"><label for="last-day">${t('supervisor.terms_last_day')}</label>
        <input id="last-day" type="date" min=${today} value=${one.day} onInput=${(e) => setOne({ ...one, day: e.target.value })} onKeyDown=${enter(add)} /></div>
      <button type="button" disabled=${!good} onClick=${add}>${t('supervisor.terms_last_add')}</button></div>
  </${Part}>`
}

/** The catalogue as one field, by category. */
function Service({ page, id, label, value, without, onChange }) {
  const { t, catalogue } = page
  return html`<div class="field terms__service"><label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${(e) => onChange(e.target.value)}>
      <option value="">${t('supervisor.terms_choose')}</option>
      ${catalogue.categories.map((c) => html`<optgroup key=${c.id} label=${page.name(c.names)}>${catalogue.services.filter((s) => s.category === c.id && !without.includes(s.id)).map((s) => html`<option key=${s.id} value=${s.id}>${page.name(s.names)}</option>`)}</optgroup>`)}
    </select></div>`
}

// Enter adds to the list and does not send the whole form.
const enter = (add) => (event) => {
  if (event.key !== 'Enter') return
  event.preventDefault()
  add()
}
