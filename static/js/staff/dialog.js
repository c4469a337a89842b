// A real dialog: modal, closed by Escape, and the focus goes back to where it
// was. It is drawn only while it is open.
import { html, useLayoutEffect, useRef } from '../lib/html.js'

/**
 * @param {{title: string, onClose: () => void, wide?: boolean, children: any}} props
 */
export function Dialog({ title, onClose, wide = false, children }) {
  const box = useRef(null)
  useLayoutEffect(() => {
    const dialog = box.current
    dialog.showModal()
    dialog.querySelector('[data-first]')?.focus()
    return () => dialog.close()
  }, [])
  const cancel = (event) => {
    event.preventDefault()
    onClose()
  }
  return html`<dialog ref=${box} class=${wide ? 'ask ask--wide' : 'ask'} aria-label=${title} onCancel=${cancel}>
    <h2 class="ask__title">${title}</h2>
    ${children}
  </dialog>`
}

/**
 * Choices are a dialog's buttons in a column; the digits 1 to 9 press them.
 *
 * @param {{choices: Array<{id: string, text: string, hint?: string}>, onChoose: (id: string) => void}} props
 */
export function Choices({ choices, onChoose }) {
  const digit = (event) => {
    if (event.target.closest('input') || event.ctrlKey || event.altKey || event.metaKey) return
    const choice = choices[Number(event.key) - 1]
    if (!choice || event.repeat) return
    event.preventDefault()
    onChoose(choice.id)
  }
  return html`<ul class="choices" role="list" onKeyDown=${digit}>
    ${choices.map((c, i) => html`<li key=${c.id}>
      <button type="button" class="choices__one" data-first=${i === 0 ? '' : null} onClick=${() => onChoose(c.id)}>
        <kbd aria-hidden="true">${i + 1}</kbd><span>${c.text}</span>${c.hint && html`<span class="quiet">${c.hint}</span>`}
      </button>
    </li>`)}
  </ul>`
}
