// Nobody stays on the screen who has gone: after 30 s without a touch it
// begins anew, and says so from the twentieth on, so that whoever is only
// slow can stay.
import { html, useEffect, useState } from '../lib/html.js'

const RESET_AFTER = 30 // s
const WARN_FROM = 20 // s

/**
 * useIdle gives the seconds left once they are to be shown, else null, and
 * calls reset at the end. Any touch or key begins to count anew.
 *
 * @param {any} running null: nothing to reset
 * @param {() => void} reset
 * @returns {number|null}
 */
export function useIdle(running, reset) {
  const [left, setLeft] = useState(null)
  const active = running !== null
  useEffect(() => {
    if (!active) return undefined
    let touched = Date.now()
    const touch = () => { touched = Date.now(); setLeft(null) }
    const timer = setInterval(() => {
      const idle = (Date.now() - touched) / 1000
      if (idle >= RESET_AFTER) { touch(); reset() } else setLeft(idle >= WARN_FROM ? Math.ceil(RESET_AFTER - idle) : null)
    }, 250)
    const kinds = ['pointerdown', 'keydown']
    kinds.forEach((kind) => addEventListener(kind, touch, true))
    return () => {
      clearInterval(timer)
      kinds.forEach((kind) => removeEventListener(kind, touch, true))
      setLeft(null)
    }
  }, [active])
  return left
}

/** IdleWarning says how long is left and offers to stay. */
export function IdleWarning({ t, left }) {
  const shown = left !== null
  return html`<div class="idle" hidden=${!shown}>
    <p role="status">${shown ? t('kiosk.idle') : ''}</p>
    <p class="idle__left" aria-hidden="true">${shown ? t('kiosk.idle_left', { Count: left }) : ''}</p>
    <button type="button" class="button--primary">${t('kiosk.idle_stay')}</button>
  </div>`
}
