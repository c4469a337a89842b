// Calendars of other systems from which appointments come: when each could be
// read last, and what of it was not taken over.
import { html, useState } from '../lib/html.js'
import { useFetched } from './fetched.js'

const EVERY = 60_000 // ms

/** @param {{page: Object, press: Object}} props */
export function Feeds({ page, press }) {
  const { t } = page
  const [changed, setChanged] = useState(0)
  const { body } = useFetched(page, '/feeds', { every: EVERY, of: changed })
  if (!body || body.feeds.length === 0) return null
  const read = async (feed) => {
    await press.send('feed-' + feed.id, `${page.api}/feeds/${encodeURIComponent(feed.id)}/read`, {}, { said: (answer) => {
      const now = answer.feeds.find((f) => f.id === feed.id)
      return now?.fault ? now.fault.message : t('supervisor.said_feed', { Host: feed.host })
    } })
    setChanged((n) => n + 1)
  }
  return html`<section class="feeds" aria-labelledby="feeds-title">
    <h2 id="feeds-title" class="heading">${t('supervisor.feeds')}</h2>
    <ul class="feeds__list" role="list">${body.feeds.map((f) => html`<li key=${f.id} class="feed">
      <h3 class="feed__host">${f.host}</h3>
      <p class="feed__state">${f.fault ? html`<strong class="state--bad">${f.fault.message}</strong> ` : ''}${goodText(page, f)}
        ${' '}${t('supervisor.feed_standing', { Count: f.appointments })}</p>
      ${f.notes.length > 0 && html`<ul class="feed__notes">${f.notes.map((n) => html`<li key=${n.code}>${n.message}</li>`)}</ul>`}
      <p class="feed__read"><button type="button" class="button--plain" aria-label=${t('supervisor.feed_read_of', { Host: f.host })} aria-busy=${press.pending === 'feed-' + f.id ? 'true' : null} onClick=${() => read(f)}>${t('supervisor.feed_read')}</button>
        <span class="quiet">${t('supervisor.feed_every', { Count: f.every_minutes })}</span></p>
    </li>`)}</ul>
  </section>`
}

function goodText(page, feed) {
  const { t } = page
  if (!feed.good_at) return t('supervisor.feed_never')
  const params = { Date: t.date(feed.good_at), Time: t.time(feed.good_at) }
  return feed.fault ? t('supervisor.feed_last_good', params) : t('supervisor.feed_good', params)
}
