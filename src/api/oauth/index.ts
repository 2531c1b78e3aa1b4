import type { AppContext } from '../../context.ts'
import { acceptForms } from '../../http/form.ts'
import type { Server } from '../../http/server.ts'
import { installedLocations } from './installed-locations.ts'
import { jwks } from './jwks.ts'
import { locationToken } from './location-token.ts'
import { revoke } from './revoke.ts'
import { token } from './token.ts'

export function oauth(app: Server, context: AppContext): void {
  // Forms are read on these routes alone.
  app.register(async (routes: Server) => {
    acceptForms(routes)
    token(routes, context)
    revoke(routes, context)
    locationToken(routes, context)
    installedLocations(routes, context)
    jwks(routes, context)
  })
}
