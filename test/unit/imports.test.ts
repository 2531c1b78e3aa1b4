import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** What each room of `src/` may import beside itself. */
const baseRooms = ['config', 'db', 'ids', 'limits']
const resourceRooms = [...baseRooms, 'auth', 'context', 'events', 'http']
const apiRooms = [...resourceRooms, 'api', 'resource']
const arrows: Readonly<Record<string, readonly string[]>> = {
  ids: [],
  limits: [],
  db: ['ids', 'limits'],
  // `StartupError` is all it takes from there.
  config: ['db', 'limits'],
  context: ['auth', 'db', 'events'],
  http: baseRooms,
  // `generated` is the facts of the official contract: scopes here, operations below.
  auth: [...baseRooms, 'http', 'generated'],
  events: [...baseRooms, 'http'],
  resource: [...resourceRooms, 'generated'],
  api: [...resourceRooms, 'resource'],
  webhooks: apiRooms,
  demo: apiRooms,
  docs: apiRooms,
  sandbox: ['config', 'db', 'demo'],
}
/** These put the others together. */
const composers = ['bin', 'main']

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = fs
  .globSync('{bin,src}/**/*.ts', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
const readSource = (file: string) => fs.readFileSync(path.join(root, file), 'utf8')
const isLocal = (specifier: string) => specifier.startsWith('.')
const manifest = JSON.parse(readSource('package.json')) as { dependencies: Record<string, string> }

/** `src/db/sql.ts` is in the room `db`, `src/main.ts` is one of its own. */
const roomOf = (file: string) =>
  /^(bin|generated)\//.exec(file)?.[1] ?? (file.split('/')[1] ?? '').replace(/\.ts$/, '')
/** `src/api/users/get.ts` and `src/api/users.ts` are of the family `users`. */
const familyOf = (file: string) => (file.split('/')[2] ?? '').replace(/\.ts$/, '')

const specifiers = /^(?:import|export|\}).*? from '([^']+)'|^import '(.+)'|\bimport\('?(.+?)'?\)/gm
const specifiersOf = (file: string) =>
  [...readSource(file).matchAll(specifiers)].map((found) => found[1] ?? found[2] ?? found[3] ?? '')
const importsOf = (file: string) =>
  specifiersOf(file)
    .filter(isLocal)
    .map((specifier) => path.posix.join(path.posix.dirname(file), specifier))

function mayImport(from: string, to: string): boolean {
  const [room, other] = [roomOf(from), roomOf(to)]
  if (composers.includes(room)) return true
  if (room !== other) return arrows[room]?.includes(other) ?? false
  if (room !== 'api' || familyOf(from) === familyOf(to) || familyOf(from) === 'index') return true
  // Custom fields belong to every model: whoever has them reads, shows and refuses them in one way.
  if (/^src\/api\/custom-fields\/(values|filters|definitions|errors)\.ts$/.test(to)) return true
  // A family shows the shapes of another in its own answers, and runs none of its code.
  return to.endsWith('/shapes.ts')
}

test('imports go one way, from room to room', () => {
  const edges = files.flatMap((file) => importsOf(file).map((to) => [file, to] as const))
  assert.ok(edges.length > 100, 'the imports are found')
  const wrong = edges.filter(([file, to]) => !mayImport(file, to))
  assert.deepEqual(wrong, [])
})

test('imports name a file that is there, a module of Node, or a dependency', () => {
  for (const file of files) {
    for (const specifier of specifiersOf(file)) {
      const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? ''
      const isKnown = isLocal(specifier)
        ? fs.existsSync(path.join(root, path.dirname(file), specifier))
        : specifier.startsWith('node:') || name in manifest.dependencies
      assert.ok(isKnown, `${file} imports ${specifier}`)
    }
  }
})

test('no file imports itself by way of others', () => {
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): void => {
    assert.ok(!way.includes(file), [...way, file].join(' → '))
    if (done.has(file)) return
    for (const next of importsOf(file).filter((name) => name.endsWith('.ts')))
      visit(next, [...way, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
})

test('nothing is exported by default or on behalf of another file', () => {
  for (const file of files) {
    assert.doesNotMatch(
      readSource(file),
      /^export (default\b|\*|.*\bas default\b|\{[^}]*\} from)/m,
      file,
    )
  }
})

test('db knows no business words', () => {
  const isComment = /\/\*[\s\S]*?\*\/|\/\/.*$/gm
  // It names every table, to say where Citus keeps each.
  const listOfTables = 'src/db/citus/tables.ts'
  for (const file of files.filter((file) => roomOf(file) === 'db' && file !== listOfTables)) {
    const code = readSource(file).replace(isComment, '')
    assert.doesNotMatch(code, /opportunit|contact|follower|company|companies|webhook/i, file)
  }
})

test('a folder holds at most 12 files', () => {
  const counts = Map.groupBy(
    files.filter((file) => file.startsWith('src/')),
    (file) => path.posix.dirname(file),
  )
  const full = [...counts].filter(([, inside]) => inside.length > 12).map(([folder]) => folder)
  assert.deepEqual(full, [], 'A room that grows past it wants a wall: children with names')
})
