// How much of the desks' time is kept for people without an appointment: an
// hour each, its bar and its number in one.
import { html, useState } from '../lib/html.js'

const STEP = 5 // percent; what the arrow keys change

/** @param {{page: Object, shares: number[], configured: number[], open: number[], fault: (field: string) => string, onChange: (shares: number[]) => void}} props */
export function Shares({ page, shares, configured, open, fault, onChange }) {
  const { t } = page
  const [all, setAll] = useState(false)
  const [every, setEvery] = useState('')
  const hours = all || open.length === 0 ? shares.map((_, h) => h) : open
  const set = (hour, text) => onChange(shares.map((s, h) => (h === hour ? (text === '' ? 0 : Number(text)) : s)))
  const setEach = () => {
    if (every === '') return
    onChange(shares.map((s, h) => (hours.includes(h) ? Number(every) : s)))
    setEvery('')
  }
  const name = (h) => t('supervisor.terms_hour', { From: String(h), Until: String(h + 1) })
  const differs = hours.some((h) => shares[h] !== configured[h])
  const wrong = fault('share')
  return html`<fieldset class="shares"><legend>${t('supervisor.terms_share')}</legend>
    <p class="field__hint" id="terms-share-hint">${t('supervisor.terms_share_hint')}</p>
    ${wrong && html`<p class="field__error" id="terms-share-fault">${wrong}</p>`}
    <ol class="shares__hours" role="list">${hours.map((h) => html`<li key=${h} class="shares__hour">
      <span class="shares__bar" aria-hidden="true"><span class="shares__kept" style=${{ blockSize: Math.max(0, Math.min(100, shares[h])) + '%' }}></span>
        ${shares[h] !== configured[h] && html`<span class="shares__was" style=${{ insetBlockEnd: configured[h] + '%' }}></span>`}</span>
      <input id=${'share-' + h} class="shares__percent" type="number" min="0" max="100" step=${STEP} inputmode="numeric" value=${shares[h]} aria-label=${t('supervisor.terms_share_of', { Hour: name(h) })}
        aria-invalid=${fault('share[' + h + ']') && wrong && !(shares[h] >= 0 && shares[h] <= 100) ? 'true' : null} aria-describedby=${wrong ? 'terms-share-fault' : null} onInput=${(e) => set(h, e.target.value)} />
      <span class="shares__name time" aria-hidden="true">${name(h)}</span>
    </li>`)}</ol>
    ${differs && html`<p class="quiet shares__was-said"><span class="shares__was-mark" aria-hidden="true"></span> ${t('supervisor.terms_share_configured')}</p>`}
    <div class="house__row shares__row">
      <div class="field"><label for="share-every">${t('supervisor.terms_share_every')}</label>
        <input id="share-every" type="number" min="0" max="100" step=${STEP} inputmode="numeric" value=${every} onInput=${(e) => setEvery(e.target.value)} /></div>
      <button type="button" disabled=${every === ''} onClick=${setEach}>${t('supervisor.terms_share_set')}</button>
      ${open.length > 0 && open.length < 24 && html`<label class="choice"><input type="checkbox" checked=${all} onChange=${(e) => setAll(e.target.checked)} /> ${t('supervisor.terms_share_all')}</label>`}
    </div>
  </fieldset>`
}
