import { readFileSync } from 'node:fs'
import type { Difference } from './compare.ts'

/** What `docs/deviations.md` says; its form is described there. */
export const deviationsFile = new URL('../../docs/deviations.md', import.meta.url)

const columns = ['operation', 'contract', 'where', 'official', 'here', 'why']

/** One row with one operation, contract and place, where the file may name several of each. */
export type Deviation = {
  operation: string
  contract: string
  where: string
  official: string
  here: string
  /** The row as it stands in the file, for messages. */
  row: string
}

export function readDeviations(text = readFileSync(deviationsFile, 'utf8')): Deviation[] {
  return tableRows(text).flatMap(({ cells, row }) => {
    const [operations = '', contracts = '', where = '', official = '', here = '', why = ''] = cells
    if (why === '') throw new Error(`docs/deviations.md gives no reason: ${row}`)
    return listed(operations).flatMap((operation) =>
      listed(contracts).flatMap((contract) =>
        placesOf(where).map((place) => ({
          operation,
          contract,
          where: place,
          official,
          here,
          row,
        })),
      ),
    )
  })
}

/** The rows of the tables that have the columns of a difference. */
function tableRows(text: string): { cells: string[]; row: string }[] {
  let isOurs = false
  return text.split('\n').flatMap((row) => {
    if (!row.startsWith('|')) {
      isOurs = false
      return []
    }
    const cells = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    if (cells.join() === columns.join()) {
      isOurs = true
      return []
    }
    const isRule = cells.every((cell) => /^-+$/.test(cell))
    if (!isOurs || isRule) return []
    return [{ cells: cells.map((cell) => cell.replaceAll('`', '')), row }]
  })
}

const listed = (cell: string) => cell.split(',').map((item) => item.trim())

/** `a.{b, c}` is `a.b` and `a.c`. */
function placesOf(where: string): string[] {
  const [, before = '', inside, after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(where) ?? []
  if (inside === undefined) return [where]
  return listed(inside).map((name) => `${before}${name}${after}`)
}

export function covers(deviation: Deviation, difference: Difference): boolean {
  const { operation, contract, where, official, here } = deviation
  return (
    (operation === '*' || operation === difference.operation) &&
    contract === difference.contract &&
    patternOf(where).test(difference.where) &&
    official === difference.official &&
    here === difference.here
  )
}

/** `*` is any text without a blank. */
function patternOf(where: string): RegExp {
  return new RegExp(`^${where.split('*').map(RegExp.escape).join('\\S+')}$`)
}

/** A difference as a row that may be pasted into the file. */
export function rowOf({ operation, contract, where, official, here }: Difference): string {
  return `| \`${operation}\` | ${contract} | \`${where}\` | ${official} | ${here} | why |`
}
