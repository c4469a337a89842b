import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { follow } from '../js/lib/live.js'
import { patched } from '../js/lib/patch.js'

// FakeSocket is a socket whose other end the test holds.
class FakeSocket {
  static made = []
  constructor(url) {
    this.url = url
    this.readyState = 0
    this.closed = false
    FakeSocket.made.push(this)
  }
  open() {
    this.readyState = 1
    if (this.onopen) this.onopen()
  }
  say(frame) {
    if (this.onmessage) this.onmessage({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }
  end(code, reason = '') {
    this.readyState = 3
    if (this.onclose) this.onclose({ code, reason })
  }
  close() {
    this.closed = true
    this.readyState = 3
  }
}

const world = () =>
  Object.assign(new EventTarget(), {
    WebSocket: FakeSocket,
    location: { protocol: 'https:', host: 'rathaus.example' },
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  })
const frame = (seq, view = { n: seq }, more = {}) => ({ v: 1, seq, at: `2026-11-24T09:42:${String(seq % 60).padStart(2, '0')}Z`, build: 'b1', view, ...more })
const heart = (seq) => ({ v: 1, seq, at: '2026-11-24T09:50:00Z', heart: true })
const newest = () => FakeSocket.made[FakeSocket.made.length - 1]

function start(options = {}) {
  const log = []
  const w = options.world || world()
  const following = follow({
    topic: 'board:buerger:eg',
    onFrame: (view) => log.push(view.n),
    onStale: (at) => log.push('stale ' + at),
    onFresh: () => log.push('fresh'),
    onBuild: (b) => log.push('build ' + b),
    onEnd: (code) => log.push('end ' + code),
    world: w,
    ...options,
  })
  return { log, following, w }
}

beforeEach(() => {
  FakeSocket.made = []
  mock.timers.reset()
  mock.restoreAll()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_795_513_327_000 })
  mock.method(Math, 'random', () => 0.999)
})

test('the address names the topic and follows the page’s scheme', () => {
  start()
  assert.equal(newest().url, 'wss://rathaus.example/live?topic=board%3Abuerger%3Aeg')
})

test('the page’s own frame is drawn before any socket is open', () => {
  const { log } = start({ first: frame(7) })
  assert.deepEqual(log, [7])
})

test('a frame older than the newest is dropped, an equal number is drawn', () => {
  const { log } = start({ first: frame(7) })
  newest().open()
  newest().say(frame(6))
  newest().say(frame(7, { n: 'again' }))
  newest().say(frame(9))
  newest().say('{broken')
  newest().say({ v: 2, seq: 99, view: {} })
  assert.deepEqual(log, [7, 'again', 9])
})

test('a server that stays behind for a minute is believed', () => {
  const { log } = start({ first: frame(50), staleAfter: 200_000 })
  newest().open()
  newest().say(frame(3))
  mock.timers.tick(61_000)
  newest().say(frame(4))
  newest().say(frame(5))
  assert.deepEqual(log, [50, 4, 5])
})

test('silence makes it stale once, with the time of the last news, and a heart makes it fresh', () => {
  const { log } = start({ first: frame(7) })
  newest().open()
  mock.timers.tick(11_999)
  assert.deepEqual(log, [7])
  mock.timers.tick(1)
  mock.timers.tick(500)
  newest().open()
  mock.timers.tick(12_000)
  mock.timers.tick(1_000)
  assert.deepEqual(log, [7, 'stale 2026-11-24T09:42:07Z'])
  newest().open()
  newest().say(heart(7))
  assert.deepEqual(log, [7, 'stale 2026-11-24T09:42:07Z', 'fresh'])
})

test('hearts keep it fresh, but not those of a server that is behind', () => {
  const { log } = start({ first: frame(7) })
  newest().open()
  for (let i = 0; i < 5; i++) {
    mock.timers.tick(5_000)
    newest().say(heart(8))
  }
  assert.deepEqual(log, [7])
  for (let i = 0; i < 3; i++) {
    mock.timers.tick(5_000)
    newest().say(heart(3))
  }
  assert.equal(log[1], 'stale 2026-11-24T09:50:00Z')
})

