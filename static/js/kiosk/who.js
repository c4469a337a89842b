// Who comes: a name, then a number. Both live in this page alone until they are
// sent, and go with the visit.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js'
import { faultParams, nameFault, nextStep, phoneFault } from './plan.js'
import { Letters, Pad } from './keyboard.js'

const MOST = 200 // characters that a field takes; what is too long is said in words

/**
 * Typed is a page with one field and keys for it. What is wrong stands where
 * the hint stood, so that nothing moves.
 *
 * @param {{id: string, title: string, hint: string, value: string, onType: Function, fault: string, go: string, onGo: Function, children: any}} props
 */
export function Typed({ id, title, hint, value, onType, fault, label, onGo, busy = false, disabled = false, dir, most = MOST, large = false, more, children }) {
  const input = useRef(null)
  useLayoutEffect(() => { input.current.focus({ preventScroll: true }) }, [])
  const submit = (event) => { event.preventDefault(); onGo(input.current.value) }
  // Nothing is offered that somebody else typed, and no keyboard slides over ours.
  return html`<form class=${'code code--' + id + (more ? ' code--ways' : '')} autocomplete="off" onSubmit=${submit}>
    <h1 tabindex="-1"><label for=${id}>${title}</label></h1>
    <p class="ask__more" id="${id}-hint" hidden=${Boolean(fault)}>${hint}</p>
    <p class="ask__more typed__fault" id="${id}-fault" role="alert">${fault}</p>
    <input id=${id} class=${large ? 'typed typed--large' : 'typed'} ref=${input} type="text" inputmode="none" autocomplete="off" autocorrect="off" autocapitalize="off" spellcheck=${false} dir=${dir} maxlength=${most}
      aria-describedby="${id}-hint ${id}-fault" aria-invalid=${String(Boolean(fault))} value=${value} onInput=${(e) => onType(e.target.value)} />
    ${children}
    ${more}
    <button type="submit" class="button--primary code__go" aria-busy=${String(busy)} disabled=${busy || disabled}>${label}</button>
  </form>`
}

// A field of the booking: what is wrong is said when somebody goes on.
function useField(context, field, faultOf) {
  const { t, visit, go, services } = context
  const [said, setSaid] = useState(visit.fault && visit.fault.field === field ? visit.fault.message : '')
  const onType = (text) => { setSaid(''); go(field, { booking: { ...visit.booking, [field]: text }, fault: null }) }
  const onGo = (text) => {
    const fault = faultOf(text)
    if (fault) return setSaid(t('error.contact_' + fault, faultParams))
    const booking = { ...visit.booking, [field]: text }
    const step = nextStep(services, booking)
    return go(step.page, { booking, question: step.question, fault: null })
  }
  return { value: visit.booking[field], fault: said, onType, onGo }
}

/** Surname asks who comes. */
export function Surname(context) {
  const { t } = context
  const field = useField(context, 'surname', nameFault)
  return html`<${Typed} id="surname" title=${t('kiosk.surname')} hint=${t('kiosk.surname_hint')} label=${t('kiosk.on')} dir="auto" ...${field}>
    <${Letters} t=${t} typed=${field.value} onType=${field.onType} /><//>`
}

/** Phone asks where the confirmation goes. */
export function Phone(context) {
  const { t } = context
  const field = useField(context, 'phone', phoneFault)
  return html`<${Typed} id="phone" title=${t('kiosk.phone')} hint=${t('kiosk.phone_hint')} label=${t('kiosk.on')} dir="ltr" large ...${field}>
    <${Pad} t=${t} typed=${field.value} onType=${field.onType} plus /><//>`
}
