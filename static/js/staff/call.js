// The middle of the desk: one large button, who comes next and why, and
// everything else that can be done, each at its own place all day long.
import { html } from '../lib/html.js'
import { TicketNumber, Mark } from './ticket.js'
import { useNow } from './room.js'

const EVERY_SECOND = 1000

/** The large button. While the desk rests from calling it ends the pause. */
export function Next({ page, room, desk, press, onNext, onResume }) {
  const { t } = page
  const now = useNow(room.skew, EVERY_SECOND * 10)
  const paused = desk.phase === 'paused'
  const busy = press.pending === 'next' || press.pending === 'resume'
  return html`<section class="next" aria-labelledby="next-button">
    <button type="button" id="next-button" class="next__button button--primary" aria-describedby="next-who"
      aria-disabled=${press.resting ? 'true' : null} aria-busy=${busy ? 'true' : null} onClick=${paused ? onResume : onNext}>
      <span class="next__word">${paused ? t('desk.resume') : t('desk.next')}</span>
      <kbd aria-hidden="true">${paused ? 'B' : 'N'}</kbd>
    </button>
    <div id="next-who" class="next__who">
      ${paused ? html`<p>${desk.until ? t('desk.paused_until', { Time: t.time(desk.until) }) : t('desk.paused')}</p>`
        : desk.next ? html`<p class="next__line"><${TicketNumber} number=${desk.next.number} class="next__number" /> <${Mark} page=${page} ticket=${{ booked: desk.next.booked, appointment_at: desk.next.reason.appointment_at }} /></p>
            <p class="next__why">${page.reason(desk.next.reason, now)}</p>`
        : html`<p>${t('desk.nobody_next')}</p>`}
      ${desk.ticket && !paused && html`<p class="quiet">${t('desk.next_ends', { Number: desk.ticket.number.text })}</p>`}
    </div>
  </section>`
}

/**
 * The other actions. They never move; what cannot be done now is grey and says
 * nothing. "Not appeared" steps forward after the configured calls.
 */
export function Actions({ page, room, desk, press, onAct }) {
  const { t } = page
  const ticket = desk.ticket
  const called = ticket?.state === 'called'
  const some = Boolean(ticket)
  const groups = [
    { name: t('desk.group_case'), actions: [
      ['recall', 'R', t('desk.recall'), called],
      ['start', 'S', t('desk.start'), called],
      ['finish', 'F', t('desk.finish'), some],
      ['no-show', 'X', t('desk.no_show'), called, ticket?.offer_no_show],
      ['follow-up', 'A', t('desk.follow_up'), some],
    ] },
    { name: t('desk.group_onward'), actions: [
      ['park', 'P', t('desk.park'), some],
      ['transfer', 'W', t('desk.transfer'), some],
      ['requeue', 'Z', t('desk.requeue'), called],
      ['take', 'T', t('desk.take'), true],
    ] },
  ]
  return html`<section class="actions" aria-label=${t('desk.actions')}>
    ${groups.map((g) => html`<ul role="list" aria-label=${g.name}>
      ${g.actions.map(([id, key, text, can, offered]) => html`<li key=${id}>
        <${Action} id=${id} letter=${key} text=${text} can=${can} offered=${offered} press=${press} onAct=${onAct} />
      </li>`)}
    </ul>`)}
    <${Undo} page=${page} room=${room} undo=${desk.undo} press=${press} onAct=${onAct} />
  </section>`
}

function Action({ id, letter, text, can, offered, press, onAct }) {
  const off = !can
  return html`<button type="button" class=${offered ? 'action action--offered' : 'action'} aria-disabled=${off ? 'true' : null}
    aria-busy=${press.pending === id ? 'true' : null} aria-keyshortcuts=${letter} onClick=${() => !off && onAct(id)}>
    <kbd aria-hidden="true">${letter}</kbd><span>${text}</span>
  </button>`
}

function Undo({ page, room, undo, press, onAct }) {
  const { t } = page
  const now = useNow(room.skew, EVERY_SECOND / 4)
  const left = undo ? Math.ceil((Date.parse(undo.until) - now) / 1000) : 0
  const off = left <= 0
  const text = left > 0 ? t('desk.undo_in', { What: commandName(t, undo.command) }) : t('desk.undo')
  return html`<button type="button" class="action action--undo" aria-disabled=${off ? 'true' : null} aria-busy=${press.pending === 'undo' ? 'true' : null}
    aria-keyshortcuts="U" onClick=${() => !off && onAct('undo')}>
    <kbd aria-hidden="true">U</kbd><span>${text}</span>
    <span class="action__left time" aria-hidden="true">${left > 0 && t('desk.seconds', { Count: left })}</span>
  </button>`
}

function commandName(t, command) {
  const names = {
    call_next: t('desk.next'), recall: t('desk.recall'), start: t('desk.start'), finish: t('desk.finish'),
    no_show: t('desk.no_show'), park: t('desk.park'), unpark: t('desk.unpark'), transfer: t('desk.transfer'),
    requeue: t('desk.requeue'), take: t('desk.take'), pause_desk: t('desk.pause'), resume_desk: t('desk.resume'),
  }
  return names[command] || ''
}
