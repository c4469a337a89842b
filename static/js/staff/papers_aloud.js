// The papers to read out to a caller, large, and the questions that make the
// list exact. J and N answer where one is; the next open question follows.
import { html, useRef } from '../lib/html.js'
import { answered, papersOf, questionsOf } from './paper_list.js'

/**
 * @param {{page: Object, items: Array<Object>, answers: import('./paper_list.js').Answers, onAnswers: (a: Object) => void, onDone?: () => void}} props
 *   onDone: where to go on when nothing is open any more
 */
export function PapersAloud({ page, items, answers, onAnswers, onDone }) {
  const { t } = page
  const box = useRef(null)
  const list = papersOf(page, items, answers)
  const questions = questionsOf(page, items, answers)
  const answer = (id, what) => {
    onAnswers(answered(answers, id, what))
    const next = questions.find((q) => q.id !== id && q.answer === '')
    if (next) box.current.querySelector(`[data-question="${next.id}"] button`).focus()
    else onDone?.()
  }
  const keys = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    const key = event.key.toLowerCase()
    const id = event.target.closest?.('[data-question]')?.dataset.question
    const what = { j: 'yes', y: 'yes', n: 'no' }[key]
    if (id && what) {
      event.preventDefault()
      answer(id, what)
    } else if (id && key === 'w' && onDone) {
      event.preventDefault()
      onDone()
    }
  }
  return html`<section class="aloud" aria-labelledby="aloud-title" ref=${box}>
    <h2 class="aloud__title" id="aloud-title">${t('reception.papers')}</h2>
    ${list.map(({ item, papers }) => html`<div class="aloud__service" key=${item.service || item.id}>
      ${list.length > 1 && html`<h3>${page.item(item)}</h3>`}
      ${papers.some((p) => !p.hint) ? html`<ul class="aloud__papers" role="list">
        ${papers.map((p) => html`<li key=${p.id + p.hint} class=${p.hint ? 'aloud__hint' : 'aloud__paper'}>${p.text}${p.condition && html` <span class="aloud__condition">${p.condition}</span>`}</li>`)}
      </ul>` : html`<p class="aloud__none">${t('reception.no_papers')}</p>`}
    </div>`)}
    ${questions.length > 0 && html`<div class="asked" onKeyDown=${keys}>
      <h3 class="asked__title">${t('reception.questions')}</h3>
      ${questions.map((q) => html`<div class="asked__one" key=${q.id} role="group" aria-labelledby=${'asked-' + q.id} data-question=${q.id}>
        <p class="asked__text" id=${'asked-' + q.id}>${q.text}</p>
        <button type="button" aria-pressed=${q.answer === 'yes' ? 'true' : 'false'} aria-keyshortcuts=${t('desk.key_yes')} onClick=${() => answer(q.id, 'yes')}>${t('desk.yes')} <kbd aria-hidden="true">${t('desk.key_yes')}</kbd></button>
        <button type="button" aria-pressed=${q.answer === 'no' ? 'true' : 'false'} aria-keyshortcuts="N" onClick=${() => answer(q.id, 'no')}>${t('desk.no')} <kbd aria-hidden="true">N</kbd></button>
      </div>`)}
      ${onDone && html`<p class="quiet"><kbd aria-hidden="true">W</kbd> ${t('reception.leave_open')}</p>`}
    </div>`}
  </section>`
}

/** The first question that is open, to go to; null: none. */
export const openQuestion = () => [...document.querySelectorAll('.asked__one')].find((q) => !q.querySelector('[aria-pressed="true"]'))?.querySelector('button') || null
