// A booking by phone from the chosen time to the code: kept, completed, given
// back, moved. A time that is lost on the way is told at once.
import { command } from '../lib/command.js'
import { useState } from '../lib/html.js'
import { faultsOf, typedOf } from './contact_form.js'
import { UNASKED } from './paper_list.js'

// Refusals after which another time is what helps.
const LOST = new Set(['slot_taken', 'slot_past', 'slot_day', 'quota'])

/**
 * useBooking gives what is kept and how it goes on.
 *
 * hold(at, items) keeps a time; book(contact, answers) makes an appointment of
 * it and resolves to the answer; release() gives it back. lost is a time that
 * somebody else has taken: {at, text, items}.
 *
 * @param {Object} page from readPage
 * @param {Object} press from usePress
 */
export function useBooking(page, press) {
  const [kept, setKept] = useState(null)
  const [faults, setFaults] = useState({})
  const [lost, setLost] = useState(null)

  /** Sends, and gives the refusal to look at before the page says it. */
  const send = async (action, url, body, options = {}) => {
    let refused = null
    const got = await press.send(action, url, body, { ...options, refused: (result) => { refused = result } })
    return { got, refused }
  }

  const hold = async (at, items) => {
    const services = items.map((i) => ({ id: i.service || i.id, quantity: i.quantity }))
    const { got, refused } = await send('hold', page.api + '/holds', { at, services, channel: 'phone' })
    if (got) {
      setLost(null)
      setKept({ at, items, secret: got.hold, until: got.until, minutes: got.minutes })
      return got
    }
    if (refused && LOST.has(refused.code)) setLost({ at, items, text: refused.detail })
    return null
  }

  const book = async (contact, answers = UNASKED) => {
    setFaults({})
    const body = { contact: { ...typedOf(contact), surname: contact.surname, ...typedOf(answers) } }
    const complete = (secret) => send('book', '/api/v1/holds/' + encodeURIComponent(secret) + '/book', body, { said: (a) => page.t('reception.said_booked', { Code: a.code }) })
    let { got, refused } = await complete(kept.secret)
    if (refused?.code === 'hold_lapsed') {
      // Kept no longer: the same time again if nobody took it, else the nearest.
      const again = await hold(kept.at, kept.items)
      if (!again) return null
      ;({ got, refused } = await complete(again.hold))
    }
    if (got) {
      const what = { ...kept, ...got }
      setKept(null)
      return what
    }
    if (refused?.status === 422) setFaults(faultsOf(refused))
    return null
  }

  const release = () => {
    if (!kept) return
    const { secret } = kept
    setKept(null)
    setFaults({})
    command('/api/v1/holds/' + encodeURIComponent(secret) + '/release', {}, { lang: page.t.lang }) // else it lapses by itself
  }

  const move = async (moving, at) => {
    const { got, refused } = await send('move', page.api + '/appointments/' + encodeURIComponent(moving.id) + '/move', { at }, { said: page.t('reception.said_moved') })
    if (refused && LOST.has(refused.code)) setLost({ at, items: moving.items, text: refused.detail })
    else setLost(null)
    return got
  }

  return { kept, faults, lost, forget: () => setLost(null), hold, book, release, move }
}
