// Free times, asked of the server for what was chosen, and asked again while
// they are looked at: others book too.
import { useEffect, useState } from '../lib/html.js'
import { withToken } from './send.js'

const DAYS = 42 // ahead; what the office does not sell so early is not in the answer
const ASK_AGAIN = 20_000 // ms

/** What a visit is called in an address: "id_card*2,dog". @param {Array<{id: string, quantity: number}>} cart */
const inAddress = (cart) => cart.map(({ id, quantity }) => id + '*' + quantity).join(',')

/**
 * useSlots gives {days, free, refused, again}: days null while nothing is known;
 * refused is why these are not booked here, a sentence.
 *
 * @param {Object} boot
 * @param {Function} t
 * @param {Array<{id: string, quantity: number}>} cart
 * @param {boolean} wanted ask, and ask again
 */
export function useSlots(boot, t, cart, wanted) {
  const [state, setState] = useState({ what: '', days: null, free: 0, refused: '' })
  const [round, setRound] = useState(0)
  const what = cart.length > 0 && wanted ? inAddress(cart) : ''
  useEffect(() => {
    if (!what) return undefined
    let over = false
    const ask = async () => {
      const answer = await read(boot, t, what)
      if (answer && !over) setState({ what, ...answer })
    }
    ask()
    const timer = setInterval(ask, ASK_AGAIN)
    return () => { over = true; clearInterval(timer) }
  }, [what, round, t])
  const known = state.what === inAddress(cart)
  return { days: known ? state.days : null, free: known ? state.free : 0, refused: known ? state.refused : '', again: () => setRound((n) => n + 1) }
}

async function read(boot, t, what) {
  const url = '/api/v1/offices/' + encodeURIComponent(boot.office.id) + '/slots?days=' + DAYS + '&services=' + encodeURIComponent(what)
  try {
    const answer = await withToken(boot.token)(url, { credentials: 'same-origin', headers: { Accept: 'application/json', 'Accept-Language': t.lang }, cache: 'no-store' })
    const body = await answer.json()
    if (answer.ok) return { days: body.days, free: body.free_today, refused: '' }
    return { days: [], free: 0, refused: body.detail || '' }
  } catch {
    return null // what is known stays; the page says by itself when the connection is lost
  }
}
