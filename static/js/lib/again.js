// Asking again for a part of a page that is drawn by the server alone.

/**
 * again puts the newest state of a part into the page, every so often and when
 * the page is looked at again. What cannot be had stays as it is.
 *
 * @param {string} selector the part, there once in the page
 * @param {number} every ms
 */
export function again(selector, every) {
  let asking = false
  const ask = async () => {
    if (asking || document.visibilityState === 'hidden') return
    asking = true
    try {
      const answer = await fetch(location.href, { cache: 'no-store', credentials: 'same-origin' })
      const part = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector(selector)
      const old = document.querySelector(selector)
      if (part && old && part.innerHTML !== old.innerHTML) old.replaceChildren(...part.childNodes)
    } catch {
      // The server is away: the next time, then.
    } finally {
      asking = false
    }
  }
  setInterval(ask, every)
  document.addEventListener('visibilitychange', ask)
}
