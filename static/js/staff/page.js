// What came with a staff page: its words, and the office's catalogue by id.
import { createWords } from '../lib/words.js'

/**
 * @typedef {Object} Boot what the server puts into a staff page
 * @property {string} lang
 * @property {string} dir
 * @property {string} build
 * @property {Object} words the catalogue's texts of this page
 * @property {{id: string, names: Object<string, string>}} office
 * @property {string} topic
 * @property {Object|null} frame first envelope
 * @property {Object} catalogue
 * @property {string} [zone] the office's, "Europe/Berlin"; missing: the device's
 * @property {{id: string, name: string}} [me] who is signed in; missing: asked for
 * @property {string} [desk] on a desk's page; missing: read from the address
 * @property {Array<{id: string, names: Object}>} [screens] for the supervisor: boards to pair
 */

/**
 * readPage reads the JSON that the server put into the page. Everything a
 * component needs besides the frame is here.
 */
export function readPage() {
  const boot = JSON.parse(document.getElementById('boot').textContent)
  const catalogue = boot.catalogue || {}
  const t = createWords(boot.lang, boot.words, { timeZone: boot.zone })
  const services = new Map((catalogue.services || []).map((s) => [s.id, s]))
  const categories = new Map((catalogue.categories || []).map((c) => [c.id, c]))
  const desks = new Map((catalogue.desks || []).map((d) => [d.id, d]))
  const office = boot.office.id

  /** The text of a name in several languages. @param {Object<string, string>} names */
  const name = (names) => (names && (names[boot.lang] || names.de)) || ''

  return {
    boot,
    catalogue,
    t,
    name,
    office,
    services,
    categories,
    api: '/api/v1/offices/' + encodeURIComponent(office),
    /** A service's name; its id where the configuration no longer knows it. */
    service: (id) => name(services.get(id)?.names) || id,
    desk: (id) => name(desks.get(id)?.names) || id,
    place: (id) => name((catalogue.offices || []).find((o) => o.id === id)?.names) || id,
    /** "Personalausweis × 2" @param {{service?: string, id?: string, quantity: number}} item */
    item(item) {
      const text = this.service(item.service || item.id)
      return item.quantity > 1 ? text + ' × ' + t.number(item.quantity) : text
    },
    items(items) {
      return (items || []).map((i) => this.item(i)).join(' · ')
    },
    /** Minutes that the services are meant to take together. */
    planned: (items) => items.reduce((sum, i) => sum + (services.get(i.service || i.id)?.planned_minutes || 0) * Math.max(i.quantity, 1), 0),
    /** Why somebody is called or stands where they stand, as a sentence. */
    reason(reason, now) {
      if (!reason) return ''
      const since = reason.since ? Date.parse(reason.since) : 0
      return t('reason.' + reason.code, {
        AppointmentAt: reason.appointment_at ? t.time(reason.appointment_at) : '',
        Since: since ? t.time(since) : '',
        WaitedMinutes: reason.waited_minutes || (since ? wholeMinutes(now - since) : 0),
        CeilingMinutes: reason.ceiling_minutes || 0,
        PriorityMinutes: reason.priority_minutes || 0,
        Count: reason.priority_minutes || 0,
      })
    },
  }
}

/** Whole minutes of a span in ms, never below zero. */
export const wholeMinutes = (ms) => Math.max(0, Math.floor(ms / 60_000))

/** A number as text, whether it came in parts (frames) or as text (answers). */
export const numberText = (number) => (typeof number === 'string' ? number : number?.text || '')
