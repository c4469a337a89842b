// The last step of a booking by phone: the time that is kept, and who comes.
import { html, useLayoutEffect } from '../lib/html.js'
import { ContactFields } from './contact_form.js'
import { openQuestion } from './papers_aloud.js'
import { useNow } from './room.js'

/** Goes to the first field that is empty. */
export function toFields() {
  const fields = ['surname', 'phone'].map((f) => document.getElementById('contact-' + f))
  const field = fields.find((f) => f?.value === '') || fields[0]
  field?.focus()
}

/**
 * @param {{page: Object, room: Object, kept: {at: string, until: string, items: Array<Object>}, contact: Object, faults: Object, busy: boolean,
 *   onChange: (c: Object) => void, onBook: () => void, onRelease: () => void}} props
 */
export function Details({ page, room, kept, contact, faults, busy, onChange, onBook, onRelease }) {
  const { t } = page
  const now = useNow(room.skew, 5000)
  // Taking a time leads on: to the questions if there are any, else to the name.
  useLayoutEffect(() => {
    const question = openQuestion()
    if (question) question.focus()
    else toFields()
  }, [])
  const submit = (event) => {
    event.preventDefault()
    onBook()
  }
  const keys = (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    onRelease()
  }
  const over = Date.parse(kept.until) <= now
  return html`<form class="details" onSubmit=${submit} onKeyDown=${keys} aria-labelledby="details-title" novalidate>
    <h2 class="details__when" id="details-title"><span class="details__day">${t.date(kept.at)}</span> <span class="details__time time">${t('common.at_time', { Time: t.time(kept.at) })}</span></h2>
    <p class="details__what">${page.items(kept.items)} · ${t('desk.minutes', { Count: kept.minutes })}</p>
    <p class=${over ? 'details__kept details__kept--over' : 'details__kept'}>${over ? t('reception.kept_over') : t('reception.kept_until', { Time: t.time(kept.until) })}</p>
    <${ContactFields} page=${page} id="contact" contact=${contact} faults=${faults} onChange=${onChange} after=${html`<p class="details__end">
      <button type="submit" class="details__book button--primary" aria-disabled=${busy ? 'true' : null} aria-busy=${busy ? 'true' : null}>${t('reception.book')} <kbd aria-hidden="true">⏎</kbd></button>
      <button type="button" class="button--plain" onClick=${onRelease}>${t('reception.other_time')} <kbd aria-hidden="true">Esc</kbd></button>
    </p>`} />
  </form>`
}
