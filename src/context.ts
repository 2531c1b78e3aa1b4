import { type PasswordCost, passwordCost } from './auth/password.ts'
import type { SigningKeys } from './auth/signing-keys.ts'
import type { Database } from './db/database.ts'
import type { Finish } from './events/leftovers.ts'
import type { AllReactions } from './events/reactions.ts'

/** What whoever starts a server decides. */
export type AppSettings = {
  db: Database
  keys: SigningKeys
  /** The time, so that tests may set it. */
  now: () => Date
  /** Milliseconds of a clock that nobody sets: how long ago something was is measured by it. */
  monotonicMs: () => number
  /** What hashing a password takes. */
  passwordCost: PasswordCost
  /** Answers as is recorded of upstream even where that is a known trap for clients. */
  strict?: boolean
  /** Who signs in without a password, at the push of a button: the sandbox alone has one. */
  demoAdmin?: { id: string; email: string; password: string }
  /** Whether `OpportunityUpdate` comes with every other event of an opportunity, as upstream's. */
  extraOpportunityUpdate?: boolean
  /** Tokens that the pages of the reference fill in: the sandbox alone has them. */
  demoTokens?: { location: string; agency: string }
}

/** What a server goes by outside of tests. */
export const productionSettings = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  passwordCost,
} satisfies Partial<AppSettings>

/** What every family may lean on, built once by `main.ts` and handed down. */
export type AppContext = AppSettings & {
  /** What is done elsewhere when something happens in one family. */
  reactions: AllReactions
  /** Goes on with what a request began; waits for the end, but not for long. */
  finish: Finish
}
