// What was chosen: how many of each, what to bring; then the two ways side by
// side, a number now or a time, each with what it costs.
import { html } from '../lib/html.js'
import { dayOf } from './times.js'
import { useSend } from './send.js'
import { booksHere } from './start.js'
import { freeText } from '../lib/wait.js'
import { Best, shownWith, useService, Wait } from './wait.js'

const THEN = 2 // times told after the next one
const OTHER_DAYS = 2 // days told after today

/** Cart is the last question before the number, or before the time. */
export function Cart(context) {
  const { t, visit, go, view, boot, services, name } = context
  const { max_quantity: most, max_services: several } = boot.catalogue.limits
  const change = (id, by) => go('cart', { cart: visit.cart.map((i) => (i.id === id ? { ...i, quantity: i.quantity + by } : i)).filter((i) => i.quantity > 0) })
  if (visit.cart.length === 0) return html`<h1 tabindex="-1">${t('kiosk.nothing_chosen')}</h1>
    <ul class="choices choices--two"><li><button type="button" class="choice" onClick=${() => go('categories')}><strong>${t('kiosk.add')}</strong></button></li></ul>`
  return html`<h1 tabindex="-1">${t('kiosk.your_choice')}</h1>
    <div class="chosen"><ul class="cart">${visit.cart.map((item, i) => html`<${Item} key=${item.id} ...${{ t, name, item, most, service: services[i], change }} />`)}</ul>
    ${visit.cart.length < several && html`<button type="button" class="chosen__add" onClick=${() => go('categories')}>${t('kiosk.add')}</button>`}</div>
    <div class="ways">
      <${Number} ...${context} />
      ${booksHere(view) && html`<${Time} ...${context} />`}
    </div>`
}

// A number now: how long it takes, and when it would take less.
function Number({ boot, t, view, visit, go, services }) {
  const { busy, refused, send } = useSend(t, boot.token)
  const first = services[0]
  const line = view && view.categories.find((c) => c.id === first.category)
  const now = useService(boot, first.id)
  const waiting = line ? line.waiting.booked + line.waiting.walk_in : 0
  const none = view && !view.hours.intake ? t(view.hours.open ? 'kiosk.book_more' : 'board.closed') : line && line.refusal ? t('refusal.' + line.refusal) : ''

  const draw = async () => {
    const ticket = await send('/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/tickets', { services: visit.cart.map(({ id, quantity }) => ({ id, quantity })), language: t.lang })
    if (ticket) go('result', { result: { ...ticket, shown: await shownWith(boot, ticket.link), services: visit.cart }, cart: [] })
  }
  return html`<section class="way way--number" aria-labelledby="way-number">
    <h2 id="way-number">${t('kiosk.way_number')}</h2>
    ${none ? html`<p class="way__none">${none}</p>` : html`
      ${now && now.wait ? html`<${Wait} t=${t} wait=${now.wait} />` : html`<p class="kiosk-wait"><span class="kiosk-wait__label">${t('wait.now_for')}</span> <strong class="kiosk-wait__told kiosk-wait__told--none">–</strong></p>`}
      <p class="cart__waiting">${waiting ? t('kiosk.waiting_long', { Count: waiting }) : t('kiosk.nobody_waiting_long')}</p>
      ${now && html`<${Best} t=${t} windows=${now.best} />`}`}
    ${refused && html`<p class="notice" role="alert">${refused}</p>`}
    <button type="button" class="way__go button--primary" aria-busy=${String(busy)} disabled=${busy || Boolean(none)} onClick=${draw}>${t('kiosk.take_number')}</button>
  </section>`
}

// A time: the next one today, how many more, and the first ones of other days.
function Time({ t, visit, go, slots, isToday }) {
  const today = slots.days && dayOf(slots, { day: null }, isToday)
  const others = (slots.days || []).filter((d) => !isToday(d)).slice(0, OTHER_DAYS)
  const next = today ? today.times[0] : others.length > 0 ? others[0].times[0] : null
  const rest = today ? today.times.slice(1, 1 + THEN) : []
  const choose = () => (today ? go('times', { day: null, hour: null, first: null }) : go('days', { hour: null }))
  return html`<section class="way way--time" aria-labelledby="way-time">
    <h2 id="way-time">${t('kiosk.way_time')}</h2>
    ${!slots.days ? html`<p class="way__none" role="status">${t('kiosk.looking')}</p>` : slots.refused || !next ? html`<p class="way__none">${slots.refused || t('kiosk.none_free')}</p>` : html`
      <p class="kiosk-wait"><span class="kiosk-wait__label">${t('kiosk.next_time')}</span> <strong class="kiosk-wait__told">${today ? t('common.at_time', { Time: t.time(next) }) : t.date(next)}</strong></p>
      <p class="way__then">${today ? rest.length > 0 && t('kiosk.then_times', { Times: rest.map((at) => t.time(at)).join(', ') }) : t('kiosk.day_from', { Time: t.time(next) })}</p>
      ${today && html`<p class="way__free">${freeText(t, slots.free)}</p>`}
      <ul class="way__days">${(today ? others : others.slice(1)).map((d) => html`<li key=${d.day}><span>${t.date(d.times[0])}</span> <strong>${t('kiosk.day_from', { Time: t.time(d.times[0]) })}</strong></li>`)}</ul>`}
    <button type="button" class="way__go" disabled=${!next} onClick=${choose}>${t('kiosk.book')}</button>
  </section>`
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
