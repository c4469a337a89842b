// Sending what a person asks for, once: a second try after silence carries
// the first one's key.
import { useRef, useState } from '../lib/html.js'
import { command, newKey } from '../lib/command.js'

const PATIENCE = 12_000 // ms; longer, nobody stands before a silent page

/**
 * useSend gives {busy, refused, send, ask}. refused is a sentence or ''. send
 * comes back with the answer's body, or null after a refusal; ask with the whole
 * answer, for who has something to do with a refusal, and null while another one
 * is under way.
 *
 * @param {Function} t
 * @param {string} [token] where the page was opened with one
 */
export function useSend(t, token) {
  const [state, setState] = useState({ busy: false, refused: '' })
  const kept = useRef(null)
  const under = useRef(false) // the state comes a moment late for a double press
  const ask = async (url, body) => {
    if (under.current) return null
    under.current = true
    const what = url + JSON.stringify(body)
    if (!kept.current || kept.current.what !== what) kept.current = { what, key: newKey() }
    setState({ busy: true, refused: '' })
    const answer = await command(url, body, { key: kept.current.key, lang: t.lang, patience: PATIENCE, fetch: withToken(token) })
    if (answer.status !== 0) kept.current = null
    under.current = false
    setState({ busy: false, refused: answer.ok ? '' : answer.detail || t('common.unreachable') })
    return answer
  }
  const send = async (url, body) => {
    const answer = await ask(url, body)
    return answer && answer.ok ? answer.body : null
  }
  return { ...state, send, ask, say: (refused) => setState({ busy: false, refused }) }
}

/** withToken gives a fetch that shows the page's token, if it has one. */
export const withToken = (token) => (url, init = {}) => fetch(url, token ? { ...init, headers: { ...init.headers, Authorization: 'Bearer ' + token } } : init)

/**
 * giveBack releases a time that is kept and that nobody waits for any more. The
 * page may be about to go, and nobody is there to be told.
 */
export function giveBack(token, hold) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': newKey() }
  withToken(token)('/api/v1/holds/' + encodeURIComponent(hold) + '/release', { method: 'POST', credentials: 'same-origin', headers, body: '{}', keepalive: true }).catch(() => {}) // it lapses by itself
}
