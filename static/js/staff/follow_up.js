// Another visit for who sits at the desk: one press shows the next times, the
// second books. A day or another matter is typed as at reception.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js'
import { ContactFields, NOBODY, faultsOf, typedOf } from './contact_form.js'
import { Choices, Dialog } from './dialog.js'
import { pathOf } from './issued.js'
import { readLine } from './line.js'
import { refusalText } from './press.js'
import { chooseTimes, shortDay, useTimes } from './times.js'

/**
 * @param {{page: Object, press: Object, ticket: Object, known: boolean, today: string, onClose: () => void}} props
 *   known: it is known how the person is reached; else it is asked for
 */
export function FollowUp({ page, press, ticket, known, today, onClose }) {
  const { t } = page
  const [query, setQuery] = useState('')
  const [at, setAt] = useState('')
  const [contact, setContact] = useState(NOBODY)
  const [faults, setFaults] = useState({})
  const [refused, setRefused] = useState('')
  const [tries, setTries] = useState(0)
  const [got, setGot] = useState(null)
  const read = readLine(query, { services: page.catalogue.services, today })
  const items = read.items.length > 0 ? read.items : ticket.services
  const said = read.when.from || read.when.start >= 0 || read.when.time
  const { times, refused: none } = useTimes(page, got ? [] : items, read.when.from ? read.when : null, { today, of: tries })
  const some = times && chooseTimes(times, said ? read.when : null)
  const end = useRef(null)
  // The list comes a moment after the question; then the code stands instead.
  useLayoutEffect(() => {
    if (got || at) end.current?.querySelector('[data-next], input')?.focus()
    else if (query === '') end.current?.querySelector('.choices__one')?.focus()
  }, [Boolean(some), at, got])

  const book = async (chosen, whose) => {
    setRefused('')
    setFaults({})
    const body = { at: chosen, services: items.map((i) => ({ id: i.service, quantity: i.quantity })), ...(whose ? { contact: { ...typedOf(whose), surname: whose.surname } } : {}) }
    const answer = await press.send('follow-up', page.api + '/tickets/' + encodeURIComponent(ticket.id) + '/follow-up', body, {
      said: (a) => t('reception.said_booked', { Code: a.code }),
      refused: (r) => {
        const wrong = faultsOf(r)
        setFaults(wrong)
        if (Object.keys(wrong).length > 0) return setAt(chosen) // a name is wanted after all
        setRefused(refusalText(page, r))
        setAt('')
        setTries((n) => n + 1)
      },
    })
    if (answer) setGot({ ...answer, at: chosen })
  }
  const take = (chosen) => (known ? book(chosen, null) : setAt(chosen))
  const day = (instant) => `${shortDay(page, instant)}, ${t('common.at_time', { Time: t.time(instant) })}`
  const submit = (event) => {
    event.preventDefault()
    book(at, contact)
  }

  return html`<${Dialog} title=${t('desk.follow_up_title', { Number: ticket.number.text })} onClose=${onClose} wide>
    <div class="follow-up" ref=${end}>
    ${got ? html`<div role="status"><p>${t('reception.booked_for')} <strong>${day(got.at)}</strong></p>
        <p class="follow-up__code"><bdi>${got.code}</bdi></p>
        <p>${got.sms ? t('desk.follow_up_sms') : t('reception.say_code')}</p></div>
        <p class="ask__end"><a class="button" href=${pathOf(got.link) + '/sheet?print=1'} target="_blank" rel="noopener">${t('reception.print_sheet')}</a>
          <button type="button" class="button--primary" data-next onClick=${onClose}>${t('common.close')}</button></p>`
      : at ? html`<form onSubmit=${submit} novalidate><p><strong>${day(at)}</strong> · ${page.items(items)}</p>
        <p class="quiet">${t('desk.follow_up_who')}</p>
        <${ContactFields} page=${page} id="follow-up" contact=${contact} faults=${faults} onChange=${setContact} few />
        <p class="ask__end"><button type="submit" class="button--primary" aria-busy=${press.pending === 'follow-up' ? 'true' : null}>${t('reception.book')} <kbd aria-hidden="true">⏎</kbd></button>
          <button type="button" onClick=${() => setAt('')}>${t('reception.other_time')}</button></p></form>`
      : html`<p>${page.items(items)}</p>
        ${refused && html`<p class="field__error" role="alert">${refused}</p>`}
        ${some && some.length > 0 && html`<${Choices} choices=${some.map((x) => ({ id: x.at, text: day(x.at) }))} onChoose=${take} />`}
        ${some && some.length === 0 && html`<p role="status">${none ? none.detail : t('reception.no_time_free')}</p>`}
        ${!some && html`<p class="quiet">${t('common.wait')}</p>`}
        <div class="field follow-up__other"><label for="follow-up-other">${t('desk.follow_up_other')}</label>
          <input id="follow-up-other" type="text" autocomplete="off" value=${query} placeholder=${t('desk.follow_up_example')} onInput=${(e) => setQuery(e.target.value)} /></div>
        <p class="ask__end"><button type="button" data-first onClick=${onClose}>${t('common.cancel')}</button></p>`}
    </div>
  </${Dialog}>`
}
