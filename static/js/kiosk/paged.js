// At most six answers at once.
import { html, useState } from '../lib/html.js'
import { AT_ONCE } from './plan.js'

/**
 * Paged shows at most six things at once, in the order given.
 *
 * @param {{t: Function, items: any[], show: (item: any) => any}} props
 */
export function Paged({ t, items, show }) {
  const [asked, setPage] = useState(0)
  const pages = Math.ceil(items.length / AT_ONCE)
  const page = Math.min(asked, Math.max(0, pages - 1)) // what was on the last page may be taken
  return html`<ul class="choices">${items.slice(page * AT_ONCE, (page + 1) * AT_ONCE).map(show)}</ul>
    ${pages > 1 && html`<div class="pager">
      <button type="button" disabled=${page === 0} onClick=${() => setPage(page - 1)}>${t('kiosk.page_before')}</button>
      <p>${t('kiosk.page', { Page: page + 1, Pages: pages })}</p>
      <button type="button" disabled=${page === pages - 1} onClick=${() => setPage(page + 1)}>${t('kiosk.page_more')}</button>
    </div>`}`
}
