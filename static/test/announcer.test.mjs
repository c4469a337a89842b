import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { createAnnouncer } from '../js/lib/announcer.js'
import { GONG_SECONDS, gongSamples } from '../js/lib/gong.js'

// A world whose AudioContext writes down what starts and when, and whose
// server has the clips named.
function world({ state = 'running', has = [] } = {}) {
  const played = []
  class AudioContext {
    constructor() {
      this.state = state
      this.sampleRate = 8000
      this.destination = {}
      world.context = this
    }
    createBuffer(_, length, rate) {
      return { name: 'gong', duration: length / rate, copyToChannel() {} }
    }
    createBufferSource() {
      const source = { connect() {}, start() {
        played.push([source.buffer.name, Date.now()])
        if (!world.mute) setTimeout(() => source.onended(), source.buffer.duration * 1000)
      } }
      return source
    }
    createGain() {
      const gain = { gain: { set value(v) { world.gain = v } }, connect() {} }
      return gain
    }
    async decodeAudioData(bytes) {
      return { name: bytes, duration: 1 }
    }
    async resume() {
      if (world.willing) this.state = 'running'
      else await new Promise(() => {})
    }
    close() {}
  }
  world.mute = false
  world.willing = true
  const fetch = async (url) => {
    if (has.includes(url + '?')) return new Promise(() => {})
    return { ok: has.includes(url), status: 404, arrayBuffer: async () => url }
  }
  return { AudioContext, fetch, played }
}

async function passing(promise) {
  let settled = false
  promise.then(() => (settled = true))
  for (let i = 0; i < 1_000 && !settled; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (!settled) mock.timers.tick(100)
  }
  assert.ok(settled, 'never ended')
  return promise
}
const names = (w) => w.played.map(([name]) => name)

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_795_513_327_000 })
})

test('gong, then the pieces in order, language after language', async () => {
  const w = world({ has: ['de/A', 'de/17', 'en/A', 'en/17'] })
  await passing(createAnnouncer({ world: w }).announce({ id: 'c1', clips: [['de/A', 'de/17'], ['en/A', 'en/17']] }))
  assert.deepEqual(names(w), ['gong', 'de/A', 'de/17', 'en/A', 'en/17'])
})

test('two calls at once are announced one after the other with a breath between', async () => {
  const w = world({ has: ['x'] })
  const a = createAnnouncer({ world: w })
  a.announce({ id: 'c1', clips: [['x']] })
  await passing(a.announce({ id: 'c2', clips: [['x']] }))
  assert.deepEqual(names(w), ['gong', 'x', 'gong', 'x'])
  const endOfFirst = w.played[1][1] + 1000
  assert.ok(w.played[2][1] - endOfFirst >= 700, 'no breath')
})

test('a language with a piece missing is not spoken, the other is', async () => {
  const w = world({ has: ['en/A'] })
  await passing(createAnnouncer({ world: w }).announce({ id: 'c1', clips: [['de/A', 'de/17'], ['en/A']] }))
  assert.deepEqual(names(w), ['gong', 'en/A'])
})

test('without pieces there is the gong alone', async () => {
  const w = world()
  await passing(createAnnouncer({ world: w }).announce({ id: 'c1', clips: [] }))
  assert.deepEqual(names(w), ['gong'])
})

test('pieces that never come do not hold up the next call', async () => {
  const w = world({ has: ['late?'] })
  const a = createAnnouncer({ world: w })
  a.announce({ id: 'c1', clips: [['late']] })
  await passing(a.announce({ id: 'c2', clips: [] }))
  assert.deepEqual(names(w), ['gong', 'gong'])
})

test('a browser that falls silent in the middle does not hold up the next call', async () => {
  const w = world()
  const a = createAnnouncer({ world: w })
  world.mute = true
  a.announce({ id: 'c1', clips: [] })
  await passing(a.announce({ id: 'c2', clips: [] }))
  assert.deepEqual(names(w), ['gong', 'gong'])
})

test('blocked sound is told, drops its calls and comes with a press', async () => {
  const w = world({ state: 'suspended' })
  const states = []
  const a = createAnnouncer({ world: w, onState: (s) => states.push(s) })
  assert.ok(a.blocked())
  await passing(a.announce({ id: 'old', clips: [] }))
  assert.equal(await passing(a.unlock()), true)
  assert.equal(states.at(-1).blocked, false)
  assert.deepEqual(names(w), [], 'an old call rang')
  await passing(a.announce({ id: 'new', clips: [] }))
  assert.deepEqual(names(w), ['gong'])
  assert.deepEqual(states.filter((s) => s.playing).map((s) => s.playing), ['new'])
})

test('a browser that refuses the press keeps it blocked', async () => {
  const w = world({ state: 'suspended' })
  world.willing = false
  assert.equal(await passing(createAnnouncer({ world: w }).unlock()), false)
})

test('a browser without sound is blocked and nothing breaks', async () => {
  const a = createAnnouncer({ world: {} })
  assert.ok(a.blocked())
  await a.announce({ id: 'c', clips: [] })
  assert.equal(await a.unlock(), false)
  a.close()
})

test('the volume is asked for each time and kept in bounds', async () => {
  const w = world()
  let hour = 0.3
  const a = createAnnouncer({ world: w, volume: () => hour })
  await passing(a.announce({ id: 'c1', clips: [] }))
  assert.equal(world.gain, 0.3)
  hour = 7
  await passing(a.announce({ id: 'c2', clips: [] }))
  assert.equal(world.gain, 1)
})

test('the gong is soft: peak, length, beginning and end', () => {
  for (const rate of [8000, 44100, 48000]) {
    const s = gongSamples(rate)
    assert.equal(s.length, Math.round(GONG_SECONDS * rate))
    const peak = s.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
    assert.ok(peak > 0.4 && peak <= 0.6, `peak ${peak}`)
    assert.equal(s[0], 0)
    assert.ok(Math.abs(s[s.length - 1]) < 0.001)
    const step = s.reduce((m, v, i) => (i ? Math.max(m, Math.abs(v - s[i - 1])) : 0), 0)
    assert.ok(step < 0.6 * (48000 / rate) * 0.25, `a click of ${step}`)
  }
})

test('the gong has two notes, the second lower', () => {
  const rate = 48000
  const s = gongSamples(rate)
  const strength = (from, to, hertz) => {
    let re = 0
    let im = 0
    for (let i = Math.round(from * rate); i < to * rate; i++) {
      re += s[i] * Math.cos((2 * Math.PI * hertz * i) / rate)
      im += s[i] * Math.sin((2 * Math.PI * hertz * i) / rate)
    }
    return Math.hypot(re, im)
  }
  assert.ok(strength(0.05, 0.3, 659.26) > 5 * strength(0.05, 0.3, 523.25))
  assert.ok(strength(0.45, 0.85, 523.25) > strength(0.45, 0.85, 659.26))
})
