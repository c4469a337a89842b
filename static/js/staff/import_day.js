// The day's appointments from a file: all are taken, or none and every fault
// is named with its line.
import { html, useState } from '../lib/html.js'
import { command } from '../lib/command.js'
import { Dialog } from './dialog.js'
import { refusalText } from './press.js'

/** @param {{page: Object, press: Object, onClose: () => void}} props */
export function ImportDay({ page, press, onClose }) {
  const { t } = page
  const [text, setText] = useState('')
  const [faults, setFaults] = useState([])
  const [refused, setRefused] = useState('')
  const read = async (event) => {
    const file = event.target.files[0]
    if (file) setText(await file.text())
  }
  const submit = async (event) => {
    event.preventDefault()
    if (press.pending || text.trim() === '') return
    setFaults([])
    setRefused('')
    const got = await press.send('import', page.api + '/appointments/import', text, {
      post: async (url, body, options) => {
        const result = await postText(url, body, options)
        if (!result.ok) {
          setFaults(result.errors || [])
          setRefused(refusalText(page, { ...result, errors: [] }))
        }
        return result
      },
      said: (a) => t('reception.imported', { Count: a.added || 0 }),
    })
    if (got) onClose()
  }
  return html`<${Dialog} title=${t('reception.import_title')} onClose=${onClose} wide>
    <form class="import" onSubmit=${submit}>
      <p>${t('reception.import_form')}</p>
      <pre class="import__example">time,service,code
09:10,${page.catalogue.services?.[0]?.id || ''},K7F2</pre>
      <div class="field"><label for="import-file">${t('reception.import_file')}</label>
        <input id="import-file" type="file" accept=".csv,text/csv,text/plain" data-first onChange=${read} /></div>
      <div class="field import__text"><label for="import-text">${t('reception.import_text')}</label>
        <textarea id="import-text" rows="7" spellcheck=${false} value=${text} aria-invalid=${refused ? 'true' : null} aria-describedby="import-faults" onInput=${(e) => setText(e.target.value)}></textarea></div>
      <div id="import-faults" role="alert">
        ${refused && html`<p class="field__error">${refused} ${t('reception.import_nothing')}</p>`}
        ${faults.length > 0 && html`<ul class="import__faults">${faults.map((f, i) => html`<li key=${i}><strong>${f.location}</strong> ${f.message}</li>`)}</ul>`}
      </div>
      <p class="ask__end"><button type="submit" class="button--primary" aria-busy=${press.pending === 'import' ? 'true' : null}>${t('reception.import_take')}</button>
        <button type="button" onClick=${onClose}>${t('common.cancel')}</button></p>
    </form>
  </${Dialog}>`
}

// The same promises as every command, with another kind of body.
const postText = (url, text, options) => command(url, {}, {
  ...options,
  fetch: (to, init) => fetch(to, { ...init, body: text, headers: { ...init.headers, 'Content-Type': 'text/csv' } }),
})
