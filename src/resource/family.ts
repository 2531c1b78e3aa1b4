import type { AppContext } from '../context.ts'
import type { Expired } from '../events/expiry.ts'
import type { Leftover } from '../events/leftovers.ts'
import type { Periodic } from '../events/periodic.ts'
import type { Reactions } from '../events/reactions.ts'
import type { Server } from '../http/server.ts'

/** One app of the official contract, as the server knows it; `src/api/index.ts` lists all. */
export type Family = {
  /** The name of its entry in `src/api/`. */
  name: string
  routes(app: Server, context: AppContext): void
  /** What it does when something happened in another family. */
  reactions?(options: Pick<AppContext, 'extraOpportunityUpdate'>): Reactions
  /** What its requests begin and may not end. */
  leftovers?: readonly Leftover[]
  /** What of its own is removed once it has expired. */
  expired?: readonly Expired[]
  /** What it does on timers. */
  periodic?: readonly Periodic[]
}
