// Keys on the glass, for a kiosk that has no others.
import { html, useState } from '../lib/html.js'

// Eleven keys in a row are still 20 mm wide on an upright screen.
const LETTERS = 'QWERTZUIOPÜ ASDFGHJKLÖÄ YXCVBNMß-\'.'
const ACCENTS = 'ÁÀÂÃÅĄĂÆÇĆČ ĐÉÈÊËĘĚĞÍÎŽ İŁÑŃÓÒÔÕØŐŘ ŚŠŞȘȚÚÛŰÝŹŻ'
const DIGITS = '123 456 789'
const LATIN = /^[\p{Script=Latin}\s]*$/u

// The field that is typed into keeps the focus, for who has a real keyboard too.
const keepFocus = (event) => event.preventDefault()

const Row = ({ children }) => html`<div class="keyboard__row">${children}</div>`
const Key = ({ name, wide, press, ...more }) => html`<button type="button" class=${wide ? 'keyboard__wide' : undefined} onMouseDown=${keepFocus} onClick=${press} ...${more}>${name}</button>`

const Delete = ({ t, typed, onType }) => html`<${Key} wide name=${t('kiosk.key_delete')} disabled=${!typed} press=${() => onType([...typed].slice(0, -1).join(''))} />`

/**
 * Keyboard types into a text.
 *
 * @param {{t: Function, rows: string, typed: string, onType: (text: string) => void, space?: boolean, most?: number, dir?: string}} props
 *   rows: the letters, a space between rows
 */
export function Keyboard({ t, rows, typed, onType, space = false, most = 40, dir }) {
  const type = (key) => () => onType((typed + key).slice(0, most))
  return html`<div class="keyboard" dir=${dir} role="group" aria-label=${t('kiosk.keyboard')}>
    ${rows.split(' ').map((row) => html`<${Row}>${[...row].map((key) => html`<${Key} name=${key} press=${type(key)} />`)}<//>`)}
    <${Row}>
      ${space && html`<${Key} wide name=${t('kiosk.key_space')} press=${type(' ')} />`}
      <${Delete} ...${{ t, typed, onType }} />
    <//>
  </div>`
}

// A name begins with a capital, also behind a space or a hyphen.
const beginsAnew = (typed) => typed === '' || /[\s\-'.]$/.test(typed)
const small = (key) => (key === 'İ' ? 'ı' : key.toLowerCase()) // the dotless one has no other place

/**
 * Letters types a name: capitals come by themselves, letters with accents lie
 * behind a key, and so does the script of the language.
 *
 * @param {{t: Function, typed: string, onType: (text: string) => void, most?: number, one?: boolean}} props
 *   one: a single letter is wanted
 */
export function Letters({ t, typed, onType, most = 80, one = false }) {
  const [layer, setLayer] = useState('letters')
  const [shift, setShift] = useState(null)
  const capital = one || (shift === null ? beginsAnew(typed) : shift)
  const own = LATIN.test(t('kiosk.keys')) ? null : t('kiosk.keys')
  const rows = { letters: LETTERS, accents: ACCENTS, own }[layer]
  const type = (key) => () => { setShift(null); onType([...(one ? key : typed + key)].slice(0, most).join('')) }
  const turn = (to) => () => setLayer(to)
  const Layer = ({ to, name, label }) => html`<${Key} wide name=${html`${name}<span class="visually-hidden"> ${label}</span>`} press=${turn(to)} />`
  return html`<div class="keyboard keyboard--letters" dir=${layer === 'own' ? t.dir : 'ltr'} role="group" aria-label=${t('kiosk.keyboard')}>
    ${rows.split(' ').map((row) => html`<${Row}>${[...row].map((k) => (capital ? k : small(k))).map((key) => html`<${Key} name=${key} press=${type(key)} />`)}<//>`)}
    <${Row}>
      ${!one && layer !== 'own' && html`<${Key} wide name=${t('kiosk.key_shift')} aria-pressed=${String(capital)} press=${() => setShift(!capital)} />`}
      ${layer !== 'letters' && html`<${Layer} to="letters" name=${t('kiosk.key_letters')} label=${t('kiosk.key_letters_name')} />`}
      ${layer !== 'accents' && html`<${Layer} to="accents" name=${t('kiosk.key_accents')} label=${t('kiosk.key_accents_name')} />`}
      ${own && layer !== 'own' && html`<${Layer} to="own" name=${t('kiosk.key_script')} label=${t('common.language_' + t.lang)} />`}
      ${!one && html`<${Key} wide name=${t('kiosk.key_space')} press=${type(' ')} />`}
      <${Delete} ...${{ t, typed, onType }} />
    <//>
  </div>`
}

/**
 * Pad types digits.
 *
 * @param {{t: Function, typed: string, onType: (text: string) => void, most?: number, plus?: boolean}} props
 */
export function Pad({ t, typed, onType, most = 24, plus = false }) {
  const type = (key) => () => onType((typed + key).slice(0, most))
  return html`<div class="keyboard keyboard--pad" dir="ltr" role="group" aria-label=${t('kiosk.keyboard')}>
    ${DIGITS.split(' ').map((row) => html`<${Row}>${[...row].map((key) => html`<${Key} name=${key} press=${type(key)} />`)}<//>`)}
    <${Row}>
      ${plus ? html`<${Key} name="+" disabled=${typed !== ''} press=${type('+')} />` : html`<span></span>`}
      <${Key} name="0" press=${type('0')} />
      <${Delete} ...${{ t, typed, onType }} />
    <//>
  </div>`
}
