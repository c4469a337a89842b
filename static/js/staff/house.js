// What a supervisor decides for the whole office: open or closed, numbers or
// none, and what stands on every screen.
import { html, useState } from '../lib/html.js'
import { hoursText } from './bar.js'
import { nextAt } from './find.js'

/** @param {{page: Object, view: Object, now: number, press: Object, onAsk: (a: Object) => void}} props */
export function Opening({ page, view, now, press, onAsk }) {
  const { t } = page
  const [time, setTime] = useState('')
  const open = (event) => {
    event.preventDefault()
    const until = time ? nextAt(time, now, page.boot.zone) : null
    press.send('open', page.api + '/open', { until }, { said: until ? t('supervisor.said_open_until', { Time: time }) : t('supervisor.said_open') })
  }
  const intake = () => press.send('intake', page.api + '/intake', { open: view.intake_closed }, { said: view.intake_closed ? t('supervisor.said_intake_open') : t('supervisor.said_intake_closed') })
  return html`<section class="house" aria-labelledby="opening-title">
    <h2 id="opening-title" class="heading">${t('supervisor.opening')}</h2>
    <p class="house__state">${hoursText(page, view.hours)}${view.opening && html` <span class="quiet">${t('supervisor.extraordinary')}</span>`}</p>
    <form class="house__row" onSubmit=${open}>
      <div class="field"><label for="open-until">${t('supervisor.open_until')}</label><input id="open-until" type="time" value=${time} onInput=${(e) => setTime(e.target.value)} /></div>
      <button type="submit" aria-busy=${press.pending === 'open' ? 'true' : null}>${time ? t('supervisor.open_now_until') : t('supervisor.open_now')}</button>
      ${view.hours.open && html`<button type="button" class="button--bad" onClick=${() => onAsk({ action: 'close' })}>${t('supervisor.close_office')}</button>`}
    </form>
    ${(view.hours.open || view.intake_closed) && html`<p class="house__state">${view.intake_closed ? t('supervisor.intake_is_closed') : t('supervisor.intake_is_open')}</p>
    <p><button type="button" aria-busy=${press.pending === 'intake' ? 'true' : null} onClick=${intake}>${view.intake_closed ? t('supervisor.intake_open') : t('supervisor.intake_close')}</button></p>`}
  </section>`
}

const NOTICE_MOST = 200 // characters; more cannot be read at five metres

/** The notice to all screens. Whoever types it is told that everybody reads it. */
export function Notice({ page, view, press }) {
  const { t } = page
  const [text, setText] = useState(null)
  const shown = text ?? view.notice
  const save = async (value) => {
    const got = await press.send('notice', page.api + '/notice', { text: value.trim() }, { said: value.trim() ? t('supervisor.said_notice') : t('supervisor.said_notice_gone') })
    if (got) setText(null)
  }
  const submit = (event) => {
    event.preventDefault()
    save(shown)
  }
  return html`<section class="house" aria-labelledby="notice-title">
    <h2 id="notice-title" class="heading">${t('supervisor.notice')}</h2>
    <form onSubmit=${submit}>
      <div class="field"><label for="notice">${t('supervisor.notice_text')}</label>
        <p class="field__hint" id="notice-hint">${t('supervisor.notice_public')}</p>
        <textarea id="notice" rows="3" maxlength=${NOTICE_MOST} aria-describedby="notice-hint" value=${shown} onInput=${(e) => setText(e.target.value)}></textarea></div>
      <p class="house__row"><button type="submit" aria-busy=${press.pending === 'notice' ? 'true' : null}>${t('supervisor.notice_show')}</button>
        ${view.notice && html`<button type="button" class="button--plain" onClick=${() => save('')}>${t('supervisor.notice_remove')}</button>`}</p>
    </form>
  </section>`
}
