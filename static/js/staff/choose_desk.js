// Before the day begins: which desk, who has which, and what is done there.
import { html } from '../lib/html.js'

/** @param {{desks: Array<Object>, me: string, wanted: string, onTake: (desk: Object) => void}} props */
export function ChooseDesk({ page, desks, me, wanted, press, onTake }) {
  const { t, name } = page
  const lost = wanted && desks.find((d) => d.desk === wanted)
  return html`<main class="choose" id="main">
    <h2 class="choose__title">${t('desk.choose_title')}</h2>
    ${lost && lost.phase !== 'closed' && lost.by !== me && html`<p class="choose__hint">${t('desk.choose_taken', { Desk: name(lost.names) })}</p>`}
    <ul class="choose__desks" role="list">
      ${desks.map((d) => {
        const mine = d.phase !== 'closed' && d.by === me
        const taken = d.phase !== 'closed' && d.by !== me
        return html`<li key=${d.desk} class=${taken ? 'choose__desk choose__desk--taken' : 'choose__desk'}>
          <button type="button" class="choose__take" aria-disabled=${taken || press.pending ? 'true' : null} aria-describedby=${'about-' + d.desk}
            onClick=${() => !taken && onTake(d)}>${name(d.names)}</button>
          <p class="choose__about" id=${'about-' + d.desk}>
            <span class="choose__phase">${mine ? t('desk.choose_mine') : taken ? t('desk.choose_taken_since', { Time: t.time(d.since) }) : t('desk.choose_free')}</span>
            <span class="quiet">${skillsText(page, d)}</span>
          </p>
        </li>`
      })}
    </ul>
  </main>`
}

/**
 * What a desk does, in as few words as are true: all, whole categories by
 * name, and single services only where a category is not complete.
 */
export function skillsText(page, desk) {
  const { t, name, catalogue } = page
  const parts = []
  if (!desk.skills || desk.skills.length === 0) parts.push(t('desk.skills_all'))
  else {
    const can = new Set(desk.skills)
    for (const c of catalogue.categories) {
      const of = catalogue.services.filter((s) => s.category === c.id)
      const some = of.filter((s) => can.has(s.id))
      if (some.length === 0) continue
      if (some.length === of.length) parts.push(name(c.names))
      else parts.push(some.length <= 3 ? some.map((s) => name(s.names)).join(', ') : t('desk.skills_some', { Category: name(c.names), Count: some.length }))
    }
  }
  if (desk.quick_minutes > 0) parts.push(t('desk.quick', { Count: desk.quick_minutes }))
  if (desk.keep === 'booked') parts.push(t('desk.keep_booked'))
  if (desk.keep === 'walk_in') parts.push(t('desk.keep_walk_in'))
  return parts.join(' · ')
}
