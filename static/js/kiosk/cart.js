// What was chosen: how many of each, what to bring, how many wait; then the
// number.
import { html } from '../lib/html.js'
import { useSend } from './send.js'
import { Best, shownWith, useService, Wait } from './wait.js'

/** Cart is the last question before the number. */
export function Cart({ boot, t, view, visit, go, name }) {
  const { busy, refused, send } = useSend(t, boot.token)
  const { max_quantity: most, max_services: services } = boot.catalogue.limits
  const service = (id) => boot.catalogue.services.find((s) => s.id === id)
  const change = (id, by) => go('cart', { cart: visit.cart.map((i) => (i.id === id ? { ...i, quantity: i.quantity + by } : i)).filter((i) => i.quantity > 0) })
  const first = visit.cart[0] && service(visit.cart[0].id)
  const line = view && first && view.categories.find((c) => c.id === first.category)
  const now = useService(boot, first ? first.id : '')
  const waiting = line ? line.waiting.booked + line.waiting.walk_in : 0

  const draw = async () => {
    const ticket = await send('/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/tickets', { services: visit.cart.map(({ id, quantity }) => ({ id, quantity })), language: t.lang })
    if (ticket) go('result', { result: { ...ticket, shown: await shownWith(boot, ticket.link), services: visit.cart }, cart: [] })
  }

  if (!first) return html`<h1 tabindex="-1">${t('kiosk.nothing_chosen')}</h1>
    <ul class="choices choices--two"><li><button type="button" class="choice" onClick=${() => go('categories')}><strong>${t('kiosk.add')}</strong></button></li></ul>`
  return html`<h1 tabindex="-1">${t('kiosk.your_choice')}</h1>
    <ul class="cart">${visit.cart.map((item) => html`<${Item} key=${item.id} ...${{ t, name, item, most, service: service(item.id), change }} />`)}</ul>
    <div class="cart__wait">
      ${now && html`<${Best} t=${t} windows=${now.best} />`}
      <div class="cart__waiting">${now && html`<${Wait} t=${t} wait=${now.wait} />`}
        <p>${waiting ? t('kiosk.waiting_long', { Count: waiting }) : t('kiosk.nobody_waiting_long')}</p></div>
    </div>
    ${refused && html`<p class="notice" role="alert">${refused}</p>`}
    <div class="cart__go">
      <button type="button" disabled=${visit.cart.length >= services} onClick=${() => go('categories')}>${t('kiosk.add')}</button>
      <button type="button" class="button--primary" aria-busy=${String(busy)} disabled=${busy} onClick=${draw}>${t('kiosk.take_number')}</button>
    </div>`
}

function Item({ t, name, item, most, service, change }) {
  const papers = (service.papers || []).filter((p) => !p.hint)
  const hints = (service.papers || []).filter((p) => p.hint)
  const text = name(service.names)
  return html`<li class="item">
    <h2 class="item__name">${text}</h2>
    <div class="item__count" role="group" aria-label=${t('kiosk.how_many', { Service: text })}>
      <button type="button" aria-label=${item.quantity > 1 ? t('kiosk.fewer') : t('kiosk.remove')} onClick=${() => change(item.id, -1)}>−</button>
      <output class="item__number" aria-live="polite">${t.number(item.quantity)}</output>
      <button type="button" aria-label=${t('kiosk.more')} disabled=${item.quantity >= most} onClick=${() => change(item.id, 1)}>+</button>
    </div>
    ${papers.length > 0 && html`<p class="item__papers"><span class="item__label">${t('kiosk.papers')}</span> ${papers.map((p, i) => html`${i > 0 && ' · '}${name(p.names)}${p.condition && Object.keys(p.condition).length > 0 && html` <span class="quiet">(${name(p.condition)})</span>`}`)}</p>`}
    ${hints.map((p) => html`<p class="item__hint">${name(p.names)}</p>`)}
  </li>`
}
