import type { Statement } from './operations.ts'
import { rowId } from './world.ts'

/** The rows that a run counts through, and its number. */
export type RowRange = { first: string; rows: number; offset: number; run: number }

/** An id that no other statement of the bench uses, and that sorts after those before it. */
export function freshId({ run }: Pick<RowRange, 'run'>, i: number, nth: number): string {
  return `5${String(run).padStart(6, '0')}${String(i).padStart(11, '0')}${nth}`
}

/** The values of the i-th statement of a run. */
export function valuesOf({ values }: Statement, range: RowRange, i: number): unknown[] {
  return values.map((value) => {
    if ('row' in value) return rowId(range.first, (range.offset + i) % range.rows)
    if ('fresh' in value) return freshId(range, i, value.fresh)
    return value.same
  })
}
