// The next hours in one line, for a desk, and how a page asks for them.
import { html } from '../lib/html.js'
import { useFetched } from './fetched.js'

const EVERY = 60_000 // ms; the server looks so far ahead at most once a minute

/** useAhead asks for the next hours, and again when desks open or close. */
export const useAhead = (page, view) => useFetched(page, '/ahead', { every: EVERY, of: view.desks.map((d) => d.phase).join() }).body

/** The next stretch in which newcomers would wait too long; its place is kept. */
export function AheadLine({ page, view }) {
  const { t } = page
  const ahead = useAhead(page, view)
  const peak = ahead?.peaks[0]
  return html`<p class="ahead-line">${peak && html`<strong>${t('desk.ahead_peak', { Time: t.time(peak.from), Minutes: ahead.target_minutes })}</strong>
    ${peak.relief?.prevents && ' ' + t('desk.ahead_prevents', { Desk: page.desk(peak.relief.desk), Count: peak.relief.minutes })}`}</p>`
}
