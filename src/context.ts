import { type PasswordCost, passwordCost } from './auth/password.ts'
import type { SigningKeys } from './auth/signing-keys.ts'
import type { Database } from './db/database.ts'
import type { Finish } from './events/leftovers.ts'
import type { AllReactions } from './events/reactions.ts'

/** What the caller of `createApp` decides about a server. */
export type AppSettings = {
  db: Database
  keys: SigningKeys
  /** The time, so that tests may set it. */
  now: () => Date
  /** Milliseconds of a clock that is never set back, to measure durations with. */
  monotonicMs: () => number
  /** How expensive it is to hash a password. */
  passwordCost: PasswordCost
  /** Answers as is recorded of upstream even where that is a known trap for clients. */
  strict?: boolean
  /** The user who signs in by a button, without a password; only the sandbox has one. */
  demoAdmin?: { id: string; email: string; password: string }
  /** Whether `OpportunityUpdate` comes with every other event of an opportunity, as upstream's. */
  extraOpportunityUpdate?: boolean
  /** Tokens that the pages of the reference fill in; only the sandbox has them. */
  demoTokens?: { location: string; agency: string }
}

/** The settings of a server outside of tests. */
export const productionSettings = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  passwordCost,
} satisfies Partial<AppSettings>

/** What every family receives, built once by `main.ts`. */
export type AppContext = AppSettings & {
  /** What the other families do when something happens in one of them. */
  reactions: AllReactions
  /** Goes on with the clean-up that a request began, and waits a moment for its end. */
  finish: Finish
}
