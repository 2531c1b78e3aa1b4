import { AsyncLocalStorage } from 'node:async_hooks'

/** The tenant of work that no request asked for, and which is never refused. */
export const serverItself = ''

const current = new AsyncLocalStorage<string>()

/**
 * Runs `work`, and all that it starts, on behalf of a tenant: a location, a company, or the network
 * address of a stranger. What is scarce is shared fairly between tenants.
 */
export function runForTenant<T>(tenant: string, work: () => T): T {
  return current.run(tenant, work)
}

/** On whose behalf the code that asks runs. */
export function currentTenant(): string {
  return current.getStore() ?? serverItself
}

/**
 * Too much is under way. It is the tenant's own doing, or (`everybody`) nobody could have been
 * taken.
 */
export class Overloaded extends Error {
  readonly blame: 'tenant' | 'everybody'

  constructor(blame: 'tenant' | 'everybody') {
    super('Too much is under way')
    this.name = 'Overloaded'
    this.blame = blame
  }
}

/**
 * The error for a tenant who has as many of something as are free, undefined below that: one
 * tenant gets half of all, two a third each, and whoever has none always finds some free.
 */
export function shareRefusal(own: number, free: number): Overloaded | undefined {
  if (own < free) return undefined
  return new Overloaded(free > 0 ? 'tenant' : 'everybody')
}
