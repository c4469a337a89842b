import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { tellNew, tellWait } from '../js/lib/wait.js'

// The server is held to the same table, in display/told_test.go.
const table = JSON.parse(await readFile(new URL('../../display/testdata/told/waits.json', import.meta.url), 'utf8'))
const want = (told) => ({ ...told, at: told.at && Date.parse(told.at) })

for (const { name, now, wait, told } of table.waits) test('a wait: ' + name, () => assert.deepEqual(tellWait(wait, Date.parse(now)), want(told)))
for (const { name, wait, told } of table.newcomers) test('a newcomer: ' + name, () => assert.deepEqual(tellNew(wait), want(told)))

test('where nothing is known, nothing is told', () => {
  assert.equal(tellWait(null, 0), null)
  assert.equal(tellNew(null), null)
})
