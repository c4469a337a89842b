// A device asks to be let in: it shows a code and waits until a supervisor has
// typed it, then goes where it was told.
import { command } from './lib/command.js'
import { createWords } from './lib/words.js'

const ASK_EVERY = 2_000 // ms
const TRY_AGAIN = 10_000 // ms

const boot = JSON.parse(document.getElementById('boot').textContent)
const t = createWords(boot.lang, boot.words)
const code = document.getElementById('code')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
// "KM4T7Q" is easier read and said as "KM4 T7Q".
const grouped = (text) => (text.length === 6 ? text.slice(0, 3) + '\u2009' + text.slice(3) : text)

async function state(poll) {
  try {
    const answer = await fetch('/api/v1/pairings/' + encodeURIComponent(poll), { credentials: 'same-origin', cache: 'no-store' })
    if (answer.status === 404) return { state: 'expired' }
    return answer.ok ? await answer.json() : { state: 'waiting' }
  } catch {
    return { state: 'waiting' }
  }
}

async function pair() {
  for (;;) {
    const asked = await command('/api/v1/pairings')
    if (!asked.ok) {
      code.textContent = asked.detail || t('common.unreachable')
      await pause(TRY_AGAIN)
      continue
    }
    code.textContent = grouped(asked.body.code)
    for (;;) {
      await pause(ASK_EVERY)
      const now = await state(asked.body.poll)
      if (now.state === 'approved') {
        location.replace(now.path || location.pathname)
        return
      }
      if (now.state === 'expired') break
    }
  }
}

pair()
