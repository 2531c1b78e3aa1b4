import type { Statement } from './operations.ts'
import { rowId } from './world.ts'

/** Where a loop is: which statement of which run it sends. */
export type Place = { first: string; rows: number; offset: number; run: number }

/** An id that no other statement of the bench uses, and that sorts after those before it. */
export function freshId({ run }: Pick<Place, 'run'>, i: number, nth: number): string {
  return `5${String(run).padStart(6, '0')}${String(i).padStart(11, '0')}${nth}`
}

/** The values of the i-th statement of a run. */
export function valuesOf({ values }: Statement, place: Place, i: number): unknown[] {
  return values.map((value) => {
    if ('row' in value) return rowId(place.first, (place.offset + i) % place.rows)
    if ('fresh' in value) return freshId(place, i, value.fresh)
    return value.same
  })
}
