// The top of a staff page, and its one voice.
import { html } from '../lib/html.js'
import { useNow } from './room.js'

/** Where one is, the time, and what concerns the place as a whole. */
export function Bar({ page, room, title, state, children }) {
  const { t } = page
  const now = useNow(room.skew, 1000)
  return html`<header class="bar">
    <h1 class="bar__title">${title}</h1>
    <p class="bar__place">${page.name(page.boot.office.names)}${state && html` · <span>${state}</span>`}</p>
    <p class="bar__clock time" aria-hidden="true">${t.time(now)}</p>
    <div class="bar__actions">${children}</div>
  </header>`
}

/**
 * Voice is the page's only live region, always at the same place: the last
 * answer or refusal, that a press waits, that the data is old.
 */
export function Voice({ page, room, press }) {
  const { t } = page
  const { message, waits } = press
  const stale = room.stale && !room.ended
  return html`<div class="voice" role="status" aria-live="polite">
    ${room.ended && html`<p class="voice__line voice__line--bad">${t('desk.ended')} <a href="/sign-in">${t('desk.sign_in_again')}</a></p>`}
    ${stale && html`<p class="voice__line voice__line--warn">${t('common.stale', { Time: t.clock(room.stale) })}</p>`}
    ${room.renewed && html`<p class="voice__line">${t('desk.renewed')} <a href="">${t('common.reload')}</a></p>`}
    ${waits ? html`<p class="voice__line voice__line--wait">${t('desk.waits')}</p>`
      : message && html`<p key=${message.id} class=${'voice__line voice__line--' + message.tone}>${message.text}</p>`}
  </div>`
}

/** The office's state in a few words. */
export function hoursText(page, hours) {
  const { t } = page
  if (hours.open) return hours.until ? t('desk.office_open_until', { Time: t.time(hours.until) }) : t('desk.office_open')
  return hours.opens ? t('desk.office_closed_until', { Day: t.date(hours.opens), Time: t.time(hours.opens) }) : t('desk.office_closed')
}
