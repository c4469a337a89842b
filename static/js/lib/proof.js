// Proof of work: a number whose SHA-256 together with the challenge begins with
// zero bits. The hash is written out here because crypto.subtle is missing where
// a house serves plain http, and is slow for so many short texts. FIPS 180-4.

const ZERO_BITS = 17 // as the server wants it
const SLICE = 12 // ms of work, then the page gets its turn

const K = new Uint32Array(64)
const START = new Uint32Array(8)
for (let n = 2, i = 0; i < 64; n++) {
  let prime = true
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false
  if (!prime) continue
  const part = (root) => ((root - Math.floor(root)) * 2 ** 32) >>> 0
  if (i < 8) START[i] = part(Math.sqrt(n))
  K[i++] = part(Math.cbrt(n))
}

const w = new Uint32Array(64)
const turn = (x, n) => (x >>> n) | (x << (32 - n))

/**
 * firstWord is the first 32 bits of the SHA-256 of a text of at most 119 ASCII
 * characters.
 *
 * @param {string} text
 */
export function firstWord(text) {
  const blocks = text.length > 55 ? 2 : 1
  const bytes = new Uint8Array(64 * blocks)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  bytes[text.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(64 * blocks - 4, text.length * 8)
  const state = new Uint32Array(START)
  for (let at = 0; at < bytes.length; at += 64) compress(state, view, at)
  return state[0]
}

function compress(state, view, at) {
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i)
  for (let i = 16; i < 64; i++) {
    const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3)
    const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10)
    w[i] = w[i - 16] + s0 + w[i - 7] + s1
  }
  let [a, b, c, d, e, f, g, h] = state
  for (let i = 0; i < 64; i++) {
    const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0
    const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g; g = f; f = e; e = (d + t1) | 0
    d = c; c = b; b = a; a = (t1 + t2) | 0
  }
  ;[a, b, c, d, e, f, g, h].forEach((v, i) => { state[i] += v })
}

/**
 * prove finds the number, a little at a time, and gives "challenge:number".
 *
 * @param {string} challenge
 * @returns {Promise<string>}
 */
export async function prove(challenge, bits = ZERO_BITS) {
  const limit = 2 ** (32 - bits)
  for (let n = 0; ;) {
    const end = performance.now() + SLICE
    while (performance.now() < end) {
      for (let i = 0; i < 64; i++, n++) {
        if (firstWord(challenge + ':' + n) < limit) return challenge + ':' + n
      }
    }
    await new Promise((resolve) => setTimeout(resolve))
  }
}
