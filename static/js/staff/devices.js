// Screens and kiosks: let one in by the code it shows, see when it was last
// there, and shut it out.
import { html, useEffect, useState } from '../lib/html.js'

const LOOK_AGAIN = 30_000 // ms; a device's last sign of life is coarse anyway
const LOOK_SOON = [1000, 3000, 8000] // ms; a device fetches its approval by itself, and is listed then

/** @param {{page: Object, now: number, press: Object, onAsk: (a: Object) => void, changed: number}} props */
export function Devices({ page, now, press, onAsk, changed }) {
  const { t } = page
  const [list, setList] = useState([])
  const [made, setMade] = useState(0)
  useEffect(() => {
    let here = true
    const look = () => fetch('/api/v1/devices', { credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then((r) => (r.ok ? r.json() : null))
      .then((body) => { if (here && body) setList(Array.isArray(body) ? body : body.devices || []) })
      .catch(() => {}) // The next look may succeed; the old list stays.
    look()
    const timer = setInterval(look, LOOK_AGAIN)
    const soon = made > 0 ? LOOK_SOON.map((ms) => setTimeout(look, ms)) : []
    return () => {
      here = false
      clearInterval(timer)
      soon.forEach(clearTimeout)
    }
  }, [changed, made])
  const there = list.filter((d) => !d.revoked_at && !d.revoked)
  return html`<section class="devices" aria-labelledby="devices-title">
    <h2 id="devices-title" class="heading">${t('supervisor.devices')}</h2>
    <${Approve} page=${page} press=${press} onMade=${() => setMade((n) => n + 1)} />
    ${there.length > 0 && html`<table class="devices__list">
      <caption class="visually-hidden">${t('supervisor.devices')}</caption>
      <thead><tr><th scope="col">${t('supervisor.device_label')}</th><th scope="col">${t('supervisor.device_kind')}</th><th scope="col">${t('supervisor.device_seen')}</th><td></td></tr></thead>
      <tbody>${there.map((d) => html`<tr key=${d.id}>
        <th scope="row">${d.label || '–'}</th>
        <td>${d.kind === 'kiosk' ? t('supervisor.kind_kiosk') : t('supervisor.kind_board')} <span class="quiet">${d.screen || d.office}</span></td>
        <td class="time">${seen(page, d.last_seen || d.last_seen_at || d.seen_at, now)}</td>
        <td class="cell-number"><button type="button" class="button--plain" aria-label=${t('supervisor.revoke_of', { Label: d.label || d.id })} onClick=${() => onAsk({ action: 'revoke', device: d })}>${t('supervisor.revoke')}</button></td>
      </tr>`)}</tbody>
    </table>`}
  </section>`
}

function seen(page, at, now) {
  const { t } = page
  if (!at) return t('supervisor.never_seen')
  const minutes = Math.floor((now - Date.parse(at)) / 60_000)
  if (minutes < 2) return t('supervisor.seen_now')
  return minutes < 12 * 60 ? t.time(at) : t.date(at)
}

function Approve({ page, press, onMade }) {
  const { t, name, catalogue, boot } = page
  const screens = boot.screens || catalogue.screens || []
  const [device, setDevice] = useState({ code: '', kind: 'board', screen: screens[0]?.id || '', label: '' })
  const change = (part) => setDevice((d) => ({ ...d, ...part }))
  const submit = async (event) => {
    event.preventDefault()
    if (press.pending) return
    const body = { code: device.code.replace(/[\s-]/g, '').toUpperCase(), kind: device.kind, label: device.label.trim() }
    if (device.kind === 'board') body.screen = device.screen
    else body.office = page.office
    const got = await press.send('approve', '/api/v1/devices/approve', body, { said: t('supervisor.said_approved', { Label: body.label || body.code }) })
    if (!got) return
    change({ code: '', label: '' })
    onMade()
  }
  return html`<form class="approve" onSubmit=${submit}>
    <div class="field"><label for="device-code">${t('supervisor.code')}</label>
      <input id="device-code" class="approve__code" required autocomplete="off" autocapitalize="characters" spellcheck=${false} aria-describedby="device-code-hint" value=${device.code} onInput=${(e) => change({ code: e.target.value })} />
      <p class="field__hint" id="device-code-hint">${t('supervisor.code_hint')}</p></div>
    <fieldset class="approve__kind"><legend>${t('supervisor.device_kind')}</legend>
      <label class="choice"><input type="radio" name="kind" checked=${device.kind === 'board'} onChange=${() => change({ kind: 'board' })} /> ${t('supervisor.kind_board')}</label>
      <label class="choice"><input type="radio" name="kind" checked=${device.kind === 'kiosk'} onChange=${() => change({ kind: 'kiosk' })} /> ${t('supervisor.kind_kiosk')}</label>
    </fieldset>
    ${device.kind === 'board' && html`<div class="field"><label for="device-screen">${t('supervisor.screen')}</label>
      ${screens.length > 0
        ? html`<select id="device-screen" value=${device.screen} onChange=${(e) => change({ screen: e.target.value })}>${screens.map((s) => html`<option key=${s.id} value=${s.id}>${name(s.names) || s.id}</option>`)}</select>`
        : html`<input id="device-screen" required value=${device.screen} onInput=${(e) => change({ screen: e.target.value })} />`}</div>`}
    <div class="field"><label for="device-label">${t('supervisor.device_label')}</label>
      <input id="device-label" maxlength="60" aria-describedby="device-label-hint" value=${device.label} onInput=${(e) => change({ label: e.target.value })} />
      <p class="field__hint" id="device-label-hint">${t('supervisor.device_label_hint')}</p></div>
    <p><button type="submit" aria-busy=${press.pending === 'approve' ? 'true' : null}>${t('supervisor.approve')}</button></p>
  </form>`
}
