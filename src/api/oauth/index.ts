import { acceptForms } from '../../http/form.ts'
import type { Server } from '../../http/server.ts'
import type { Family } from '../../resource/family.ts'
import { installedLocations } from './installed-locations.ts'
import { installsOfNewLocation } from './installs/events.ts'
import { jwks } from './jwks.ts'
import { locationToken } from './location-token.ts'
import { oauthPage } from './page/index.ts'
import { revoke } from './revoke.ts'
import { token } from './token.ts'
import { expiredTokens } from './tokens/expired.ts'

export const oauth: Family = {
  name: 'oauth',
  routes(app, context) {
    // Forms are read on these routes alone.
    app.register(async (routes: Server) => {
      acceptForms(routes)
      token(routes, context)
      revoke(routes, context)
      locationToken(routes, context)
      installedLocations(routes, context)
      jwks(routes, context)
    })
    oauthPage(app, context)
  },
  reactions: () => ({ locationCreated: installsOfNewLocation }),
  expired: expiredTokens,
}
