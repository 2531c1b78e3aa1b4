import { acceptForms } from '../../http/form.ts'
import type { Server } from '../../http/server.ts'
import type { Family } from '../../resource/family.ts'
import { getInstalledLocations } from './installed-locations.ts'
import { emitInstallsOfNewLocation } from './installs/events.ts'
import { getJwks } from './jwks.ts'
import { getLocationAccessToken } from './location-token.ts'
import { oauthPage } from './page/index.ts'
import { reconnect } from './reconnect.ts'
import { revokeToken } from './revoke.ts'
import { getAccessToken } from './token.ts'
import { expiredOAuthRows } from './tokens/expired-tokens.ts'

export const oauth: Family = {
  name: 'oauth',
  routes(app, context) {
    // Only these routes read forms.
    app.register(async (routes: Server) => {
      acceptForms(routes)
      getAccessToken(routes, context)
      revokeToken(routes, context)
      getLocationAccessToken(routes, context)
      getInstalledLocations(routes, context)
      getJwks(routes, context)
      reconnect(routes)
    })
    oauthPage(app, context)
  },
  reactions: () => ({ locationCreated: emitInstallsOfNewLocation }),
  expiryStatements: expiredOAuthRows,
}
