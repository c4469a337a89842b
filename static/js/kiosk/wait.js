// How long it takes: asked of the server for one service, and told.
import { html, useEffect, useState } from '../lib/html.js'
import { tellNew, tellWait, waitText } from '../lib/wait.js'
import { withToken } from './send.js'

// Short, but for the word that would not go with "wait".
const short = (t, told) => waitText(t, told, told.kind === 'soon' ? 'long_' : '')

const ASK_AGAIN = 15_000 // ms; so often a quiet office is looked at anew

/**
 * useService gives what the server knows of a service now, or null.
 *
 * @param {Object} boot
 * @param {string} id the service's; '': none
 */
export function useService(boot, id) {
  const [state, setState] = useState(null)
  useEffect(() => {
    if (!id) return undefined
    let over = false
    const ask = async () => {
      const found = await read(boot, '/offices/' + encodeURIComponent(boot.office.id) + '/services/' + encodeURIComponent(id))
      if (found && !over) setState(found)
    }
    ask()
    const timer = setInterval(ask, ASK_AGAIN)
    return () => { over = true; clearInterval(timer) }
  }, [id])
  return state && state.id === id ? state : null
}

/**
 * shownWith is what is told with a number: what the server promised, or when a
 * booked person is likely to be called.
 *
 * @returns {Promise<{promised: Object|null, wait: Object|null}>}
 */
export async function shownWith(boot, link) {
  const secret = new URL(link, location.href).pathname.split('/').pop()
  return (await read(boot, '/tickets/' + encodeURIComponent(secret))) || { promised: null, wait: null }
}

async function read(boot, path) {
  try {
    const answer = await withToken(boot.token)('/api/v1' + path, { credentials: 'same-origin', headers: { Accept: 'application/json' }, cache: 'no-store' })
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}

/** Wait tells the wait of who takes a number now; nothing where nothing is known. */
export function Wait({ t, wait }) {
  const told = tellNew(wait)
  return told && html`<p class="kiosk-wait"><span class="kiosk-wait__label">${t('wait.now_for')}</span> <strong class="kiosk-wait__told">${waitText(t, told)}</strong></p>`
}

/** Best lists good times to come. */
export function Best({ t, windows }) {
  if (!windows || windows.length === 0) return null
  return html`<div class="kiosk-best"><h2>${t('wait.best')}</h2><ul>${windows.map((w) => {
    const told = tellNew({ state: 'range', low: w.low, high: w.high })
    return html`<li key=${w.from}><span>${t.date(w.from)} · ${t('wait.from_to', { From: t.time(w.from), To: t.time(w.to) })}</span> <strong>${short(t, told)}</strong></li>`
  })}</ul></div>`
}

/** Promised says with the number how long it takes, as the slip does. */
export function Promised({ t, shown, now }) {
  const promised = tellNew(shown.promised)
  const told = tellWait(shown.wait, now)
  if (!promised && !told) return null
  return html`<p class="result__wait">${promised ? t('wait.wait_is', { Wait: short(t, promised) }) : waitText(t, told, 'left_')}${told && told.at && html` <span class="result__at">${t('wait.at', { Time: t.time(told.at) })}</span>`}</p>`
}
