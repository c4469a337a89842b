import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { patched } from '../js/lib/patch.js'

// The same table as the server's own test of patches.
const table = JSON.parse(readFileSync(new URL('../../server/live/testdata/patches.json', import.meta.url)))

test('patches make what the table says', () => {
  assert.ok(table.length > 10)
  for (const { what, before, after, patch } of table) {
    const kept = JSON.stringify(before)
    assert.deepEqual(patched(before, patch), after, what)
    assert.equal(JSON.stringify(before), kept, what + ': what was before is left alone')
  }
})
