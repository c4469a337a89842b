// A form whose answer is part of its own page: it is asked for while one types.

const PAUSE = 250 // ms without a key before the server is asked

/**
 * live asks the server for the page that the form leads to whenever something
 * in it changes, and puts the parts named by data-live (and data-fields) of it
 * into this one. Without an answer everything stays as it is; sending the form
 * still works.
 *
 * @param {HTMLFormElement} form
 */
export function live(form) {
  const parts = [form.dataset.live, form.dataset.fields].filter(Boolean)
  let timer = 0
  let asked = 0
  const ask = async () => {
    const turn = ++asked
    const address = form.action.split('?')[0] + '?' + new URLSearchParams(new FormData(form))
    try {
      const answer = await fetch(address, { credentials: 'same-origin', headers: { Accept: 'text/html' } })
      if (!answer.ok || turn !== asked) return
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      for (const part of parts) {
        const [old, fresh] = [document.querySelector(part), page.querySelector(part)]
        if (old && fresh) old.replaceChildren(...fresh.childNodes)
      }
      history.replaceState(null, '', address)
    } catch {
      // The server is away: the form's own button will say so.
    }
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE)
  })
}
