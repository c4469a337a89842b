// Which papers a visit needs: all that may be, or exactly, once the questions
// behind the conditions are answered.

/** @typedef {{yes: string[], no: string[]}} Answers ids of conditions that hold, and of those that do not */

/** @type {Answers} */
export const UNASKED = { yes: [], no: [] }

/**
 * papersOf gives the papers of each service. One whose condition holds stands
 * without it, one whose condition does not hold is left out.
 *
 * @param {Object} page from readPage
 * @param {Array<{service?: string, id?: string, quantity: number}>} items
 * @param {Answers} answers
 */
export function papersOf(page, items, { yes, no }) {
  return items.map((item) => ({
    item,
    papers: (page.services.get(item.service || item.id)?.papers || [])
      .filter((p) => !p.when || !no.includes(p.when))
      .map((p) => ({ id: p.id, hint: Boolean(p.hint), text: page.name(p.names), condition: p.when && yes.includes(p.when) ? '' : page.name(p.condition) })),
  }))
}

/**
 * questionsOf gives each question behind the papers once, with its answer.
 *
 * @param {Object} page
 * @param {Array<{service?: string, id?: string, quantity: number}>} items
 * @param {Answers} answers
 * @returns {Array<{id: string, text: string, answer: 'yes'|'no'|''}>}
 */
export function questionsOf(page, items, { yes, no }) {
  const list = []
  for (const item of items) {
    for (const p of page.services.get(item.service || item.id)?.papers || []) {
      if (!p.when || !p.question || list.some((q) => q.id === p.when)) continue
      list.push({ id: p.when, text: page.name(p.question), answer: yes.includes(p.when) ? 'yes' : no.includes(p.when) ? 'no' : '' })
    }
  }
  return list
}

/** Answers with one more. @param {Answers} answers @param {string} id @param {'yes'|'no'} answer */
export function answered({ yes, no }, id, answer) {
  const without = (list) => list.filter((x) => x !== id)
  return { yes: answer === 'yes' ? [...without(yes), id] : without(yes), no: answer === 'no' ? [...without(no), id] : without(no) }
}
