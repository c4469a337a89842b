// Presses: one at a time, answered at once or said to wait, and never twice
// by a double click.
import { command, newKey } from '../lib/command.js'
import { useRef, useState } from '../lib/html.js'

const SAY_IT_WAITS = 100 // ms; longer feels like nothing happened
const REST = 700 // ms; a double click is over by then

/**
 * usePress gives what the page says (message, for the one live region), which
 * action is under way, and send().
 *
 * send(action, url, body, options) resolves to the answer's body, or null when
 * it was refused, not reached, or another press was under way. A press that
 * nobody answered keeps its key: pressed again, it is the same command. With
 * rest, presses of that kind rest for a moment after the answer; all others
 * may follow at once. refused is told what the server has against it before the
 * page says so.
 *
 * @param {Object} page from readPage
 */
export function usePress(page) {
  const [state, setState] = useState({ pending: '', waits: false, resting: false, message: null })
  const busy = useRef(false)
  const restUntil = useRef(0)
  const unanswered = useRef({ what: '', key: '' })
  const change = (part) => setState((s) => ({ ...s, ...part }))
  const say = (text, tone = 'good') => change({ message: text ? { text, tone, id: newKey() } : null })

  const send = async (action, url, body = {}, { said, rest = false, post = command, refused } = {}) => {
    if (busy.current || (rest && Date.now() < restUntil.current)) return null
    busy.current = true
    change({ pending: action, message: null })
    const slow = setTimeout(() => change({ waits: true }), SAY_IT_WAITS)
    const what = url + '\n' + JSON.stringify(body)
    const key = unanswered.current.what === what ? unanswered.current.key : newKey()
    const result = await post(url, body, { key, lang: page.t.lang })
    clearTimeout(slow)
    unanswered.current = !result.ok && result.status === 0 ? { what, key } : { what: '', key: '' }
    busy.current = false
    change({ pending: '', waits: false })
    if (rest) takeRest()
    if (result.ok) {
      const text = typeof said === 'function' ? said(result.body) : said
      if (text) say(text)
      return result.body || {}
    }
    refused?.(result)
    say(refusalText(page, result), 'bad')
    return null
  }

  const takeRest = () => {
    const ms = page.catalogue.rest_ms || REST
    restUntil.current = Date.now() + ms
    change({ resting: true })
    setTimeout(() => change({ resting: false }), ms)
  }

  return { ...state, say, send }
}

/** What a refusal says to a person: the server's sentence, or ours. */
export function refusalText(page, result) {
  if (result.status === 0) return page.t('desk.unreachable')
  if (result.status === 401) return page.t('desk.signed_out')
  const faults = (result.errors || []).map((e) => e.message).filter(Boolean)
  return result.detail || faults.join(' ') || page.t('desk.failed')
}
