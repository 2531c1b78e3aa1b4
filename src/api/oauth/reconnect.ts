import { endpointRemoved } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'

/**
 * What upstream's help pages tell apps to call that have lost their tokens. UPSTREAM: issue #333
 * (2026-09): removed, with a `Version` and without, whatever is sent.
 */
export function reconnect(app: Server): void {
  const route = { config: { public: true }, schema: { hide: true } } as const
  app.post('/oauth/reconnect', route, async () => {
    throw endpointRemoved()
  })
}
