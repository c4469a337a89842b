// What belongs to the running case besides its number: what the visitor needs,
// and the papers, each with a tick for "was missing".
import { command } from '../lib/command.js'
import { html, useRef, useState } from '../lib/html.js'
import { ContactOf } from './contact_of.js'
import { useFetched } from './fetched.js'
import { UNASKED, papersOf } from './paper_list.js'
import { refusalText } from './press.js'

const pathOf = (ticket) => '/tickets/' + encodeURIComponent(ticket.id)

/**
 * useVisit asks for what is known of a ticket's person without who they are.
 *
 * @returns {{needs: string[], yes: string[], no: string[], contact: boolean}|null} null while nothing is known
 */
export function useVisit(page, ticket) {
  const asked = ticket ? pathOf(ticket) + '/needs' : ''
  const { body, path } = useFetched(page, asked)
  return asked !== '' && path === asked ? body : null // never what the one before needed
}

// Small pictures beside the words, never alone.
const SIGNS = {
  wheelchair: 'M6 3.2a1.2 1.2 0 1 0 0-.01M6 5v4.5h4l2 4M6 7h3.5M5 8.2a3.4 3.4 0 1 0 4.3 4.4',
  sign_language: 'M3 9V4.5M5.3 8V2.8M7.6 8V3.4M9.9 8.6V5M3 9c0 3 1.6 4.5 4 4.5s3.6-1 4.6-3l1.4-3-1.6-.6-1.5 2',
  quiet_room: 'M3.5 13.5v-11h9v11M1.5 13.5h13M10 8v1',
  fetch_me: 'M7.5 3.2a1.2 1.2 0 1 0 0-.01M7.5 5v4l-2 4.5M7.5 9l2.5 4.5M4.5 7.5l3-2 2.5 2.5h2.5',
}

/** What the visitor needs, as a sign with its word. @param {{page: Object, needs: string[]}} props */
export function Needs({ page, needs }) {
  if (needs.length === 0) return null
  return html`<ul class="needs" role="list" aria-label=${page.t('desk.needs')}>
    ${needs.map((n) => html`<li key=${n} class="need"><svg viewBox="0 0 16 16" aria-hidden="true"><path d=${SIGNS[n] || ''} /></svg> ${page.t('desk.need_' + n)}</li>`)}
  </ul>`
}

/**
 * useMissing gives which papers are ticked, and how to tick one. Ticks go out
 * one after the other: the newest list is the last that arrives.
 */
function useMissing(page, ticket, press) {
  const [wanted, setWanted] = useState(null)
  const way = useRef(Promise.resolve())
  const shown = ticket.missing || []
  const missing = wanted || shown
  const tick = (id, is) => {
    const next = is ? [...missing, id] : missing.filter((x) => x !== id)
    setWanted(next)
    way.current = way.current.then(async () => {
      const result = await command(page.api + pathOf(ticket) + '/papers', { missing: next }, { lang: page.t.lang })
      if (result.ok) return
      setWanted(null)
      press.say(refusalText(page, result), 'bad')
    })
  }
  return [missing, tick]
}

/** The papers of this leg, as the person answered when booking. */
export function VisitPapers({ page, ticket, visit, press }) {
  const { t } = page
  const [missing, tick] = useMissing(page, ticket, press)
  const known = ticket.papers || []
  return papersOf(page, ticket.services, visit || UNASKED).map(({ item, papers }) => html`<div class="matter__service" key=${item.service}>
    <h3>${page.item(item)}</h3>
    ${papers.length > 0 && html`<ul class="papers" role="list">
      ${papers.map((p) => html`<li key=${p.id + p.hint} class=${p.hint ? 'papers__one papers__hint' : 'papers__one'}>
        <span>${p.text}${p.condition && html` <span class="quiet">(${p.condition})</span>`}</span>
        ${!p.hint && known.includes(p.id) && html`<label class="papers__missing"><input type="checkbox" aria-label=${t('desk.paper_missing_of', { Paper: p.text })} checked=${missing.includes(p.id)}
          onChange=${(e) => tick(p.id, e.target.checked)} /> <span aria-hidden="true">${t('desk.paper_missing')}</span></label>`}
      </li>`)}
    </ul>`}
  </div>`)
}

/** How the visitor is reached, on request. */
export const VisitContact = ({ page, ticket, visit }) => (visit?.contact ? html`<${ContactOf} page=${page} path=${pathOf(ticket) + '/contact'} />` : null)
