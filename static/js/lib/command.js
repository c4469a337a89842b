// Commands go by POST, each with a key of its own. When nobody knows whether a
// command was done, it is sent again with the same key: the server does it once
// and gives the same answer.

const ONE_TRY = 8_000 // ms; a durable answer takes milliseconds, so this one is lost
const PATIENCE = 30_000 // ms; then the person is told
const PAUSE_FIRST = 300 // ms between tries; doubles
const PAUSE_MOST = 5_000

/**
 * @typedef {{ok: true, status: number, body: any}} Done
 * @typedef {{ok: false, status: number, code: string, detail: string, errors: Array<{code: string, location: string, message: string}>}} Refused
 *   status 0 and code "unreachable": no answer within patience; it may have been done
 * @typedef {Object} Options
 * @property {string} [key] only to go on with a command begun earlier
 * @property {string} [lang] language of a refusal; else the page's
 * @property {number} [patience] ms
 * @property {(url: string, init: Object) => Promise<Response>} [fetch]
 */

/**
 * command sends one command and comes back with its answer or a refusal; it
 * never throws.
 *
 * @param {string} url
 * @param {Object} [body]
 * @param {Options} [options]
 * @returns {Promise<Done|Refused>}
 */
export async function command(url, body = {}, { key = newKey(), lang = pageLang(), patience = PATIENCE, fetch = globalThis.fetch } = {}) {
  const init = {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  }
  if (lang) init.headers['Accept-Language'] = lang
  const giveUp = Date.now() + patience
  for (let pause = PAUSE_FIRST; ; pause = Math.min(PAUSE_MOST, pause * 2)) {
    const answer = await once(fetch, url, init, Math.min(ONE_TRY, giveUp - Date.now()))
    if (answer.result) return answer.result
    const wait = Math.max(answer.retryAfter, pause * (0.5 + Math.random() / 2))
    if (Date.now() + wait >= giveUp) {
      return answer.last || { ok: false, status: 0, code: 'unreachable', detail: '', errors: [] }
    }
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

// once gives {result} when the outcome is known, else {retryAfter, last}.
async function once(fetch, url, init, timeout) {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), timeout)
  try {
    const response = await fetch(url, { ...init, signal: abort.signal })
    const text = await response.text()
    if (response.ok) return { result: { ok: true, status: response.status, body: parse(text) } }
    const refused = refusal(response.status, parse(text))
    const retryAfter = Number(response.headers.get('Retry-After')) * 1000
    const unknown = response.status === 502 || response.status === 504 || (response.status === 503 && retryAfter > 0)
    return unknown ? { retryAfter: retryAfter || 0, last: refused } : { result: refused }
  } catch {
    return { retryAfter: 0 }
  } finally {
    clearTimeout(timer)
  }
}

function refusal(status, problem) {
  const { code = '', detail = '', errors = [] } = problem || {}
  return { ok: false, status, code, detail, errors }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * newKey makes 128 random bits in hexadecimal. Not crypto.randomUUID, which
 * is missing where a house serves plain http in its own network.
 */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

const pageLang = () => (globalThis.document ? document.documentElement.lang : '')
