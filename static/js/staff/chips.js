// What was understood of the typed line, part by part, so that nothing is
// guessed in silence.
import { html } from '../lib/html.js'
import { shortDate } from './times.js'

/**
 * @param {{page: Object, line: import('./line.js').Line, moving?: Object|null, whom?: string}} props
 *   moving: the appointment that gets another time; whom: for whom a further one is booked
 */
export function Chips({ page, line, moving, whom }) {
  const { t } = page
  return html`<ul class="chips" role="list" aria-label=${t('reception.understood')}>
    ${chipsOf(page, line, moving, whom).map((c) => html`<li key=${c.kind} class=${'chip' + (c.bad ? ' chip--bad' : '')}><span class="chip__label">${c.label}</span> <bdi>${c.text}</bdi></li>`)}
  </ul>`
}

/** The parts that were understood; none: nothing was. */
export function chipsOf(page, line, moving, whom) {
  const { t } = page
  const chips = []
  const add = (kind, label, text, bad = false) => chips.push({ kind, label, text, bad })
  if (moving) add('moving', t('reception.chip_moving'), moving.text)
  if (whom) add('whom', t('reception.chip_whom'), whom)
  if (!moving) for (const item of line.items) add('item-' + item.service, t('reception.chip_matter'), page.item(item))
  const { when } = line
  if (when.from === 'never') add('day', t('reception.chip_day'), t('reception.no_such_day'), true)
  else if (when.from) add('day', t('reception.chip_day'), when.from === when.to ? shortDate(page, when.from) : t('reception.days', { From: shortDate(page, when.from), To: shortDate(page, when.to) }))
  if (when.time) add('time', t('reception.chip_time'), t('common.at_time', { Time: when.time }))
  else if (when.start >= 0) add('time', t('reception.chip_time'), partText(t, when))
  if (line.priority > 0) add('priority', t('reception.priority'), t('desk.priority_mark', { Minutes: line.priority }))
  if (line.phone) add('phone', t('book.phone'), line.phone)
  if (line.name) add('name', t('reception.chip_name'), line.name)
  if (line.number) add('number', t('desk.col_number'), line.number)
  return chips
}

const clock = (minutes) => String(Math.floor(minutes / 60)).padStart(2, '0') + ':' + String(minutes % 60).padStart(2, '0')

function partText(t, { start, end }) {
  if (end >= 24 * 60) return t('reception.from_time', { Time: clock(start) })
  if (start === 0) return t('reception.until_time', { Time: clock(end) })
  return t('reception.between', { From: clock(start), To: clock(end) })
}
