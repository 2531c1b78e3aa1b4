import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { families, reactionsOfFamilies } from '../../src/api/index.ts'

test('each file or folder of src/api/ that has routes is a family of the list', () => {
  const entries = fs
    .globSync(['*.ts', '*/index.ts'], { cwd: new URL('../../src/api/', import.meta.url) })
    .map((entry) => entry.replace(/(?:[\\/]index)?\.ts$/, ''))
    .filter((entry) => entry !== 'index')
  assert.deepEqual(families.map(({ name }) => name).sort(), entries.sort())
})

test('what happens in one family is done something about in another', () => {
  const done = reactionsOfFamilies({}).flatMap((reactions) => Object.keys(reactions))
  assert.deepEqual(done.sort(), [
    'contactAssigned',
    'contactDeleted',
    'contactRenamed',
    'locationCreated',
    'stagesRemoved',
    'userLeft',
    'userLeft',
  ])
})
