// All that a typed line may lead to, the likeliest first: tickets, free times,
// a number for now, people.
import { html } from '../lib/html.js'
import { fold } from './find.js'
import { listsOf } from './lists.js'
import { shortDay } from './times.js'

const MATTERS = 6 // in the list when a number is to be drawn
const OTHERS = 3 // other meanings of a word when a time is looked for
const SOON = 5 // times below the matters
const SEARCHED = 3 // letters of a name

/**
 * @param {Object} page from readPage
 * @param {Object} view the frame's
 * @param {import('./line.js').Line} line
 * @param {{query: string, times: Array<Object>|null, moving: boolean, chosen: boolean}} given
 *   times: those to offer; chosen: a matter is in the draft already
 * @returns {Array<import('./finder.js').Found>}
 */
export function optionsOf(page, view, line, { query, times, moving, chosen }) {
  const { t } = page
  if (moving) return timesOf(page, times, 9)
  if (line.number) return ticketsOf(page, view, line)
  const matter = line.items.length > 0
  if (query.trim() === '') return []
  const free = matter || chosen ? timesOf(page, times, line.booking ? 9 : SOON) : []
  if (line.booking) return [...free, ...othersOf(page, line), ...(matter || chosen ? [] : peopleOf(t, line, query))]
  const found = [...expectedOf(page, view, line), ...(matter ? mattersOf(page, line) : [])]
  return matter ? [...found, ...free, ...peopleOf(t, line, query)] : [...found, ...peopleOf(t, line, query)]
}

function timesOf(page, times, most) {
  return (times || []).slice(0, most).map((x, i) => ({ id: 'at-' + x.at, group: page.t('reception.free_times'), digit: i + 1,
    text: html`<span class="finder__day">${shortDay(page, x.at)}</span> <strong class="time">${page.t.time(x.at)}</strong>`, value: { at: x.at } }))
}

function ticketsOf(page, view, line) {
  const { t } = page
  const found = []
  for (const list of listsOf(page, view)) {
    for (const row of list.rows) {
      if (row.number?.text === line.number) found.push({ id: row.id, group: t('reception.found_tickets'), text: row.number.text, hint: list.text + ' · ' + page.items(row.services), value: { row, list: list.id } })
    }
  }
  for (const d of view.desks) {
    if (d.ticket?.number.text === line.number) found.push({ id: d.ticket.id, group: t('reception.found_tickets'), text: line.number, hint: page.name(d.names), value: { row: { ...d.ticket, reason: null }, list: 'desk' } })
  }
  return found
}

// A time of day alone: who is expected then.
function expectedOf(page, view, line) {
  const { t } = page
  if (!line.when.time || line.items.length > 0) return []
  return view.expected.filter((row) => t.time(row.at) === line.when.time).map((row) => ({ id: row.id, group: t('desk.list_expected'), text: t('desk.appointment_at', { Time: line.when.time }),
    hint: page.items(row.services), value: { row, list: 'expected' } }))
}

// A number for now, or an appointment of today where a time of day was typed:
// with the last word in each of its meanings.
function mattersOf(page, line) {
  const { t } = page
  const before = line.items.slice(0, -1)
  const last = line.items[line.items.length - 1]
  const group = line.when.time ? t('reception.draft_appointment') : t('reception.draft_walk_in')
  const hint = [line.when.time, line.priority > 0 && t('desk.priority_mark', { Minutes: line.priority })].filter(Boolean).join(' · ')
  return [last.service, ...last.others].slice(0, MATTERS).map((id) => {
    const items = [...before, { service: id, quantity: last.quantity }]
    return { id, group, text: page.items(items), hint: hint || page.name(page.categories.get(page.services.get(id)?.category)?.names), value: { items } }
  })
}

function othersOf(page, line) {
  return line.items.flatMap((item) => item.others.slice(0, OTHERS).map((id) => ({ id: 'other-' + item.service + '-' + id, group: page.t('reception.other_matter'), text: page.item({ service: id, quantity: item.quantity }),
    value: { pin: { [fold(item.word)]: id } } })))
}

// The line as a name, number or code. It goes last where it means a matter.
function peopleOf(t, line, query) {
  const text = query.trim()
  if (!line.phone && !line.code && text.replace(/\P{L}/gu, '').length < SEARCHED) return []
  const what = line.items.length === 0 && line.phone ? line.phone : line.items.length === 0 && line.name ? line.name : text
  return [{ id: 'people', group: t('reception.people'), text: t('reception.find_person', { Text: line.code && /\d/.test(text) && !line.phone ? text.toUpperCase() : what }), value: { find: line.code && !line.phone ? text : what } }]
}

