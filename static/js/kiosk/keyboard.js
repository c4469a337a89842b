// Keys on the glass, for a kiosk that has no others.
import { html } from '../lib/html.js'

/**
 * Keyboard types into a text.
 *
 * @param {{t: Function, rows: string, typed: string, onType: (text: string) => void, space?: boolean, most?: number, dir?: string}} props
 *   rows: the letters, a space between rows
 */
export function Keyboard({ t, rows, typed, onType, space = false, most = 40, dir }) {
  const type = (key) => () => onType((typed + key).slice(0, most))
  return html`<div class="keyboard" dir=${dir} role="group" aria-label=${t('kiosk.keyboard')}>
    ${rows.split(' ').map((row) => html`<div class="keyboard__row">${[...row].map((key) => html`<button type="button" onClick=${type(key)}>${key}</button>`)}</div>`)}
    <div class="keyboard__row">
      ${space && html`<button type="button" class="keyboard__wide" onClick=${type(' ')}>${t('kiosk.key_space')}</button>`}
      <button type="button" class="keyboard__wide" disabled=${!typed} onClick=${() => onType(typed.slice(0, -1))}>${t('kiosk.key_delete')}</button>
    </div>
  </div>`
}
