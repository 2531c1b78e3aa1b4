import { Type } from 'typebox'
import { grantIdOf } from '../../auth/access-tokens.ts'
import { hashToken } from '../../auth/private-integrations.ts'
import type { AppContext } from '../../context.ts'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Server } from '../../http/server.ts'
import { Answer, describeRefusals } from '../../http/shapes.ts'
import { ownOperation } from '../../resource/operation.ts'
import { oauthError } from './errors.ts'
import { type App, authenticateApp } from './installs/apps.ts'
import { revokeInstallGrants } from './installs/install.ts'
import { tokenContentTypes } from './shapes.ts'
import type { UserType } from './tokens/grants.ts'
import { renamedParameters } from './tokens/token-request.ts'

const optionalString = Type.Optional(Type.String())

/** RFC 6749 §5.2. */
const oauthRefusal = (error: string, description: string) =>
  Answer(
    {
      error: Type.String({ examples: [error] }),
      error_description: Type.Optional(Type.String({ examples: [description] })),
    },
    { description },
  )

const RevokeBody = Type.Object({
  token: Type.Optional(
    Type.String({
      description: 'An access token or a refresh token',
      examples: ['xy34dc0ae1234a4858f9ff06d4f66ba'],
    }),
  ),
  token_type_hint: optionalString,
  client_id: optionalString,
  client_secret: optionalString,
  tokenTypeHint: optionalString,
  clientId: optionalString,
  clientSecret: optionalString,
})

/**
 * RFC 7009. DEVIATION: an operation of our own. A token goes with its grant: the refresh
 * token with its access tokens and the other way round, and with an agency's those that it got
 * for its locations.
 */
export function revokeToken(app: Server, { db, keys, now }: AppContext): void {
  ownOperation(
    app,
    'POST /oauth/revoke',
    {
      operationId: 'revoke-token',
      summary: 'Revoke Token',
      description: 'Ends a token and all that was granted with it (RFC 7009).',
      tags: ['OAuth 2.0'],
      public: 'versioned',
      consumes: tokenContentTypes,
      query: 'ignored',
      body: RevokeBody,
      answer: Answer({}),
      renamings: { body: renamedParameters },
      refusesAs: {
        400: oauthRefusal('invalid_request', 'Missing parameter: token'),
        401: oauthRefusal('invalid_client', 'Invalid client: client is invalid'),
        ...describeRefusals(422),
      },
    },
    async ({ body }) => {
      const client = await authenticateClient(db, body)
      const { token } = body
      if (!token) throw oauthError(400, 'invalid_request', 'Missing parameter: token')
      const claims = await keys.verify(token, now()).catch(() => undefined)
      const grant = await findGrant(db, hashToken(token), claims && grantIdOf(claims))
      // An unknown or ended token counts as revoked (§2.2).
      if (!grant) return {}
      if (grant.appId !== client.id) {
        throw oauthError(400, 'invalid_request', 'The token was issued to another client')
      }
      await revokeGrant(db, grant, now())
      return {}
    },
  )
}

async function authenticateClient(
  db: Queryable,
  { clientId = '', clientSecret = '' }: { clientId?: string; clientSecret?: string },
): Promise<App> {
  const client = await authenticateApp(db, { clientId, clientSecret })
  if (!client) throw oauthError(401, 'invalid_client', 'Invalid client: client is invalid')
  return client
}

type GrantOfToken = { id: string; installId: string; userType: UserType; appId: string }

async function findGrant(
  db: Queryable,
  refreshTokenHash: string,
  accessTokenGrantId: string | undefined,
): Promise<GrantOfToken | undefined> {
  const [grant] = await db.query<GrantOfToken>(sql`
    select g.id, g.install_id as "installId", g.user_type as "userType", i.app_id as "appId"
    from oauth_grants g
    join oauth_installs i on i.id = g.install_id
    where g.revoked_at is null and (g.id = ${accessTokenGrantId ?? ''} or g.id = (
      select r.grant_id from oauth_refresh_tokens r where r.hash = ${refreshTokenHash}))`)
  return grant
}

async function revokeGrant(db: Queryable, grant: GrantOfToken, now: Date): Promise<void> {
  if (grant.userType === 'Company') return revokeInstallGrants(db, grant.installId, now)
  await db.query(sql`
    update oauth_grants set revoked_at = ${now} where id = ${grant.id} and revoked_at is null`)
}
