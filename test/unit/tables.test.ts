import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/**
 * A table is written by one owner: a family of `src/api/`, or one of the other rooms. The demo
 * world is made of the tables of all.
 */
const root = fileURLToPath(new URL('../../', import.meta.url))
const filesOf = (pattern: string) =>
  fs.globSync(pattern, { cwd: root }).map((file) => file.replaceAll('\\', '/'))
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8')

const isComment = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|--.*$/gm

/** `src/api/users/get.ts` and `src/api/users.ts` are of `api/users`, `src/auth/x.ts` of `auth`. */
function ownerOf(file: string): string {
  const [, room = '', family = ''] = file.split('/')
  return room === 'api' ? `api/${family.replace(/\.ts$/, '')}` : room.replace(/\.ts$/, '')
}

const tables = new Set(
  filesOf('migrations/*.sql')
    .flatMap((file) => [
      ...read(file)
        .replace(isComment, '')
        .matchAll(/create (?:unlogged )?table (?:if not exists )?(\w+)/g),
    ])
    .map(([, name = '']) => name),
)
// Made by the migrations' own code, which has to look into it before the first one.
tables.add('schema_migrations')

/** A statement that writes, or a plain table that `resource()` writes. */
const writes =
  /\b(?:insert into|delete from|truncate(?: table)?|merge into|update(?: only)?) (\w+)|\b(?:table|logged|unlogged): (?:'|sql`)(\w+)/g

const owners = new Map<string, Map<string, string>>()
for (const file of filesOf('src/**/*.ts')) {
  if (ownerOf(file) === 'demo') continue
  for (const [, written, plain] of read(file).replace(isComment, '').matchAll(writes)) {
    const table = written ?? plain ?? ''
    if (!tables.has(table)) continue
    const known = owners.get(table) ?? new Map<string, string>()
    owners.set(table, known.set(ownerOf(file), file))
  }
}

test('a table is written by one owner', () => {
  assert.ok(owners.size > 20, 'the statements are found')
  const shared = [...owners]
    .filter(([, known]) => known.size > 1)
    .map(([table, known]) => `${table}: ${[...known.values()].join(', ')}`)
  assert.deepEqual(shared, [])
})

test('no table is left that the demo world alone writes, but for families to come', () => {
  const unowned = [...tables].filter((table) => !owners.has(table))
  assert.deepEqual(unowned.sort(), [])
})
