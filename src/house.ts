import type { SigningKeys } from './auth/signing-keys.ts'
import type { Database } from './db/database.ts'

/** What every resource may lean on, built once by `main.ts` and handed down. */
export type House = {
  db: Database
  keys: SigningKeys
  /** The time, so that tests may set it. */
  now: () => Date
}
