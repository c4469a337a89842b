// Texts by key, from the same catalogue files as the server reads. Numbers
// and times are written by Intl, always in Western digits: what a person hears
// and reads on the board must look the same on their phone.

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur'])

/**
 * @typedef {string | Object<string, string>} Message a text, or one per CLDR plural form
 * @typedef {Object} Options
 * @property {string} [timeZone] the office's zone, such as "Europe/Berlin"; else the device's
 */

/**
 * createWords gives a function t(key, params) for one language. The messages
 * are what the server's Catalogue.For chose for the page. {{.Name}} in a text is
 * replaced by params.Name, numbers written as the language does; a message with
 * plural forms is chosen by params.Count. An unknown key is returned as it is,
 * so that its absence is seen.
 *
 * @param {string} lang
 * @param {Object<string, Message>} messages
 * @param {Options} [options]
 */
export function createWords(lang, messages, { timeZone } = {}) {
  const locale = lang + '-u-nu-latn'
  const plural = new Intl.PluralRules(lang)
  // Made when a number has a separator: it takes as long as all the rest of a page's words.
  let numbers
  const written = (n) => (Number.isInteger(n) && n >= 0 && n < 1000 ? String(n) : (numbers ??= new Intl.NumberFormat(locale)).format(n))
  const minutes = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  const seconds = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone })
  const dates = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone })

  /**
   * @param {string} key
   * @param {Object<string, string|number>} [params]
   * @returns {string}
   */
  const t = (key, params = {}) => {
    if (!has(messages, key)) return key
    let text = messages[key]
    if (typeof text !== 'string') {
      const form = plural.select(Number(params.Count))
      text = has(text, form) ? text[form] : text.other
    }
    return text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (hole, name) => {
      if (!has(params, name)) return hole
      const value = params[name]
      return typeof value === 'number' ? written(value) : String(value)
    })
  }
  t.lang = lang
  t.dir = RIGHT_TO_LEFT.has(lang) ? 'rtl' : 'ltr'
  /** @param {string} key */
  t.has = (key) => has(messages, key)
  /** @param {number} n */
  t.number = written
  /** "10:50" @param {string|number|Date} instant RFC 3339, milliseconds or a Date */
  t.time = (instant) => minutes.format(new Date(instant))
  /** "10:50:07" @param {string|number|Date} instant */
  t.clock = (instant) => seconds.format(new Date(instant))
  /** "Dienstag, 24. November" @param {string|number|Date} instant */
  t.date = (instant) => dates.format(new Date(instant))
  return t
}

/**
 * ticketText sets a ticket's number as letter, thin space, digits: "A 017".
 * Show it in an element of class "ticket-number", which never breaks it.
 *
 * @param {string} number such as "A017"
 */
export const ticketText = (number) => number.replace(/^(\p{L}+)(\d)/u, '$1\u2009$2')

const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key)
