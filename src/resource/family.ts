import type { AppContext } from '../context.ts'
import type { ExpiryStatement } from '../events/expiry.ts'
import type { Leftover } from '../events/leftovers.ts'
import type { PeriodicTask } from '../events/periodic.ts'
import type { Reactions } from '../events/reactions.ts'
import type { Server } from '../http/server.ts'

/** One app of the official contract, as the server knows it; `src/api/index.ts` lists all. */
export type Family = {
  /** The name of its entry in `src/api/`. */
  name: string
  routes(app: Server, context: AppContext): void
  /** Its reactions to what happens in other families. */
  reactions?(options: Pick<AppContext, 'extraOpportunityUpdate'>): Reactions
  /** Work that its requests begin and may not finish. */
  leftovers?: readonly Leftover[]
  /** Delete its expired rows. */
  expiryStatements?: readonly ExpiryStatement[]
  /** Its tasks on timers. */
  periodicTasks?: readonly PeriodicTask[]
}
