// Announcements: gong, then words, one call at a time with a breath between.

import { GONG_SECONDS, gongSamples } from './gong.js'

const BREATH = 0.7 // s between two announcements
const BETWEEN_LANGUAGES = 0.45 // s
const CLIPS_WITHIN = 2_500 // ms; what has not come by the gong's end and this is not waited for

/**
 * @typedef {Object} Announcement
 * @property {string} id the call's
 * @property {string[][]} clips addresses of recorded pieces in order, one list a language; empty: the gong alone
 *
 * @typedef {Object} Options
 * @property {() => number} [volume] 0 to 1, asked before each announcement
 * @property {(state: {blocked: boolean, playing: string|null}) => void} [onState] called on each change
 * @property {Object} [world] the browser; another one in tests
 */

/**
 * createAnnouncer plays through one AudioContext. While the browser does not
 * let it (nobody has touched the page yet) it is blocked: announcements are
 * dropped, because ringing for old calls later would be wrong. Call unlock()
 * from a press of "Ton einschalten".
 *
 * @param {Options} [options]
 */
export function createAnnouncer({ volume = () => 1, onState = () => {}, world = globalThis } = {}) {
  const context = world.AudioContext ? new world.AudioContext() : null
  const blocked = () => !context || context.state !== 'running'
  let queue = Promise.resolve()
  let gong = null
  let closed = false

  const tell = (playing = null) => onState({ blocked: blocked(), playing })
  if (context) context.onstatechange = () => tell()

  // play starts a buffer at once and ends with it, or a second later if the
  // browser has silenced us in between and never says so.
  const play = (buffer) =>
    new Promise((resolve) => {
      setTimeout(resolve, buffer.duration * 1000 + 1000)
      const source = context.createBufferSource()
      const gain = context.createGain()
      gain.gain.value = Math.min(1, Math.max(0, volume()))
      source.buffer = buffer
      source.onended = resolve
      source.connect(gain)
      gain.connect(context.destination)
      source.start()
    })

  const makeGong = () => {
    const samples = gongSamples(context.sampleRate)
    const buffer = context.createBuffer(1, samples.length, context.sampleRate)
    buffer.copyToChannel(samples, 0)
    return buffer
  }

  const fetchClip = async (url) => {
    const response = await world.fetch(url)
    if (!response.ok) throw new Error('clip ' + response.status)
    return context.decodeAudioData(await response.arrayBuffer())
  }

  // A language is spoken whole or not at all: half a number is a wrong number.
  const load = (lists) => Promise.all(lists.map((urls) => Promise.all(urls.map(fetchClip)).catch(() => [])))

  const perform = async ({ id, clips = [] }) => {
    if (closed || blocked()) return
    tell(id)
    const loading = load(clips)
    gong = gong || makeGong()
    await play(gong)
    const spoken = await Promise.race([loading, pause(CLIPS_WITHIN).then(() => [])])
    for (const list of spoken) {
      for (const buffer of list) {
        if (!closed) await play(buffer)
      }
      if (list.length > 0) await pause(BETWEEN_LANGUAGES * 1000)
    }
    await pause(BREATH * 1000)
    tell()
  }

  return {
    /** Whether the browser keeps us silent. */
    blocked,
    /**
     * announce queues one announcement. The promise is kept when it has been
     * played, or dropped because sound is blocked.
     * @param {Announcement} announcement
     * @returns {Promise<void>}
     */
    announce(announcement) {
      if (blocked()) return Promise.resolve()
      queue = queue.then(() => perform(announcement)).catch(() => tell())
      return queue
    },
    /** unlock asks the browser for sound; true when it is on. @returns {Promise<boolean>} */
    async unlock() {
      if (!context) return false
      await Promise.race([context.resume(), pause(GONG_SECONDS * 1000)]).catch(() => {})
      tell()
      return !blocked()
    },
    /** close ends it for good. */
    close() {
      closed = true
      if (context) context.close()
    },
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
