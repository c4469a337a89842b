// A soft two-note gong, made of sines that die away: no file, no shriek.

/** Seconds the gong lasts. */
export const GONG_SECONDS = 0.9

const PEAK = 0.55
const ATTACK = 0.006 // s; softer than a click, quicker than a horn
const FADE = 0.08 // s; so that the end is no click either
const NOTES = [
  { at: 0, hertz: 659.26, decay: 0.2 }, // e″
  { at: 0.32, hertz: 523.25, decay: 0.26 }, // c″
]
const PARTIALS = [
  { times: 1, share: 1 },
  { times: 2, share: 0.22 },
  { times: 3.01, share: 0.07 }, // a little off, as metal is
]

/**
 * gongSamples computes the gong, mono, −0.55 to 0.55.
 *
 * @param {number} rate samples a second
 * @returns {Float32Array}
 */
export function gongSamples(rate) {
  const samples = new Float32Array(Math.round(GONG_SECONDS * rate))
  for (let i = 0; i < samples.length; i++) {
    const now = i / rate
    for (const { at, hertz, decay } of NOTES) {
      const age = now - at
      if (age < 0) continue
      const envelope = Math.min(1, age / ATTACK) * Math.exp(-age / decay)
      for (const { times, share } of PARTIALS) {
        samples[i] += envelope * share * Math.sin(2 * Math.PI * hertz * times * age)
      }
    }
    samples[i] *= Math.min(1, (GONG_SECONDS - now) / FADE)
  }
  const loudest = samples.reduce((most, s) => Math.max(most, Math.abs(s)), 0)
  return samples.map((s) => (s / loudest) * PEAK)
}
