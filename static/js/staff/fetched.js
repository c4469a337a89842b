// What a page asks the API for besides its frames: again every so often, and
// at once when the question changes.
import { useEffect, useState } from '../lib/html.js'

/**
 * useFetched asks for a path and gives the newest answer.
 *
 * @param {Object} page from readPage
 * @param {string} path behind the office's address; empty: nothing is asked
 * @param {{every?: number, of?: unknown}} [options] every so many ms, 0: once; of: ask again when this changes
 * @returns {{body: Object|null, refused: Object|null, path: string}} refused is
 *   what the server, or nobody, answered instead; path is what body answers
 */
export function useFetched(page, path, { every = 0, of = '' } = {}) {
  const [state, setState] = useState({ body: null, refused: null, path: '' })
  useEffect(() => {
    if (!path) return
    const gone = new AbortController()
    const ask = async () => {
      try {
        const answer = await fetch(page.api + path, { signal: gone.signal, credentials: 'same-origin', headers: { Accept: 'application/json', 'Accept-Language': page.t.lang } })
        const body = await answer.json()
        if (answer.ok) setState({ body, refused: null, path })
        else setState({ body: null, refused: { ...body, status: answer.status }, path })
      } catch {
        // Nobody answered: what is known stays, the page's voice says the rest.
        if (!gone.signal.aborted) setState((s) => (s.body && s.path === path ? s : { body: null, refused: { status: 0 }, path }))
      }
    }
    ask()
    const timer = every && setInterval(ask, every)
    return () => {
      gone.abort()
      clearInterval(timer)
    }
  }, [path, every, of])
  return state
}
