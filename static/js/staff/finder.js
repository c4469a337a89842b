// One line to type in and what it finds below: a combobox whose list is always
// in sight. Arrows choose, Enter takes, Escape empties.
import { html, useState } from '../lib/html.js'

/**
 * @typedef {{id: string, text: any, hint?: any, group?: string, value: any}} Found
 *
 * @param {{id: string, label: string, placeholder?: string, hint?: string, query: string, onQuery: (q: string) => void,
 *   found: Found[], onChoose: (value: any) => void, onEmpty?: () => void, onEscape?: () => void, none?: string, inputRef?: Object, first?: boolean}} props
 *   onEmpty, onEscape: Enter or Escape with nothing typed
 */
export function Finder({ id, label, placeholder, hint, query, onQuery, found, onChoose, onEmpty, onEscape, none, inputRef, first }) {
  const [active, setActive] = useState(0)
  const at = Math.min(active, Math.max(0, found.length - 1))
  const choose = (one) => {
    setActive(0)
    onChoose(one.value)
  }
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && found.length > 0) {
      event.preventDefault()
      const to = (at + step + found.length) % found.length
      setActive(to)
      document.getElementById(id + '-' + to)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (event.repeat) return
      if (found[at]) choose(found[at])
      else if (query.trim() === '' && onEmpty) onEmpty()
    } else if (event.key === 'Escape' && query !== '') {
      event.preventDefault()
      event.stopPropagation()
      onQuery('')
    } else if (event.key === 'Escape' && onEscape) onEscape()
  }
  const write = (event) => {
    setActive(0)
    onQuery(event.target.value)
  }
  const groups = []
  found.forEach((f, i) => {
    if (groups.length === 0 || groups[groups.length - 1].name !== f.group) groups.push({ name: f.group, ones: [] })
    groups[groups.length - 1].ones.push({ ...f, i })
  })
  return html`<div class="finder">
    <label class="finder__label" for=${id}>${label}</label>
    <input class="finder__input" id=${id} ref=${inputRef} type="text" role="combobox" autocomplete="off" autocapitalize="off" spellcheck=${false}
      aria-expanded=${found.length > 0 ? 'true' : 'false'} aria-controls=${id + '-list'} aria-autocomplete="list" aria-describedby=${hint ? id + '-hint' : null}
      aria-activedescendant=${found[at] ? id + '-' + at : null} data-first=${first ? '' : null}
      placeholder=${placeholder} value=${query} onInput=${write} onKeyDown=${keys} />
    ${hint && html`<p class="field__hint" id=${id + '-hint'}>${hint}</p>`}
    <div class="finder__list" role="listbox" id=${id + '-list'} aria-label=${label} hidden=${found.length === 0}>
      ${groups.map((g) => html`<div key=${g.name} role="group" aria-label=${g.name || label}>
        ${g.name && html`<div class="finder__group" aria-hidden="true">${g.name}</div>`}
        ${g.ones.map((f) => html`<div key=${f.id} class="finder__one" role="option" id=${id + '-' + f.i} aria-selected=${f.i === at ? 'true' : 'false'} onClick=${() => choose(f)}>
          <span>${f.text}</span>${f.hint && html`<span class="finder__hint">${f.hint}</span>`}
        </div>`)}
      </div>`)}
    </div>
    ${found.length === 0 && query.trim() !== '' && none && html`<p class="finder__none quiet">${none}</p>`}
  </div>`
}
