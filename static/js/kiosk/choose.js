// Choosing what somebody comes for: six at once, or found by a word of theirs.
import { html, useState } from '../lib/html.js'
import { tellNew, waitText } from '../lib/wait.js'
import { find } from './find.js'
import { Keyboard } from './keyboard.js'
import { Paged } from './paged.js'
import { AT_ONCE } from './plan.js'

/** Categories: which of the house's matters. */
export function Categories({ boot, t, view, go, name }) {
  const live = new Map(view ? view.categories.map((c) => [c.id, c]) : [])
  const waiting = (c) => (live.get(c.id) ? live.get(c.id).waiting.booked + live.get(c.id).waiting.walk_in : 0)
  const refusal = (c) => (live.get(c.id) && live.get(c.id).refusal) || ''
  const booked = (c) => live.get(c.id) && live.get(c.id).free_today !== null // without a number there is still a time to be had
  const told = (c) => live.get(c.id) && tellNew(live.get(c.id).wait)
  return html`<h1 tabindex="-1">${t('kiosk.which_category')}</h1>
    <button type="button" class="finder" onClick=${() => go('search')}>${t('kiosk.search')}</button>
    <${Paged} t=${t} items=${boot.catalogue.categories} show=${(c) => html`<li key=${c.id}>
      <button type="button" class="choice" disabled=${Boolean(refusal(c)) && !booked(c)} onClick=${() => go('services', { category: c.id })}>
        <strong>${name(c.names)}</strong><span>${!refusal(c) && told(c) && html`<b class="choice__wait">${waitText(t, told(c))}</b> · `}${refusal(c) ? t('refusal.' + refusal(c)) : waiting(c) ? t('kiosk.waiting', { Count: waiting(c) }) : t('kiosk.nobody_waiting')}</span></button></li>`} />`
}

const add = (visit, service) => {
  const had = visit.cart.find((item) => item.id === service.id)
  return had ? visit.cart : visit.cart.concat({ id: service.id, quantity: 1 })
}

const ServiceChoice = ({ service, visit, go, name }) => html`<li key=${service.id}>
  <button type="button" class="choice" onClick=${() => go('cart', { cart: add(visit, service), category: null })}><strong>${name(service.names)}</strong></button></li>`

/** Services of one category. */
export function Services({ boot, t, visit, go, name }) {
  const category = boot.catalogue.categories.find((c) => c.id === visit.category)
  const services = boot.catalogue.services.filter((s) => s.category === visit.category)
  return html`<h1 tabindex="-1">${name(category && category.names)}</h1>
    <${Paged} t=${t} items=${services} show=${(service) => html`<${ServiceChoice} ...${{ service, visit, go, name }} />`} />`
}

/** Search finds services by everyday words. */
export function Search({ boot, t, view, visit, go, name }) {
  const [typed, setTyped] = useState('')
  const closed = new Set(view ? view.categories.filter((c) => c.refusal && c.free_today === null).map((c) => c.id) : [])
  const found = find(boot.catalogue.services, typed, t.lang).filter((s) => !closed.has(s.category)).slice(0, AT_ONCE)
  return html`<h1 tabindex="-1"><label for="search">${t('kiosk.search_title')}</label></h1>
    <ul class="choices choices--found">${found.map((service) => html`<${ServiceChoice} ...${{ service, visit, go, name }} />`)}</ul>
    <p class="ask__more" role="status">${typed && found.length === 0 ? t('kiosk.search_none') : !typed ? t('kiosk.search_hint') : ''}</p>
    <input id="search" class="typed" autocomplete="off" spellcheck=${false} maxlength="40" value=${typed} onInput=${(e) => setTyped(e.target.value)} />
    <${Keyboard} t=${t} rows=${t('kiosk.keys')} typed=${typed} onType=${setTyped} space />`
}
