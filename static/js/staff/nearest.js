// A time was lost to somebody else, or was kept no longer: the nearest free
// ones, to choose by digit. What was typed stays.
import { html, useLayoutEffect, useRef } from '../lib/html.js'
import { Choices, Dialog } from './dialog.js'
import { chooseTimes, shortDay, useTimes } from './times.js'
import { dayOf, addDays } from './when.js'

const AROUND = 7 // days before and after in which one looks

/** @param {{page: Object, items: Array<Object>, lost: string, text: string, today: string, move?: string, onTake: (at: string) => void, onClose: () => void}} props */
export function Nearest({ page, items, lost, text, today, move, onTake, onClose }) {
  const { t } = page
  const day = dayOf(lost, page.boot.zone)
  const first = addDays(day, -AROUND)
  const when = { from: first < today ? today : first, to: addDays(day, AROUND), start: -1, end: -1, time: '' }
  const { times } = useTimes(page, items, when, { today, move, of: lost })
  const near = times && chooseTimes(times.filter((x) => x.at !== lost), when, { near: lost })
  // The list comes a moment after the dialog; one chooses in it at once.
  const list = useRef(null)
  useLayoutEffect(() => list.current?.querySelector('button')?.focus(), [Boolean(near)])
  return html`<${Dialog} title=${t('reception.nearest_title', { Day: shortDay(page, lost), Time: t.time(lost) })} onClose=${onClose}>
    <p>${text}</p>
    ${near && (near.length > 0 ? html`<div ref=${list}><${Choices} choices=${near.map((x) => ({ id: x.at, text: `${shortDay(page, x.at)}, ${t('common.at_time', { Time: t.time(x.at) })}` }))} onChoose=${onTake} /></div>`
      : html`<p>${t('reception.nothing_near')}</p>`)}
    <p class="ask__end"><button type="button" data-first onClick=${onClose}>${t('common.cancel')}</button></p>
  </${Dialog}>`
}
