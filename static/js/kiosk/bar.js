// The bar at the bottom, the same on every page: back, help for the eyes, and
// the way to the beginning.
import { html, useState } from '../lib/html.js'

const flip = (key, value) => {
  const data = document.documentElement.dataset
  if (data[key] === value) delete data[key]
  else data[key] = value
}

/** Bar holds what is always at the same place. onBack null: nothing to go back to. */
export function Bar({ t, onBack, onReset }) {
  const [, redraw] = useState(0)
  const data = document.documentElement.dataset
  const press = (key, value) => () => { flip(key, value); redraw((n) => n + 1) }
  return html`<footer class="bar">
    <button type="button" class="bar__back" disabled=${!onBack} onClick=${onBack}>${t('common.back')}</button>
    <button type="button" aria-pressed=${String(data.contrast === 'more')} onClick=${press('contrast', 'more')}>${t('common.high_contrast')}</button>
    <button type="button" aria-pressed=${String(data.type === 'large')} onClick=${press('type', 'large')}>${t('common.large_type')}</button>
    <button type="button" class="bar__reset" disabled=${!onReset} onClick=${onReset}>${t('kiosk.start_over')}</button>
  </footer>`
}
