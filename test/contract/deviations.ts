import { readdirSync, readFileSync } from 'node:fs'
import { type Generation, generations } from '../../scripts/official-contract.ts'
import type { Difference } from './compare.ts'

/** The form of the pages, and the rules that every page rests on. */
export const deviationsIndex = new URL('../../docs/deviations.md', import.meta.url)

const pages = new URL('../../docs/deviations/', import.meta.url)

/** The page of what belongs to no family. */
export const serverPage = 'server'

/** The families that have a page. */
export const families = readdirSync(pages).map((file) => file.replace(/\.md$/, ''))

export const readPage = (family: string) => readFileSync(new URL(`${family}.md`, pages), 'utf8')

const columns = ['operation', 'contract', 'where', 'official', 'here', 'why']

/** One row with one operation, generation and place, where the page may name several of each. */
export type Deviation = {
  family: string
  operation: string
  contract: Generation
  where: string
  official: string
  here: string
  /** The row as it stands in the page, for messages. */
  row: string
}

/** Whether a generation of the contract has an operation. */
type HasOperation = (generation: Generation, operation: string) => boolean

/** The rows of all pages. */
export function readDeviations(has: HasOperation): Deviation[] {
  return families.flatMap((family) => deviationsIn(family, readPage(family), has))
}

/** The rows of one page's text. */
export function deviationsIn(family: string, text: string, has: HasOperation): Deviation[] {
  return tableRows(text, columns).flatMap(({ cells, row }) => {
    const [operations = '', contract = '', where = '', official = '', here = '', why = ''] = cells
    if (why === '') throw new Error(`docs/deviations/${family}.md gives no reason: ${row}`)
    return listItems(operations).flatMap((operation) =>
      generationsOf(contract, operation, has).flatMap((generation) =>
        wheresOf(where).map((place) => ({
          family,
          operation,
          contract: generation,
          where: place,
          official,
          here,
          row,
        })),
      ),
    )
  })
}

/** The rules that the index lists. */
export function listedRules(): string[] {
  const text = readFileSync(deviationsIndex, 'utf8')
  return tableRows(text, ['rule', 'where', 'official', 'here', 'why']).map(
    ({ cells: [rule = ''] }) => rule,
  )
}

/** The rows of the tables that have these columns. */
function tableRows(text: string, names: readonly string[]): { cells: string[]; row: string }[] {
  let isWanted = false
  return text.split('\n').flatMap((row) => {
    if (!row.startsWith('|')) {
      isWanted = false
      return []
    }
    const cells = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    if (cells.join() === names.join()) {
      isWanted = true
      return []
    }
    const isLine = cells.every((cell) => /^-+$/.test(cell))
    if (!isWanted || isLine) return []
    return [{ cells: cells.map(withoutTicks), row }]
  })
}

/** As cells are read. */
const withoutTicks = (text: string) => text.replaceAll('`', '')

const listItems = (cell: string) => cell.split(',').map((item) => item.trim())

/** An empty cell means each generation that has the operation; of one that neither has, both. */
function generationsOf(cell: string, operation: string, has: HasOperation): readonly Generation[] {
  const named = generations.filter((generation) => generation === cell)
  if (cell !== '' && named.length === 0) throw new Error(`There is no generation ${cell}`)
  if (named.length > 0) return named
  const having = generations.filter((generation) => has(generation, operation))
  return having.length > 0 ? having : generations
}

/** `a.{b, c}` is `a.b` and `a.c`. */
function wheresOf(where: string): string[] {
  const [, before = '', inside, after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(where) ?? []
  if (inside === undefined) return [where]
  return listItems(inside).map((name) => `${before}${name}${after}`)
}

export function covers(deviation: Deviation, difference: Difference): boolean {
  const { family, operation, contract, where, official, here } = deviation
  return (
    family === familyOf(difference.path) &&
    operation === difference.operation &&
    contract === difference.contract &&
    patternOf(where).test(difference.where) &&
    official === withoutTicks(difference.official) &&
    here === withoutTicks(difference.here)
  )
}

/** The family that an address belongs to, as its page is named. */
export function familyOf(path: string): string {
  const [, name = ''] = path.split('/')
  return families.includes(name) ? name : serverPage
}

/** `*` is one name, or one status. */
function patternOf(where: string): RegExp {
  return new RegExp(`^${where.split('*').map(RegExp.escape).join('[^ .]+')}$`)
}

/** A difference as a row that may be pasted into its page. */
export function rowOf(difference: Difference): string {
  const { operation, path, contract, where, official, here } = difference
  const row = `| \`${operation}\` | ${contract} | \`${where}\` | ${official} | ${here} | why |`
  return `docs/deviations/${familyOf(path)}.md: ${row}`
}
