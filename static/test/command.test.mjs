import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { command, newKey } from '../js/lib/command.js'

const answer = (status, body, headers = {}) => new Response(body === undefined ? null : JSON.stringify(body), { status, headers })

// server answers with the next of its outcomes and remembers what was asked.
function server(...outcomes) {
  const asked = []
  const fetch = async (url, init) => {
    asked.push({ url, key: init.headers['Idempotency-Key'], body: init.body, headers: init.headers })
    const next = outcomes.length > 1 ? outcomes.shift() : outcomes[0]
    if (next === 'silent') {
      return new Promise((_, reject) => init.signal.addEventListener('abort', () => reject(new Error('aborted'))))
    }
    if (next instanceof Error) throw next
    return next()
  }
  return { fetch, asked }
}

// passing lets fake time go by until the promise is settled.
async function passing(promise) {
  let settled = false
  promise.then(() => (settled = true), () => (settled = true))
  for (let i = 0; i < 2_000 && !settled; i++) {
    for (let j = 0; j < 20; j++) await null
    await new Promise((resolve) => setImmediate(resolve))
    if (!settled) mock.timers.tick(100)
  }
  return promise
}

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_795_513_327_000 })
})

test('an answer comes back with its body', async () => {
  const s = server(() => answer(200, { seq: 4 }))
  const got = await command('/api/v1/offices/b/desks/1/next', {}, { fetch: s.fetch, lang: 'de' })
  assert.deepEqual(got, { ok: true, status: 200, body: { seq: 4 } })
  assert.equal(s.asked[0].headers['Accept-Language'], 'de')
  assert.equal(s.asked[0].body, '{}')
})

test('each command has a key of its own', async () => {
  const s = server(() => answer(200, {}))
  await command('/a', {}, { fetch: s.fetch })
  await command('/a', {}, { fetch: s.fetch })
  assert.notEqual(s.asked[0].key, s.asked[1].key)
  assert.match(newKey(), /^[0-9a-f]{32}$/)
})

test('a refusal is given in full and not tried again', async () => {
  const problem = { code: 'desk_closed', detail: 'Der Platz ist geschlossen.', errors: [{ code: 'x', location: 'body.a', message: 'm' }] }
  const s = server(() => answer(409, problem))
  assert.deepEqual(await command('/a', {}, { fetch: s.fetch }), { ok: false, status: 409, ...problem })
  assert.equal(s.asked.length, 1)
})

test('a refusal that is no JSON is still a refusal', async () => {
  const s = server(() => new Response('<html>', { status: 500 }))
  assert.deepEqual(await command('/a', {}, { fetch: s.fetch }), { ok: false, status: 500, code: '', detail: '', errors: [] })
})

test('a lost answer is asked for again with the same key and body', async () => {
  const s = server(new TypeError('network'), 'silent', () => answer(502), () => answer(504), () => answer(201, { id: 't' }))
  const got = await passing(command('/a', { n: 1 }, { fetch: s.fetch }))
  assert.deepEqual(got, { ok: true, status: 201, body: { id: 't' } })
  assert.equal(s.asked.length, 5)
  assert.equal(new Set(s.asked.map((a) => a.key + a.body)).size, 1)
})

test('Retry-After is kept', async () => {
  const began = Date.now()
  const s = server(() => answer(503, {}, { 'Retry-After': '4' }), () => answer(200, {}))
  assert.equal((await passing(command('/a', {}, { fetch: s.fetch }))).ok, true)
  assert.ok(Date.now() - began >= 4_000)
})

test('a 503 without Retry-After is an answer', async () => {
  const s = server(() => answer(503, { code: 'read_only', detail: 'd' }))
  assert.equal((await command('/a', {}, { fetch: s.fetch })).code, 'read_only')
  assert.equal(s.asked.length, 1)
})

test('patience ends', async () => {
  const began = Date.now()
  const s = server(new TypeError('network'))
  const got = await passing(command('/a', {}, { fetch: s.fetch, patience: 10_000 }))
  assert.deepEqual(got, { ok: false, status: 0, code: 'unreachable', detail: '', errors: [] })
  assert.ok(Date.now() - began <= 10_000)
  assert.ok(s.asked.length > 3)
})

test('the last words of an overloaded server are kept', async () => {
  const s = server(() => answer(503, { code: 'restarting', detail: 'd' }, { 'Retry-After': '20' }))
  assert.equal((await passing(command('/a', {}, { fetch: s.fetch, patience: 10_000 }))).code, 'restarting')
})
