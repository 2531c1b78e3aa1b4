import type { Database } from './db/database.ts'

/** What every resource may lean on, built once by `main.ts` and handed down. */
export type House = {
  db: Database
  /** The time, so that tests may set it. */
  now: () => Date
}
