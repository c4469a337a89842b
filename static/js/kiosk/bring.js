// What to bring: a question a page where it depends, then the list.
import { html } from '../lib/html.js'
import { nextStep, papersOf, questionsOf } from './plan.js'

/** Question asks one condition; who does not know goes on. */
export function Question({ t, visit, go, services, name }) {
  const all = questionsOf(services)
  const at = all.findIndex((q) => q.id === visit.question)
  const answer = (how) => () => {
    const booking = { ...visit.booking, answers: { ...visit.booking.answers, [visit.question]: how } }
    const step = nextStep(services, booking)
    go(step.page, { booking, question: step.question })
  }
  return html`<h1 tabindex="-1">${name(all[at].names)}</h1>
    <p class="ask__more">${t('kiosk.question_why', { Page: at + 1, Pages: all.length })}</p>
    <ul class="choices choices--answers">
      <li><button type="button" class="choice" onClick=${answer('yes')}><strong>${t('kiosk.yes')}</strong></button></li>
      <li><button type="button" class="choice" onClick=${answer('no')}><strong>${t('kiosk.no')}</strong></button></li>
    </ul>
    <button type="button" class="finder finder--more" onClick=${answer('skip')}>${t('kiosk.dont_know')}</button>`
}

/** Papers lists what to bring, before anything is certain. */
export function Papers({ t, visit, go, services, name }) {
  const lists = papersOf(services, visit.booking.answers)
  const conditional = lists.some((l) => l.papers.some((p) => p.condition))
  const on = () => {
    const booking = { ...visit.booking, read: true }
    const step = nextStep(services, booking)
    go(step.page, { booking, question: step.question })
  }
  return html`<h1 tabindex="-1">${t('kiosk.bring')}</h1>
    <div class="bring" tabindex="0" role="group" aria-label=${t('kiosk.bring')}>${lists.map((l) => html`<section key=${l.service.id}>
      ${services.length > 1 && html`<h2>${name(l.service.names)}</h2>`}
      <ul>${l.papers.map((p) => html`<li>${name(p.names)}${p.condition && html` <span class="quiet">(${name(p.condition)})</span>`}</li>`)}</ul>
      ${l.hints.map((p) => html`<p class="quiet">${name(p.names)}</p>`)}
    </section>`)}
      ${conditional && html`<p class="bring__if">${t('kiosk.bring_if')}</p>`}</div>
    <button type="button" class="button--primary code__go" onClick=${on}>${t('kiosk.on')}</button>`
}
