// One line to type in and what it finds below: a combobox whose list is always
// in sight. Arrows choose, Enter takes, Escape empties. Once an arrow was
// pressed, digits take what bears them, until something is typed again.
import { html, useState } from '../lib/html.js'

/**
 * @typedef {{id: string, text: any, hint?: any, group?: string, digit?: number, value: any}} Found
 *
 * @param {{id: string, label: string, placeholder?: string, hint?: string, query: string, onQuery: (q: string) => void,
 *   found: Found[], onChoose: (value: any) => void, onEmpty?: () => void, onEscape?: () => void, none?: string, inputRef?: Object, first?: boolean, beside?: any}} props
 *   onEmpty, onEscape: Enter or Escape with nothing typed; beside: what stands
 *   between the line and the list, in the place of the hint
 */
export function Finder({ id, label, placeholder, hint, query, onQuery, found, onChoose, onEmpty, onEscape, none, inputRef, first, beside }) {
  const [active, setActive] = useState(0)
  const [walks, setWalks] = useState(false)
  const at = Math.min(active, Math.max(0, found.length - 1))
  const choose = (one) => {
    setActive(0)
    setWalks(false)
    onChoose(one.value)
  }
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && found.length > 0) {
      event.preventDefault()
      const to = (at + step + found.length) % found.length
      setActive(to)
      setWalks(true)
      document.getElementById(id + '-' + to)?.scrollIntoView({ block: 'nearest' })
    } else if (walks && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
      const one = found.find((f) => f.digit === Number(event.key))
      if (!one) return
      event.preventDefault()
      if (!event.repeat) choose(one)
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
    setWalks(false)
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
    ${hint && html`<p class=${beside ? 'field__hint visually-hidden' : 'field__hint'} id=${id + '-hint'}>${hint}</p>`}
    ${beside}
    <div class="finder__list" role="listbox" id=${id + '-list'} aria-label=${label} hidden=${found.length === 0}>
      ${groups.map((g) => html`<div key=${g.name} role="group" aria-label=${g.name || label}>
        ${g.name && html`<div class="finder__group" aria-hidden="true">${g.name}</div>`}
        ${g.ones.map((f) => html`<div key=${f.id} class=${f.digit ? 'finder__one finder__one--short' : 'finder__one'} role="option" id=${id + '-' + f.i} aria-selected=${f.i === at ? 'true' : 'false'} onClick=${() => choose(f)}>
          <span>${f.digit && walks ? html`<kbd aria-hidden="true">${f.digit}</kbd> ` : ''}${f.text}</span>${f.hint && html`<span class="finder__hint">${f.hint}</span>`}
        </div>`)}
      </div>`)}
    </div>
    ${found.length === 0 && query.trim() !== '' && none && html`<p class="finder__none quiet">${none}</p>`}
  </div>`
}
