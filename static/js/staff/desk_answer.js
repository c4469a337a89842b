// A press is answered before its frame arrives: the desk shows the answer.

/**
 * withAnswer gives the desk as the newest of frame and answer says. What the
 * answer does not tell about a ticket is taken from wherever the frame knows
 * that ticket.
 *
 * @param {Object} room from useRoom
 * @param {string} me who pressed
 * @param {Object} page
 * @param {Object|undefined} desk of the frame
 * @param {Object|null} answer of the last press at any desk
 */
export function withAnswer(room, me, page, desk, answer) {
  if (!desk || !answer || answer.desk !== desk.desk || answer.seq <= room.seq) return desk
  return {
    ...desk,
    phase: answer.state,
    by: desk.by || me,
    since: desk.since || new Date(Date.now() + room.skew).toISOString(),
    ticket: answer.ticket ? ticketOf(page, room.view, answer.ticket) : null,
    next: answer.next ? { id: '', booked: Boolean(answer.next.reason?.appointment_at), ...answer.next, number: inParts(answer.next.number) } : null,
  }
}

function ticketOf(page, view, ticket) {
  const lists = [view.desks.map((d) => d.ticket).filter(Boolean), view.line, view.parked, view.no_shows, view.expected]
  const known = lists.flat().find((k) => k.id === ticket.id) || {}
  const services = ticket.services.map((s) => ({ service: s.service || s.id, quantity: s.quantity }))
  return {
    later: [], booked: false, appointment_at: null, ...known, ...ticket, services,
    number: inParts(ticket.number),
    planned_minutes: page.planned(services),
    offer_no_show: ticket.state === 'called' && ticket.calls >= (page.catalogue.no_show_after || Infinity),
  }
}

const inParts = (number) => (typeof number === 'string' ? { text: number } : number)
