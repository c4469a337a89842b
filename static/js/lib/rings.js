// Which calls ring: each once, none that is old. Age counts by the server's
// times alone, and what has rung is remembered over a reload.

const YOUNG = 30_000 // ms; an older call is history, also after a restart
const REMEMBERED = 60 // calls; a board shows eight

/**
 * createRings gives a function that picks from the newest calls those that
 * are to ring now, oldest first. Asked again it never gives the same call.
 *
 * @param {string} name the screen's; two screens in one browser ring each
 * @param {Storage|null} storage null where the browser keeps nothing
 * @returns {(calls: Array<{id: number, at: string}>, now: number) => Array<Object>}
 */
export function createRings(name, storage) {
  const slot = 'aufruf.rung.' + name
  let rung = recall(storage, slot)
  return (calls, now) => {
    // The time is part of it: a server set back may give an id again.
    const fresh = calls.filter((call) => !rung.includes(call.id + '@' + call.at))
    if (fresh.length === 0) return []
    rung = fresh.map((call) => call.id + '@' + call.at).concat(rung).slice(0, REMEMBERED)
    try {
      storage.setItem(slot, JSON.stringify(rung))
    } catch {
      // A full or forbidden storage: a reload within 30 s rings once more.
    }
    return fresh.filter((call) => now - Date.parse(call.at) < YOUNG).reverse()
  }
}

function recall(storage, slot) {
  try {
    const kept = JSON.parse(storage.getItem(slot))
    return Array.isArray(kept) ? kept : []
  } catch {
    return []
  }
}
