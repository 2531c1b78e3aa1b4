import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { readMigrations } from '../../src/db/migrate.ts'

/** As `sha256sum` writes it and, in migrations/, `sha256sum --check checksums.txt` reads it. */
const list = new URL('../../migrations/checksums.txt', import.meta.url)

test('migrations only grow: a database that has one would not get what is changed in it', () => {
  const listed = fs.readFileSync(list, 'utf8').trimEnd().split('\n')
  const found = readMigrations().map(({ name, checksum }) => `${checksum}  ${name}`)
  assert.deepEqual(
    found.slice(0, listed.length),
    listed,
    'A migration that is listed in migrations/checksums.txt was changed, renamed or removed. ' +
      'Restore it, and write what it should do as a new file with the next number.',
  )
  assert.deepEqual(
    found.slice(listed.length),
    [],
    'A new migration: append its line to migrations/checksums.txt, with (cd migrations && ' +
      'sha256sum 00NN-name.sql >> checksums.txt). From then on it stays as it is.',
  )
})
