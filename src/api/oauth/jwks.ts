import { Type } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { Answer } from '../../http/shapes.ts'
import { ownOperation } from '../../resource/operation.ts'

const JwksAnswer = Answer({ keys: Type.Array(Type.Object({}, { additionalProperties: true })) })

/** The public keys of access tokens, as RFC 7517 has them; upstream publishes none. */
export function getJwks(app: Server, { keys }: AppContext): void {
  ownOperation(
    app,
    'GET /.well-known/jwks.json',
    {
      operationId: 'jwks',
      summary: 'Public keys of access tokens',
      tags: ['OAuth 2.0'],
      public: true,
      query: 'ignored',
      answer: JwksAnswer,
    },
    async () => ({ ...(await keys.jwks()) }),
  )
}
