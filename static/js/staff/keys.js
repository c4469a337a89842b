// Single keys do what their action does, but never while somebody writes, and
// they can be switched off: who dictates or leans on the keyboard would press
// them without meaning to.
import { useEffect, useState } from '../lib/html.js'

const OFF = 'aufruf.keys.off'
const WRITES = 'input, textarea, select, [contenteditable="true"]'

/**
 * useKeys binds keys while the component is drawn. Digits and letters are
 * given in lower case; a held key counts once.
 *
 * @param {Object<string, () => void>} bindings
 */
export function useKeys(bindings) {
  useEffect(() => {
    const press = (event) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return
      if (event.target.closest?.(WRITES) || document.querySelector('dialog[open]')) return
      const act = bindings[event.key.toLowerCase()]
      if (!act || (keysOff() && event.key !== '?')) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
}

/** [whether single keys are on, how to change it]; kept on this device. */
export function useKeySetting() {
  const [on, setOn] = useState(!keysOff())
  return [on, (next) => {
    try {
      if (next) localStorage.removeItem(OFF)
      else localStorage.setItem(OFF, '1')
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
    setOn(next)
  }]
}

function keysOff() {
  try {
    return localStorage.getItem(OFF) === '1'
  } catch {
    return false
  }
}
