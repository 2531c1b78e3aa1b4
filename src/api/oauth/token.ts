import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused } from '../../http/shapes.ts'
import { checkVersionIfSent } from '../../http/version.ts'
import type { Fault, Generation } from './errors.ts'
import { generationOf, missingParameter, tokenRefusal } from './errors.ts'
import { TokenAnswer, TokenRefusal, tokenAnswer } from './shapes.ts'
import { exchangeCode } from './tokens/code-grant.ts'
import type { Issued } from './tokens/grants.ts'
import { refresh } from './tokens/refresh-grant.ts'
import { readTokenRequest, TokenBody, type TokenRequest } from './tokens/token-request.ts'

export function token(app: Server, context: AppContext): void {
  app.post(
    '/oauth/token',
    {
      config: { public: true },
      onRequest: checkVersionIfSent,
      schema: {
        operationId: 'get-access-token',
        summary: 'Get Access Token',
        description:
          'Use Access Tokens to access GoHighLevel resources on behalf of an authenticated ' +
          'location/company.',
        tags: ['OAuth 2.0'],
        consumes: ['application/x-www-form-urlencoded', 'application/json'],
        body: TokenBody,
        response: { 200: TokenAnswer, 401: TokenRefusal, ...refused(400, 422) },
      },
    },
    async (request, reply) => {
      const generation = generationOf(request)
      const wanted = readTokenRequest(request.body, generation)
      const given = await grant(context, wanted, generation)
      if (typeof given === 'string') throw tokenRefusal(given, generation)
      // RFC 6749 §5.1.
      reply.header('cache-control', 'no-store')
      return tokenAnswer(given, generation)
    },
  )
}

async function grant(
  context: AppContext,
  wanted: TokenRequest,
  generation: Generation,
): Promise<Issued | Fault> {
  const { grantType, code, refreshToken } = wanted
  switch (grantType) {
    case 'authorization_code':
      if (!code) throw missingParameter(generation, 'code')
      return exchangeCode(context, { ...wanted, code })
    case 'refresh_token':
      if (!refreshToken) throw missingParameter(generation, 'refresh_token')
      return refresh(context, { ...wanted, refreshToken })
    case 'client_credentials':
      // DEVIATION: listed, nowhere described. There is nobody whose token it would give.
      return 'grant type'
  }
}
