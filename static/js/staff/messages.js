// What people are told: how the month goes, what could not be sent, and how a
// message reads. Nobody's name or number is in it.
import { html, useState } from '../lib/html.js'
import { useFetched } from './fetched.js'

const EVERY = 30_000 // ms
const SHOWN = 20 // rows

/** @param {{page: Object, press: Object}} props */
export function Messages({ page, press }) {
  const { t } = page
  const [changed, setChanged] = useState(0)
  const [part, setPart] = useState('failed')
  const { body } = useFetched(page, '/messages', { every: EVERY, of: changed })
  if (!body) return null
  const parts = [['failed', t('supervisor.messages_failed')], ['waiting', t('supervisor.messages_waiting')], ['all', t('supervisor.messages_all')]]
  const rows = body.messages.filter((m) => part === 'all' || m.state === part || (part === 'waiting' && m.state === 'sending'))
  const retry = async (m) => {
    if (await press.send('retry-' + m.id, `${page.api}/messages/${m.id}/retry`, {}, { said: t('supervisor.said_retry') })) setChanged((n) => n + 1)
  }
  return html`<section class="messages" aria-labelledby="messages-title">
    <h2 id="messages-title" class="heading">${t('supervisor.messages')}</h2>
    <${Month} page=${page} month=${body.month} />
    <fieldset class="messages__parts"><legend class="visually-hidden">${t('supervisor.messages_which')}</legend>
      ${parts.map(([p, text]) => html`<label key=${p} class="choice"><input type="radio" name="messages-part" checked=${part === p} onChange=${() => setPart(p)} /> ${text}</label>`)}</fieldset>
    ${rows.length === 0 ? html`<p class="quiet">${t('supervisor.messages_none')}</p>` : html`<table class="messages__list">
      <caption class="visually-hidden">${t('supervisor.messages')}</caption>
      <thead><tr><th scope="col">${t('supervisor.message_at')}</th><th scope="col">${t('supervisor.message_what')}</th><th scope="col">${t('supervisor.message_state')}</th><td></td></tr></thead>
      <tbody>${rows.slice(0, SHOWN).map((m) => html`<tr key=${m.id}><th scope="row" class="time">${t.time(m.changed)} <span class="quiet">${dayOf(page, m.changed)}</span></th>
        <td>${kindOf(page, m.kind)} <span class="quiet">${channelOf(page, m.channel)}</span></td><td>${stateOf(page, m)}</td>
        <td class="cell-number">${m.state === 'failed' && html`<button type="button" class="button--plain" aria-label=${t('supervisor.message_retry_of', { What: kindOf(page, m.kind), Time: t.time(m.changed) })} aria-busy=${press.pending === 'retry-' + m.id ? 'true' : null} onClick=${() => retry(m)}>${t('supervisor.message_retry')}</button>`}</td></tr>`)}</tbody>
    </table>`}
    <${Preview} page=${page} />
  </section>`
}

const dayOf = (page, at) => new Intl.DateTimeFormat(page.t.lang, { day: 'numeric', month: 'numeric', timeZone: page.boot.zone }).format(new Date(at))
const kindOf = (page, kind) => page.t('told.kind_' + kind)
const channelOf = (page, channel) => (channel === 'sms' ? page.t('supervisor.message_sms') : page.t('supervisor.message_email'))

/** How a message stands, with the reason where it did not go. */
function stateOf(page, m) {
  const { t } = page
  const state = t('told.state_' + m.state)
  const why = m.error && (t.has('told.error_' + m.error) ? t('told.error_' + m.error) : t('supervisor.message_gateway', { Code: m.error.replace('_', ' ') }))
  if (m.state === 'failed') return html`<strong class="state--bad">${state}</strong> ${why}`
  if (m.state === 'sent') return html`${state}${m.report === 'delivered' && ' ' + t('supervisor.message_delivered')}${m.report === 'failed' && html` <strong class="state--bad">${t('supervisor.message_undelivered')}</strong>`}`
  if (m.state === 'waiting' && m.next) return html`${t('supervisor.message_next', { Time: t.time(m.next) })}${m.attempts > 0 && why && html` <span class="quiet">– ${why}</span>`}`
  return html`${state} <span class="quiet">${why}</span>`
}

/** What the month came to, as one sentence each way. */
function Month({ page, month }) {
  const { t } = page
  const of = (channel, ...states) => month.filter((s) => s.channel === channel && states.includes(s.state)).reduce((all, s) => ({ count: all.count + s.count, segments: all.segments + s.segments, cents: all.cents + s.cents }), { count: 0, segments: 0, cents: 0 })
  const sms = of('sms', 'sent')
  const mail = of('email', 'sent')
  const failed = of('sms', 'failed').count + of('email', 'failed').count
  if (sms.count + mail.count + failed === 0) return html`<p class="messages__lead">${t('supervisor.messages_month_none')}</p>`
  const euros = new Intl.NumberFormat(t.lang, { style: 'currency', currency: 'EUR' }).format(sms.cents / 100)
  return html`<p class="messages__lead">${t('supervisor.messages_month', { SMS: sms.count, Mail: mail.count })}
    ${sms.cents > 0 && ' ' + t('supervisor.messages_cost', { Parts: sms.segments, Euros: euros })}
    ${' '}<strong>${failed > 0 ? t('supervisor.messages_month_failed', { Count: failed }) : t('supervisor.messages_month_good')}</strong></p>`
}

const KINDS = ['booked', 'confirm', 'moved', 'cancelled', 'reminder_day', 'reminder_hours', 'offer', 'wish']

/** A message as it would be sent, to an invented person. */
function Preview({ page }) {
  const { t } = page
  const [ask, setAsk] = useState({ open: false, kind: 'booked', channel: 'sms', lang: t.lang })
  const { body } = useFetched(page, ask.open ? `/messages/preview?kind=${ask.kind}&channel=${ask.channel}&lang=${ask.lang}` : '')
  const change = (part) => setAsk({ ...ask, ...part })
  return html`<details class="preview" onToggle=${(e) => change({ open: e.target.open })}><summary>${t('supervisor.preview')}</summary>
    <div class="preview__ask">
      <div class="field"><label for="preview-kind">${t('supervisor.message_what')}</label><select id="preview-kind" value=${ask.kind} onChange=${(e) => change({ kind: e.target.value })}>${KINDS.map((k) => html`<option key=${k} value=${k}>${kindOf(page, k)}</option>`)}</select></div>
      <div class="field"><label for="preview-channel">${t('supervisor.preview_way')}</label><select id="preview-channel" value=${ask.channel} onChange=${(e) => change({ channel: e.target.value })}>
        <option value="sms">${t('supervisor.message_sms')}</option><option value="email">${t('supervisor.message_email')}</option></select></div>
      <div class="field"><label for="preview-lang">${t('common.language')}</label><select id="preview-lang" value=${ask.lang} onChange=${(e) => change({ lang: e.target.value })}>${['de', 'en', 'ar'].map((l) => html`<option key=${l} value=${l} lang=${l}>${t('common.language_' + l)}</option>`)}</select></div>
    </div>
    ${body && html`<figure class="preview__shown" lang=${ask.lang} dir=${ask.lang === 'ar' ? 'rtl' : 'ltr'}>
      ${body.subject && html`<p><strong>${body.subject}</strong></p>`}<p class="preview__text">${body.text}</p></figure>
      ${body.segments > 0 && html`<p class="quiet">${t('supervisor.preview_parts', { Count: body.segments })}</p>`}`}
  </details>`
}
