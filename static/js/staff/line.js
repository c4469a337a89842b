// What a receptionist typed, taken apart: matters with their quantities, when,
// a number, a name. Nothing is guessed in silence: the page shows each part.
import { findServices, fold } from './find.js'
import { takeWhen } from './when.js'

/**
 * @typedef {Object} Line
 * @property {Array<{service: string, quantity: number, word: string, others: string[]}>} items
 *   others: what the word may mean as well
 * @property {import('./when.js').When} when
 * @property {boolean} booking an appointment is meant, not a number for now
 * @property {number} priority minutes
 * @property {string} phone as typed
 * @property {string} name
 * @property {string} number a ticket's, "A017"
 * @property {string} code if the line may be one
 * @property {number} quantity of the first matter
 */

const SAID = /\s(?:herr|frau|name)\s+(\p{L}[\p{L}'’.-]*)(?=\s|,|;)/iu
const QUOTED = /\s["„“]([^"„“”]+)["“”](?=\s|,|;)/u
// "+15 0171…" is a priority and a number.
const PHONE = /\s((?:\+(?!\d{1,3}\s+0)|00?)[1-9](?:[\s/()-]{0,2}\d){5,16})(?=\s|,|;)/
const PRIORITY = /\s\+\s*(\d{1,3})(?=\s*$|\s+[\d+])/
const APART = /[,;&]|(?:^|\s)(?:und|and)(?=\s)|\+/giu
const FILLERS = new Set(['am', 'um', 'bitte', 'den', 'der', 'die', 'das', 'für', 'fuer', 'im', 'an', 'uhr', 'ein', 'eine', 'einen', 'for', 'the', 'a', 'on', 'please', 'x', '×'])
// A word that is the whole line is the beginning of one, "an" of "anmelden".
const alone = (text) => !/\s/.test(text.trim())
const SEARCHED = 2 // letters from which on a word may be a matter

/**
 * readLine takes a line apart.
 *
 * @param {string} text
 * @param {{services: Array<Object>, today: string, pins?: Object<string, string>}} office
 *   pins: words whose meaning was chosen
 * @returns {Line}
 */
export function readLine(text, { services, today, pins = {} }) {
  let rest = ' ' + text.trim().replace(/\s+/g, ' ') + ' '
  const take = (pattern, good = () => true) => {
    const found = rest.match(pattern)
    if (!found || !good(found)) return null
    rest = rest.replace(pattern, ' ')
    return found
  }
  const compact = text.replace(/[\s-]/g, '')
  const number = text.trim().match(/^(\p{L})[\s\u2009]*(\d{1,4})$/u)
  const line = {
    items: [], when: { from: '', to: '', start: -1, end: -1, time: '', asked: false }, booking: false, priority: 0, phone: '', name: '',
    number: number ? number[1].toUpperCase() + number[2].padStart(3, '0') : '',
    code: /^[0-9A-Za-z]{4,32}$/.test(compact) && !number ? compact.toUpperCase() : '', quantity: 1,
  }
  if (number) return line
  const said = take(QUOTED) || take(SAID)
  line.phone = (take(PHONE) || [])[1] || ''
  line.when = takeWhen(take, today)
  line.priority = Number((take(PRIORITY) || [])[1] || 0)
  const names = said ? [said[1]] : []
  for (const part of rest.replace(APART, '\n').split('\n')) readPart(part, services, pins, line.items, names, alone(text))
  line.name = names.map(capital).join(' ')
  line.quantity = line.items[0]?.quantity || 1
  const { from, start, asked } = line.when
  line.booking = from !== '' || start >= 0 || asked || (line.items.length > 0 && line.name !== '')
  return line
}

// One part between commas: quantities, matters, and what is neither.
function readPart(part, services, pins, items, names, first) {
  const words = part.split(' ').filter((w) => w !== '' && (first || !FILLERS.has(w.toLowerCase())))
  let quantity = 0
  let last = null
  for (let i = 0; i < words.length; i++) {
    const n = words[i].match(/^[x×]?(\d{1,2})[x×]?$/i)
    if (n) {
      const behind = /^[x×]/i.test(words[i]) || !words.slice(i + 1).some((w) => !/^\d/.test(w))
      if (behind && last) last.quantity = Math.max(1, Number(n[1]))
      else quantity = Number(n[1])
      continue
    }
    const [found, used] = longest(words.slice(i), services, last !== null)
    if (found.length === 0) {
      names.push(words[i])
      continue
    }
    const word = words.slice(i, i + used).join(' ')
    const service = found.find((s) => s.id === pins[fold(word)]) || found[0]
    last = { service: service.id, quantity: Math.max(1, quantity), word, others: found.filter((s) => s !== service).map((s) => s.id) }
    const same = items.find((it) => it.service === last.service)
    if (same) same.quantity += last.quantity
    else items.push(last)
    quantity = 0
    i += used - 1
  }
}

// The matters that the most words from here on name, and how many words that
// are. A further matter without a comma before it is one only if its word stands
// whole: a name must not become a matter while it is typed.
function longest(words, services, further) {
  for (let n = words.length; n > 0; n--) {
    const some = words.slice(0, n)
    if (some.some((w) => /^[x×]?\d/i.test(w)) || some.join('').length < SEARCHED) continue
    const found = findServices(services, some.join(' '))
    if (found.length > 0 && (!further || whole(found[0], some))) return [found, n]
  }
  return [[], 0]
}

function whole(service, words) {
  const known = fold([...(service.words || []), ...Object.values(service.names)].join(' ')).split(/[^\p{L}\p{N}]+/u)
  return words.every((w) => w.length > 2 && fold(w).split(' ').some((v) => known.includes(v)))
}

// Names are typed in small letters; whoever writes capitals means them.
const capital = (name) => (name === name.toLowerCase() ? name.replace(/(^|[\s-])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase()) : name)
