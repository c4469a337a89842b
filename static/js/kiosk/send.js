// Sending what a person asks for, once: a second try after silence carries
// the first one's key.
import { useRef, useState } from '../lib/html.js'
import { command, newKey } from '../lib/command.js'

/**
 * useSend gives {busy, refused, send}. refused is a sentence or ''.
 *
 * @param {Function} t
 * @param {string} [token] where the page was opened with one
 */
export function useSend(t, token) {
  const [state, setState] = useState({ busy: false, refused: '' })
  const kept = useRef(null)
  const send = async (url, body) => {
    const what = url + JSON.stringify(body)
    if (!kept.current || kept.current.what !== what) kept.current = { what, key: newKey() }
    setState({ busy: true, refused: '' })
    const answer = await command(url, body, { key: kept.current.key, lang: t.lang, patience: 12_000, fetch: withToken(token) })
    if (answer.status !== 0) kept.current = null
    setState({ busy: false, refused: answer.ok ? '' : answer.detail || t('common.unreachable') })
    return answer.ok ? answer.body : null
  }
  return { ...state, send, say: (refused) => setState({ busy: false, refused }) }
}

/** withToken gives a fetch that shows the page's token, if it has one. */
export const withToken = (token) => (url, init = {}) => fetch(url, token ? { ...init, headers: { ...init.headers, Authorization: 'Bearer ' + token } } : init)
