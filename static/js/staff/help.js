// Every key of a page, and the switch for those who do not want them.
import { html } from '../lib/html.js'
import { Dialog } from './dialog.js'
import { useKeySetting } from './keys.js'

/** @param {{page: Object, keys: Array<[string, string]>, onClose: () => void}} props */
export function Help({ page, keys, onClose }) {
  const { t } = page
  const [on, setOn] = useKeySetting()
  return html`<${Dialog} title=${t('desk.help_title')} onClose=${onClose} wide>
    <dl class="keys">
      ${keys.map(([key, text]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`)}
    </dl>
    <label class="choice"><input type="checkbox" checked=${on} onChange=${(e) => setOn(e.target.checked)} /> ${t('desk.keys_on')}</label>
    <p class="ask__end"><button type="button" data-first onClick=${onClose}>${t('common.close')}</button></p>
  </${Dialog}>`
}