test('a half-open connection is given up and made anew', () => {
  start()
  const first = newest()
  first.open()
  mock.timers.tick(12_000)
  assert.ok(first.closed)
  mock.timers.tick(500)
  assert.equal(FakeSocket.made.length, 2)
})

test('a connection that never opens is given up', () => {
  start({ staleAfter: 250_000 })
  mock.timers.tick(10_000)
  mock.timers.tick(500)
  assert.equal(FakeSocket.made.length, 2)
  assert.ok(FakeSocket.made[0].closed)
})

test('attempts in vain wait longer and longer, up to 30 s', () => {
  start({ staleAfter: 1_000_000 })
  const waits = []
  for (let i = 0; i < 9; i++) {
    const before = FakeSocket.made.length
    newest().end(1006)
    let waited = 0
    while (FakeSocket.made.length === before) {
      mock.timers.tick(100)
      waited += 100
    }
    waits.push(waited)
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
})

test('the wait is drawn anew from nothing to the whole', () => {
  start()
  Math.random.mock.mockImplementation(() => 0)
  newest().end(1006)
  mock.timers.tick(1)
  assert.equal(FakeSocket.made.length, 2)
})

test('a restarting server gets its followers back spread over seconds', () => {
  for (const code of [1001, 1012]) {
    FakeSocket.made = []
    const { following } = start()
    newest().open()
    newest().end(code)
    mock.timers.tick(3_500)
    assert.equal(FakeSocket.made.length, 1, `${code}: too early`)
    mock.timers.tick(500)
    assert.equal(FakeSocket.made.length, 2, `${code}: not back`)
    following.close()
  }
})

test('a server that starts again says when to come back', () => {
  const { following } = start()
  newest().open()
  newest().end(1012, 'restart; come back in 7300 ms')
  mock.timers.tick(7_299)
  assert.equal(FakeSocket.made.length, 1, 'too early')
  mock.timers.tick(1)
  assert.equal(FakeSocket.made.length, 2, 'not back')
  following.close()
})

test('4000 to 4099 come back, 4100 to 4199 do not', () => {
  for (const [code, back] of [[4000, true], [4099, true], [4100, false], [4199, false], [1000, true]]) {
    FakeSocket.made = []
    const { log, following } = start({ staleAfter: 500_000 })
    newest().open()
    newest().end(code)
    mock.timers.tick(100_000)
    assert.equal(FakeSocket.made.length > 1, back, `code ${code}`)
    assert.deepEqual(log, back ? [] : ['end ' + code])
    following.close()
  }
})

test('awake again it does not wait for the timer', () => {
  const { w, log } = start({ first: frame(7), staleAfter: 1_000_000 })
  newest().end(1006)
  w.dispatchEvent(new Event('pageshow'))
  assert.equal(FakeSocket.made.length, 2)
  newest().open()
  w.dispatchEvent(new Event('online'))
  assert.equal(FakeSocket.made.length, 2, 'an open connection is left alone')
  assert.deepEqual(log, [7])
})

test('a page that slept says so at once and connects anew', () => {
  const realNow = Date.now
  const { w, log } = start({ first: frame(7) })
  newest().open()
  const asleep = realNow() + 3_600_000
  mock.method(Date, 'now', () => asleep)
  w.document.dispatchEvent(new Event('visibilitychange'))
  assert.deepEqual(log, [7, 'stale 2026-11-24T09:42:07Z'])
  assert.equal(FakeSocket.made.length, 2)
})

test('a page that was away for a missed heart connects anew at once, and says nothing', () => {
  const { w, log } = start({ first: frame(7), staleAfter: 130_000 })
  newest().open()
  mock.timers.tick(64_000)
  w.document.dispatchEvent(new Event('visibilitychange'))
  assert.equal(FakeSocket.made.length, 1, 'what lives is left alone')
  mock.timers.tick(1_000)
  w.document.dispatchEvent(new Event('visibilitychange'))
  assert.equal(FakeSocket.made.length, 2)
  assert.ok(FakeSocket.made[0].closed)
  assert.deepEqual(log, [7])
})

test('back in a network it connects anew at once, however long it would have waited', () => {
  const { w } = start({ first: frame(7), staleAfter: 1_000_000 })
  for (let i = 0; i < 8; i++) {
    newest().end(1006)
    mock.timers.tick(30_000)
  }
  newest().end(1006)
  const made = FakeSocket.made.length
  w.dispatchEvent(new Event('online'))
  assert.equal(FakeSocket.made.length, made + 1)
  newest().open()
  w.dispatchEvent(new Event('offline'))
  w.dispatchEvent(new Event('online'))
  assert.equal(FakeSocket.made.length, made + 2, 'a socket of the lost network')
  newest().end(1006)
  mock.timers.tick(500)
  assert.equal(FakeSocket.made.length, made + 3, 'and it does not wait as after many attempts in vain')
})

const patch = (seq, patch) => ({ seq, at: 1_795_513_330_000, patch })

test('only who can read patches asks for them', () => {
  start({ patched })
  assert.ok(newest().url.endsWith('?topic=board%3Abuerger%3Aeg&patch=1'))
})

test('patches go on from the view before on the same socket', () => {
  const views = []
  const ats = []
  start({ patched, first: frame(7), onFrame: (view, { at }) => { views.push(view); ats.push(at) } })
  newest().open()
  newest().say(patch(8, { n: 'of nothing' }))
  newest().say(frame(8, { n: 8, list: ['a', 'b'], desk: null }))
  newest().say(patch(9, { n: 9, list: [0, 1, []] }))
  newest().say(heart(9))
  newest().say(patch(10, { desk: [{ id: 1 }] }))
  assert.deepEqual(views.slice(2), [{ n: 9, list: ['b'], desk: null }, { n: 9, list: ['b'], desk: { id: 1 } }])
  assert.equal(ats[3], 1_795_513_330_000)
})

test('a view too old to be shown is still what the next patch goes on from', () => {
  const views = []
  start({ patched, first: frame(7, { n: 'page', a: 1 }), onFrame: (view) => views.push(view) })
  newest().open()
  newest().say(frame(6, { n: 'old', a: 2 }))
  newest().say(patch(8, { n: 'new' }))
  assert.deepEqual(views, [{ n: 'page', a: 1 }, { n: 'new', a: 2 }])
})

test('a hidden page stays as it is', () => {
  const { w } = start()
  newest().end(1006)
  w.document.visibilityState = 'hidden'
  w.document.dispatchEvent(new Event('visibilitychange'))
  assert.equal(FakeSocket.made.length, 1)
})

test('another build is told', () => {
  const { log } = start({ first: frame(7) })
  newest().open()
  newest().say(frame(8, { n: 8 }, { build: 'b2' }))
  newest().say(frame(9, { n: 9 }, { build: 'b2' }))
  assert.deepEqual(log, [7, 'build b2', 8, 9])
})

test('closed by the page it is closed for good', () => {
  const { following, log, w } = start()
  newest().open()
  following.close()
  mock.timers.tick(100_000)
  w.dispatchEvent(new Event('online'))
  assert.ok(newest().closed)
  assert.equal(FakeSocket.made.length, 1)
  assert.deepEqual(log, [])
})

test('a cut connection is told sooner than silence', () => {
  const { log } = start({ first: frame(1), staleAfter: 200_000, lostAfter: 12_000 })
  newest().end(1006)
  mock.timers.tick(11_999)
  assert.deepEqual(log, [1])
  mock.timers.tick(1)
  assert.deepEqual(log, [1, 'stale ' + frame(1).at])
})
