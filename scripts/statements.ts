import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const src = fileURLToPath(new URL('../src/', import.meta.url))
const directory = fileURLToPath(new URL('../generated/sql/', import.meta.url))

/** The pieces of text around the parameters of one `sql` template. */
type Template = { file: string; pieces: string[] }

/** Matches a statement, and not a part of one. */
export const statementStart = /^(select|insert|update|delete|with)\b/

export const singleLine = (text: string) => text.replace(/\s+/g, ' ').trim()

/** Every `sql` template in `src/`, nested ones too. */
function readTemplates(): Template[] {
  return fs
    .globSync('**/*.ts', { cwd: src })
    .sort()
    .flatMap((file) => {
      const code = fs.readFileSync(src + file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
      return [...code.matchAll(/(?<!`)\bsql`/g)].map(({ index }) => ({
        file,
        pieces: piecesOf(code, index + 'sql`'.length).pieces,
      }))
    })
}

/** The pieces of the template literal that begins at `start`, and where it ends. */
function piecesOf(code: string, start: number): { pieces: string[]; end: number } {
  const pieces: string[] = []
  let from = start
  let at = start
  while (at < code.length && code[at] !== '`') {
    if (!code.startsWith('${', at)) {
      at++
      continue
    }
    pieces.push(singleLine(code.slice(from, at)))
    at = endOfPlace(code, at + 2)
    from = at
  }
  pieces.push(singleLine(code.slice(from, at)))
  return { pieces, end: at + 1 }
}

/** The end of the expression inside `${}`. */
function endOfPlace(code: string, start: number): number {
  let depth = 1
  let at = start
  while (at < code.length && depth > 0) {
    if (code[at] === '`') at = piecesOf(code, at + 1).end
    else {
      if (code[at] === '{') depth++
      if (code[at] === '}') depth--
      at++
    }
  }
  return at
}

/** How many characters of a statement a template writes; 0 when it is no part of it. */
function partOf(statement: string, { pieces }: Template, isWhole: boolean): number {
  const [first = ''] = pieces
  const last = pieces.at(-1) ?? ''
  if (isWhole && !(statement.startsWith(first) && statement.endsWith(last))) return 0
  let at = 0
  for (const piece of pieces) {
    const found = statement.indexOf(piece, at)
    if (found < 0) return 0
    at = found + piece.length
  }
  return pieces.join('').length
}

/** A statement of a change and its events belongs to the file of the change, not to this one. */
const isComposer = (file: string) => file === 'events/outbox.ts'
const isChange = ({ pieces: [first = ''] }: Template) => /^(insert|update|delete)\b/.test(first)

/** The file of `src/` that writes a statement. */
function originOf(statement: string, templates: readonly Template[]): string | undefined {
  const bestMatch = (chosen: readonly Template[], isWhole: boolean) =>
    chosen
      .map((template) => ({ ...template, size: partOf(statement, template, isWhole) }))
      .filter(({ size }) => size > 0)
      .reduce<{ file: string; size: number } | undefined>(
        (a, b) => (a && a.size >= b.size ? a : b),
        undefined,
      )
  const otherTemplates = templates.filter(({ file }) => !isComposer(file))
  const wholeMatch = bestMatch(templates, true)
  if (wholeMatch && !isComposer(wholeMatch.file)) return wholeMatch.file
  return (bestMatch(otherTemplates.filter(isChange), false) ?? wholeMatch)?.file
}

const familyOf = (file: string) => /^(?:api\/)?([^/.]+)/.exec(file)?.[1] ?? file
/** Files whose statements are about the table that a family hands them. */
const isOfResource = (file: string) =>
  file.startsWith('resource/') || file === 'events/appended-rows.ts'

/** The family of a statement: one of `resource/` is of the family that hands it its table. */
function familyOfStatement(statement: string, file: string, templates: readonly Template[]) {
  if (!isOfResource(file)) return familyOf(file)
  const tables = new Set(
    [...statement.matchAll(/\b(?:from|into|update|join) (\w+)/g)].map(([, name]) => name),
  )
  const handed = templates.find(
    ({ file, pieces: [name = '', ...rest] }) =>
      file.startsWith('api/') && rest.length === 0 && tables.has(name.replace(/ as \w+$/, '')),
  )
  return familyOf(handed?.file ?? file)
}

/** The statement without the indentation that it has in the code. */
function readable(text: string): string {
  const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '')
  const margin = Math.min(...rest.map((line) => line.search(/\S/)))
  return [first.trim(), ...rest.map((line) => line.slice(margin).trimEnd())].join('\n')
}

/** The statement with the first of its rows alone: it is sent with as many as there are. */
const withOneRow = (text: string) =>
  text.replace(/\b(values\s+\([^()]*\))(?:,\s*\([^()]*\))*(?=\s|$)/g, '$1')

/** A hash of the templates of a family. */
function stampOf(family: string, templates: readonly Template[]): string {
  const isOfApi = templates.some(({ file }) => new RegExp(`^api/${family}[/.]`).test(file))
  const ownTemplates = templates.filter(
    ({ file }) => familyOf(file) === family || (isOfApi && isOfResource(file)),
  )
  const hash = createHash('sha256').update(JSON.stringify(ownTemplates))
  return `-- Every statement as it is sent; of the code ${hash.digest('hex').slice(0, 16)}`
}

/** The files of `generated/sql/`, by their names: each statement of `src/` as it is sent. */
export function describeStatements(texts: readonly string[]): Map<string, string> {
  const templates = readTemplates()
  const families = new Map<string, Map<string, string>>()
  for (const text of texts) {
    const statement = withOneRow(singleLine(text))
    const file = originOf(statement, templates)
    if (file === undefined) throw new Error(`No file of src/ writes: ${statement}`)
    const name = familyOfStatement(statement, file, templates)
    const family = families.get(name) ?? new Map<string, string>()
    families.set(name, family.set(statement, `-- src/${file}\n${withOneRow(readable(text))};\n`))
  }
  const sorted = [...families.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(
    sorted.map(([family, written]) => {
      const parts = [`${stampOf(family, templates)}\n`, ...[...written.values()].sort()]
      return [`${family}.sql`, parts.join('\n')]
    }),
  )
}

/** Puts the files in the place of those that are there. */
export function replaceStatements(files: ReadonlyMap<string, string>): void {
  fs.rmSync(directory, { recursive: true, force: true })
  fs.mkdirSync(directory)
  for (const [name, text] of files) fs.writeFileSync(directory + name, text)
}

/** The files of `generated/sql/` that are there. */
export function presentStatements(): Map<string, string> {
  if (!fs.existsSync(directory)) return new Map()
  const names = fs.readdirSync(directory).sort()
  return new Map(names.map((name) => [name, fs.readFileSync(directory + name, 'utf8')]))
}

/**
 * The files whose family has changed its templates since. It compares hashes, as only the slow test
 * of all statements knows the text that is sent.
 */
export function staleStatements(): string[] {
  const templates = readTemplates()
  const present = [...presentStatements().entries()]
  // A checkout may have none yet.
  if (present.length === 0) return ['generated/sql']
  return present
    .filter(([name, text]) => {
      const stamp = stampOf(name.replace(/\.sql$/, ''), templates)
      return text.slice(0, text.indexOf('\n')) !== stamp
    })
    .map(([name]) => `generated/sql/${name}`)
}
