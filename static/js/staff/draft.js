// What is being entered at reception: a walk-in, or an appointment of today.
import { html } from '../lib/html.js'

/** @typedef {{items: Array<{service: string, quantity: number}>, priority: number, time: string, phone: string}} Draft */

/** @type {Draft} */
export const EMPTY = { items: [], priority: 0, time: '', phone: '' }

/** Items with some more; one that is there already counts up. */
export function together(items, more, limits) {
  const most = limits.max_quantity || 9
  return more.reduce((all, { service, quantity }) => {
    const same = all.find((i) => i.service === service)
    return same ? all.map((i) => (i === same ? { ...i, quantity: Math.min(most, i.quantity + quantity) } : i)) : [...all, { service, quantity: Math.min(most, quantity) }]
  }, items)
}

/** A draft with what a line says more. @param {Draft} draft @param {Array<Object>} items @param {import('./line.js').Line} line */
export function withLine(draft, items, line, limits) {
  return { items: together(draft.items, items, limits), priority: Math.min(limits.max_priority || 0, line.priority || draft.priority), time: line.when.time || draft.time,
    phone: line.phone || draft.phone }
}

/**
 * Draft shows what will be entered; every part can be changed by hand, too.
 *
 * @param {{page: Object, draft: Draft, fault?: string, onChange: (d: Draft) => void, onEnter: () => void, busy: boolean}} props
 *   fault: what is wrong with the number
 */
export function DraftForm({ page, draft, fault = '', onChange, onEnter, busy }) {
  const { t } = page
  const limits = page.catalogue.limits || {}
  const submit = (event) => {
    event.preventDefault()
    onEnter()
  }
  const quantity = (item, n) => onChange({ ...draft, items: draft.items.map((i) => (i === item ? { ...i, quantity: clamp(n, 1, limits.max_quantity || 9) } : i)) })
  const remove = (item) => onChange({ ...draft, items: draft.items.filter((i) => i !== item) })
  return html`<form class="draft" onSubmit=${submit} aria-label=${draft.time ? t('reception.draft_appointment') : t('reception.draft_walk_in')}>
    <h2 class="draft__title">${draft.time ? t('reception.draft_appointment') : t('reception.draft_walk_in')}</h2>
    <ul class="draft__items" role="list">
      ${draft.items.map((item) => html`<li key=${item.service} class="draft__item">
        <label class="draft__service" for=${'quantity-' + item.service}>${page.service(item.service)}</label>
        <input class="draft__quantity" id=${'quantity-' + item.service} type="number" min="1" max=${limits.max_quantity || 9} value=${item.quantity}
          aria-label=${t('reception.quantity_of', { Service: page.service(item.service) })} onInput=${(e) => quantity(item, Number(e.target.value))} />
        <button type="button" class="button--plain" aria-label=${t('reception.remove_service', { Service: page.service(item.service) })} onClick=${() => remove(item)}>${t('reception.remove')}</button>
      </li>`)}
    </ul>
    <div class="draft__fields">
      <div class="field"><label for="draft-time">${t('reception.time')}</label>
        <input id="draft-time" type="time" value=${draft.time} aria-describedby="draft-time-hint" onInput=${(e) => onChange({ ...draft, time: e.target.value })} />
        <p class="field__hint" id="draft-time-hint">${t('reception.time_hint')}</p></div>
      ${!draft.time && limits.max_priority > 0 && html`<div class="field"><label for="draft-priority">${t('reception.priority')}</label>
        <input id="draft-priority" type="number" min="0" max=${limits.max_priority} value=${draft.priority} aria-describedby="draft-priority-hint"
          onInput=${(e) => onChange({ ...draft, priority: clamp(Number(e.target.value), 0, limits.max_priority) })} />
        <p class="field__hint" id="draft-priority-hint">${t('reception.priority_hint', { Max: limits.max_priority })}</p></div>`}
      ${!draft.time && html`<div class="field"><label for="draft-phone">${t('reception.phone_for_link')}</label>
        <input id="draft-phone" type="tel" autocomplete="off" value=${draft.phone} aria-invalid=${fault ? 'true' : null} aria-describedby=${fault ? 'draft-phone-fault' : 'draft-phone-hint'} onInput=${(e) => onChange({ ...draft, phone: e.target.value })} />
        ${fault ? html`<p class="field__error" id="draft-phone-fault">${fault}</p>` : html`<p class="field__hint" id="draft-phone-hint">${t('reception.phone_for_link_hint')}</p>`}</div>`}
    </div>
    <p><button type="submit" class="draft__enter button--primary" aria-disabled=${busy ? 'true' : null} aria-busy=${busy ? 'true' : null}>${draft.time ? t('reception.enter_appointment', { Time: draft.time }) : t('reception.enter_walk_in')} <kbd aria-hidden="true">⏎</kbd></button></p>
  </form>`
}

const clamp = (n, low, high) => Math.max(low, Math.min(high, Math.round(n) || low))
