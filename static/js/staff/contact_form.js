// Who comes: the fields of a contact, quick by keyboard, with what is wrong
// beside each.
import { html, useEffect } from '../lib/html.js'

const NEEDS = ['wheelchair', 'sign_language', 'quiet_room', 'fetch_me']

/** A contact of which nothing is known. */
export const NOBODY = { surname: '', phone: '', first_name: '', email: '', street: '', number: '', postcode: '', town: '', language: '', needs: [], remind: false }

/** What is sent of a contact: what was typed. */
export const typedOf = (contact) => Object.fromEntries(Object.entries(contact).filter(([, v]) => (Array.isArray(v) ? v.length > 0 : v)))

/** The faults of a refusal by field, in words. @param {{errors?: Array<{location: string, message: string}>}} result */
export function faultsOf(result) {
  const faults = {}
  for (const e of result.errors || []) {
    const field = e.location.match(/^body\.contact\.(\w+)$/)?.[1]
    if (field && !faults[field]) faults[field] = e.message
  }
  return faults
}

/**
 * @param {{page: Object, id: string, contact: Object, faults: Object<string, string>, onChange: (c: Object) => void, few?: boolean, after?: any}} props
 *   few: surname and number alone; after: what stands behind these two
 */
export function ContactFields({ page, id, contact, faults, onChange, few = false, after = null }) {
  const { t } = page
  // The first field that is wrong is where one wants to go on.
  useEffect(() => {
    const first = ['surname', 'phone', 'first_name', 'email', 'street', 'number', 'postcode', 'town'].find((f) => faults[f])
    if (first) document.getElementById(id + '-' + first)?.focus()
  }, [faults])
  const field = (name, label, { type = 'text', needed = false } = {}) => html`<div class=${'field contact__' + name}>
    <label for=${id + '-' + name}>${label}${name === 'phone' && html` <span class="quiet contact__optional">${t('book.optional')}</span>`}</label>
    <input id=${id + '-' + name} type=${type} autocomplete="off" spellcheck=${false} value=${contact[name]} required=${needed} aria-invalid=${faults[name] ? 'true' : null}
      aria-describedby=${faults[name] ? id + '-' + name + '-fault' : null} onInput=${(e) => onChange({ ...contact, [name]: e.target.value })} />
    ${faults[name] && html`<p class="field__error" id=${id + '-' + name + '-fault'}>${faults[name]}</p>`}
  </div>`
  return html`<div class="contact">
    ${field('surname', t('book.surname'), { needed: true })}
    ${field('phone', t('book.phone'), { type: 'tel' })}
    ${after}
    ${!few && html`
    <h3 class="contact__more">${t('reception.optional')}</h3>
    ${field('first_name', t('book.first_name'))}
    ${field('email', t('book.email'), { type: 'email' })}
    ${field('street', t('book.street'))}
    ${field('number', t('book.house_number'))}
    ${field('postcode', t('book.postcode'))}
    ${field('town', t('book.town'))}
    <fieldset class="contact__needs"><legend>${t('book.needs')}</legend><div class="contact__choices">
      ${NEEDS.map((n) => html`<label class="choice" key=${n}><input type="checkbox" checked=${contact.needs.includes(n)}
        onChange=${(e) => onChange({ ...contact, needs: e.target.checked ? [...contact.needs, n] : contact.needs.filter((x) => x !== n) })} /> ${t('needs.' + n)}</label>`)}
    </div></fieldset>
    <div class="field contact__language"><label for=${id + '-language'}>${t('book.language')}</label>
      <select id=${id + '-language'} value=${contact.language || t.lang} onChange=${(e) => onChange({ ...contact, language: e.target.value })}>
        ${(page.boot.spoken || []).map((l) => html`<option key=${l} value=${l}>${t('common.language_' + l)}</option>`)}
      </select></div>
    <label class="choice contact__remind"><input type="checkbox" checked=${contact.remind} onChange=${(e) => onChange({ ...contact, remind: e.target.checked })} /> ${t('book.remind')}</label>`}
  </div>`
}
