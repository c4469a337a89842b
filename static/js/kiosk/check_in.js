// Somebody has an appointment: the code, typed here, on a keyboard or by a
// scanner, which is a keyboard too.
import { html, useLayoutEffect, useRef } from '../lib/html.js'
import { Keyboard } from './keyboard.js'
import { useSend, withToken } from './send.js'
import { shownWith } from './wait.js'

const MOST = 200 // a scanner sends the whole link

/** CheckIn asks for the code of the appointment. */
export function CheckIn({ boot, t, visit, go }) {
  const typed = visit.typed
  const setTyped = (text) => go('check_in', { typed: text })
  const { busy, refused, send } = useSend(t, boot.token)
  const input = useRef(null)
  useLayoutEffect(() => {
    const at = input.current
    at.focus({ preventScroll: true })
    at.setSelectionRange(at.value.length, at.value.length)
  }, [])

  const submit = async (event) => {
    event.preventDefault()
    const code = codeIn(input.current.value)
    if (!code || busy) return
    const url = '/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/appointments/' + encodeURIComponent(code)
    const appointment = await read(url, boot.token, t.lang)
    const ticket = await send(url + '/check-in', { language: t.lang })
    if (ticket) go('result', { result: { ...ticket, shown: await shownWith(boot, ticket.link), at: ticket.at || (appointment && appointment.at), services: (appointment && appointment.services) || [] }, typed: '' })
  }
  return html`<form class="code code--ways" onSubmit=${submit}>
    <h1 tabindex="-1"><label for="code">${t('kiosk.code_title')}</label></h1>
    <p class="ask__more" id="code-hint">${t('kiosk.code_hint')}</p>
    <input id="code" class="typed typed--code" ref=${input} autocomplete="off" autocapitalize="characters" spellcheck=${false} dir="ltr" maxlength=${MOST}
      aria-describedby="code-hint" value=${typed} onInput=${(e) => setTyped(e.target.value)} />
    ${refused && html`<p class="notice" role="alert">${refused}</p>`}
    <${Keyboard} t=${t} dir="ltr" rows="1234567890 QWERTZUIOP ASDFGHJKL YXCVBNM" typed=${typed} onType=${setTyped} most=${MOST} />
    <button type="button" class="finder finder--more" disabled=${busy} onClick=${() => go('number_end', { end: '', initial: '', typed: '' })}>${t('kiosk.by_phone')}</button>
    <button type="submit" class="button--primary code__go" aria-busy=${String(busy)} disabled=${busy || !typed}>${t('kiosk.check_in')}</button>
  </form>`
}

// A link's last part, or the code as it was typed, without spaces and dashes.
const codeIn = (text) => (text.trim().split(/[/?#]/).filter(Boolean).pop() || '').replace(/[\s-]/g, '')

async function read(url, token, lang) {
  try {
    const answer = await withToken(token)(url, { credentials: 'same-origin', headers: { Accept: 'application/json', 'Accept-Language': lang } })
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}
