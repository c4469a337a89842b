// The office as it is, from the first frame on, and the server's time.
import { follow } from '../lib/live.js'
import { useEffect, useState } from '../lib/html.js'

/**
 * useRoom follows the page's topic.
 *
 * @returns {{view: Object|null, seq: number, skew: number, stale: string|null, ended: boolean, renewed: boolean}}
 *   stale is the time of the last news while there are none; ended: access is
 *   over; renewed: the server serves newer pages than this one
 */
export function useRoom({ topic, frame }) {
  const [room, setRoom] = useState({
    view: frame ? frame.view : null,
    seq: frame ? frame.seq : -1,
    skew: frame ? Date.parse(frame.at) - Date.now() : 0,
    stale: null,
    ended: false,
    renewed: false,
  })
  useEffect(() => {
    const change = (part) => setRoom((r) => ({ ...r, ...part }))
    const following = follow({
      topic,
      first: frame,
      onFrame: (view, f) => change({ view, seq: f.seq, skew: Date.parse(f.at) - Date.now() }),
      onStale: (at) => change({ stale: at || new Date().toISOString() }),
      onFresh: () => change({ stale: null }),
      onBuild: () => change({ renewed: true }),
      onEnd: () => change({ ended: true }),
    })
    return following.close
  }, [])
  return room
}

/** useNow draws again every so many ms and gives the server's time in ms. */
export function useNow(skew, every) {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), every)
    return () => clearInterval(timer)
  }, [every])
  return Date.now() + skew
}

/** The opaque id of who is signed in; empty until it is known. */
export function useMe({ me }) {
  const [id, setID] = useState(me ? me.id : '')
  useEffect(() => {
    if (me) return
    fetch('/api/v1/me', { credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then((r) => (r.ok ? r.json() : null))
      .then((body) => body && setID(body.id))
      .catch(() => {}) // Nobody known: every open desk counts as somebody else's.
  }, [])
  return id
}
