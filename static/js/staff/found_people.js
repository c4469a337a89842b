// Who was found by name, number or code, and what can be done for them: by the
// keys beside the words, while one of them has the focus.
import { html, useLayoutEffect, useRef } from '../lib/html.js'
import { pathOf } from './issued.js'
import { numberText } from './page.js'
import { dayOf } from './when.js'

/**
 * @typedef {Object} Person as POST people/find answers
 *
 * @param {{page: Object, people: Person[], today: string, onAct: (act: string, person: Person) => void, onClose: () => void}} props
 *   acts: check-in, move, cancel, again, message
 */
export function FoundPeople({ page, people, today, onAct, onClose }) {
  const { t } = page
  const box = useRef(null)
  // Who searched goes on with what was found.
  useLayoutEffect(() => box.current.querySelector('button, a')?.focus(), [people])
  const keys = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    const cards = [...box.current.querySelectorAll('.person')]
    const here = cards.indexOf(event.target.closest('.person'))
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape') onClose()
    else if (step) cards[Math.max(0, Math.min(cards.length - 1, here + step))].querySelector('button, a')?.focus()
    else {
      const act = here >= 0 && actsOf(page, people[here], today).find((a) => a.key === event.key.toUpperCase())
      if (!act) return
      if (act.href) window.open(act.href, '_blank', 'noopener')
      else onAct(act.id, people[here])
    }
    event.preventDefault()
    event.stopPropagation()
  }
  return html`<section class="people" aria-labelledby="people-title" ref=${box} onKeyDown=${keys}>
    <h2 class="people__title" id="people-title">${t('reception.people_found', { Count: people.length })}</h2>
    <ul role="list">
      ${people.map((p) => html`<li key=${p.id} class="person">
        <h3 class="person__name">${p.known ? html`<bdi>${[p.first_name, p.surname].filter(Boolean).join(' ') || p.phone}</bdi>` : t('reception.no_name')}</h3>
        <p class="person__when">${whenText(page, p)}</p>
        <p class="person__what">${page.items(p.services)}</p>
        <p class="person__facts">${[p.code, p.known && p.phone, p.known && p.email].filter(Boolean).map((x) => html`<bdi key=${x}>${x}</bdi>`)}</p>
        ${p.needs.length > 0 && html`<p class="person__needs">${p.needs.map((n) => t('desk.need_' + n)).join(' · ')}</p>`}
        <p class="person__acts">
          ${actsOf(page, p, today).map((a) => (a.href
            ? html`<a key=${a.id} class="button" href=${a.href} target="_blank" rel="noopener" aria-keyshortcuts=${a.key}>${a.text} <kbd aria-hidden="true">${a.key}</kbd></a>`
            : html`<button key=${a.id} type="button" class=${a.bad ? 'button--bad' : ''} aria-keyshortcuts=${a.key} onClick=${() => onAct(a.id, p)}>${a.text} <kbd aria-hidden="true">${a.key}</kbd></button>`))}
        </p>
      </li>`)}
    </ul>
    <p><button type="button" class="button--plain" onClick=${onClose}>${t('common.close')} <kbd aria-hidden="true">Esc</kbd></button></p>
  </section>`
}

function whenText(page, p) {
  const { t } = page
  if (p.state === 'wish') return t('reception.state_wish')
  if (p.state === 'walk_in') return t('reception.state_walk_in', { Number: numberText(p.ticket.number) })
  const at = `${t.date(p.at)}, ${t('common.at_time', { Time: t.time(p.at) })}`
  return p.ticket ? t('reception.state_arrived', { At: at, Number: numberText(p.ticket.number) }) : at
}

function actsOf(page, p, today) {
  const { t } = page
  const acts = []
  const booked = p.state === 'booked'
  if (booked && dayOf(p.at, page.boot.zone) === today) acts.push({ id: 'check-in', key: 'A', text: t('desk.check_in') })
  if (booked) acts.push({ id: 'move', key: 'V', text: t('reception.move') }, { id: 'cancel', key: 'X', text: t('reception.cancel'), bad: true })
  if (p.known) acts.push({ id: 'again', key: 'T', text: t('reception.another') })
  if (booked && page.boot.messages && (p.mobile || p.email)) acts.push({ id: 'message', key: 'M', text: t('reception.send_again') })
  if (booked && p.link) acts.push({ id: 'sheet', key: 'D', text: t('reception.print_sheet'), href: pathOf(p.link) + '/sheet?print=1' })
  return acts
}
