import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { firstWord, prove } from '../js/lib/proof.js'

test('the hash is SHA-256, for one block and for two', () => {
  for (let n = 0; n <= 119; n++) {
    const text = 'abc.0123456789'.repeat(9).slice(0, n)
    assert.equal(firstWord(text), createHash('sha256').update(text).digest().readUInt32BE(0), `${n} characters`)
  }
})

test('a proof begins with as many zero bits as are wanted', async () => {
  const proof = await prove('1764200000.ABCDEFGHIJKL.0123456789abcdef01234567', 10)
  assert.match(proof, /^1764200000\.ABCDEFGHIJKL\.0123456789abcdef01234567:\d+$/)
  assert.ok(createHash('sha256').update(proof).digest().readUInt32BE(0) < 2 ** 22)
})
