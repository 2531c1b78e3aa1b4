import { Type } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { Answer } from '../../http/shapes.ts'

const Jwks = Answer({ keys: Type.Array(Type.Object({}, { additionalProperties: true })) })

/** The public keys of access tokens, as RFC 7517 has them; upstream publishes none. */
export function jwks(app: Server, { keys }: AppContext): void {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { public: true },
      schema: {
        operationId: 'jwks',
        summary: 'Public keys of access tokens',
        tags: ['OAuth 2.0'],
        response: { 200: Jwks },
      },
    },
    async () => ({ ...(await keys.jwks()) }),
  )
}
