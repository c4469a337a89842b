// The running case: its number and time, and what belongs to the matter.
import { html, useEffect, useRef, useState } from '../lib/html.js'
import { wholeMinutes } from './page.js'
import { Mark, TicketNumber, languageName } from './ticket.js'
import { useNow } from './room.js'
import { Needs, VisitContact, VisitPapers } from './visit.js'

const EVERY_SECOND = 1000

/** Number, state and time: the same height whatever runs, so nothing jumps. */
export function Running({ page, room, ticket }) {
  const { t } = page
  return html`<section class="running" aria-labelledby="running-title">
    <h2 id="running-title" class="desk__heading">${t('desk.running')}</h2>
    ${ticket
      ? html`<p class="running__number"><${TicketNumber} number=${ticket.number} /></p>
          <p class="running__state">${stateText(page, ticket)}</p>
          <${RunningTime} page=${page} skew=${room.skew} ticket=${ticket} />`
      : html`<p class="running__number running__number--none" aria-hidden="true">–</p>
          <p class="running__state">${t('desk.nobody_here')}</p>`}
  </section>`
}

function stateText(page, ticket) {
  const { t } = page
  if (ticket.state === 'serving') return t('desk.serving_since', { Time: t.time(ticket.started_at || ticket.called_at) })
  return t('desk.called_at', { Time: t.time(ticket.called_at), Count: ticket.calls || 1 })
}

// The figure runs in minutes: seconds would move at the edge of the eye all day.
function RunningTime({ page, skew, ticket }) {
  const { t } = page
  const now = useNow(skew, EVERY_SECOND)
  const minutes = wholeMinutes(now - Date.parse(ticket.started_at || ticket.called_at))
  const over = ticket.planned_minutes > 0 && minutes >= ticket.planned_minutes
  return html`<p class=${over ? 'running__time running__time--over' : 'running__time'}>
    <span class="running__minutes">${t('desk.minutes', { Count: minutes })}</span>
    <span class="running__planned">${t(over ? 'desk.planned_over' : 'desk.planned_of', { Count: ticket.planned_minutes })}</span>
  </p>`
}

/** What the person came for and needs, which papers it takes, and the note. */
export function Matter({ page, ticket, visit, press }) {
  const { t } = page
  if (!ticket) return html`<section class="matter" aria-label=${t('desk.matter')}></section>`
  return html`<section class="matter" aria-label=${t('desk.matter')}>
    <div class="matter__papers" role="group" aria-label=${t('desk.matter')} tabindex="0">
    <p class="matter__who"><${Mark} page=${page} ticket=${ticket} />
      <span>${ticket.booked ? t('desk.with_appointment') : t('desk.walk_in')}</span>
      ${ticket.language && ticket.language !== t.lang && html`<span class="matter__language">${t('desk.speaks', { Language: languageName(ticket.language) })}</span>`}
    </p>
    <${Needs} page=${page} needs=${visit?.needs || []} />
    <${VisitPapers} key=${ticket.id} page=${page} ticket=${ticket} visit=${visit} press=${press} />
    <${VisitContact} key=${'contact-' + ticket.id} page=${page} ticket=${ticket} visit=${visit} />
    ${ticket.later?.length > 0 && html`<p class="quiet">${t('desk.later', { Services: page.items(ticket.later) })}</p>`}
    </div>
    <${Note} key=${ticket.id} page=${page} ticket=${ticket} press=${press} />
  </section>`
}

const SAVE_AFTER = 1200 // ms without a keystroke

// The note is drawn anew for each ticket, so one person's text can never be
// saved under another's number: what is unsaved goes out when it is taken away.
function Note({ page, ticket, press }) {
  const { t } = page
  const url = page.api + '/tickets/' + encodeURIComponent(ticket.id) + '/note'
  const [text, setText] = useState('')
  const [status, setStatus] = useState('')
  const [allowed, setAllowed] = useState(true)
  const draft = useRef({ text: '', saved: '', timer: 0, touched: false })

  const save = async () => {
    const d = draft.current
    clearTimeout(d.timer)
    if (!d.touched || d.text === d.saved) return
    const sending = d.text
    setStatus('desk.note_saving')
    if (await put(url, sending)) {
      d.saved = sending
      setStatus(d.text === sending ? 'desk.note_saved' : '')
    } else {
      setStatus('')
      press.say(t('desk.note_failed'), 'bad')
    }
  }

  useEffect(() => {
    let here = true
    fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then((r) => {
        if (here && r.status === 403) setAllowed(false)
        return r.ok ? r.json() : null
      })
      .then((note) => {
        if (!here || !note?.text || draft.current.touched) return
        draft.current.text = draft.current.saved = note.text
        setText(note.text)
      })
      .catch(() => {}) // The field stays empty; what is written into it is still saved.
    return () => {
      here = false
      save()
    }
  }, [])

  const write = (event) => {
    const d = draft.current
    d.text = event.target.value
    d.touched = true
    setText(d.text)
    setStatus('')
    clearTimeout(d.timer)
    d.timer = setTimeout(save, SAVE_AFTER)
  }
  const keys = (event) => {
    if (event.key === 'Escape') event.target.blur()
  }
  if (!allowed) return null
  return html`<div class="field note">
    <label for="note">${t('desk.note')} <kbd aria-hidden="true">E</kbd><span class="note__status quiet">${status && t(status)}</span></label>
    <textarea id="note" rows="3" maxlength="2000" aria-describedby="note-hint" value=${text} onInput=${write} onBlur=${save} onKeyDown=${keys}></textarea>
    <p id="note-hint" class="field__hint">${t('desk.note_hint')}</p>
  </div>`
}

async function put(url, text) {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      credentials: 'same-origin',
      keepalive: true, // goes out even when the page is being left
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ text }),
    })
    return response.ok
  } catch {
    return false
  }
}
