import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused } from '../../http/shapes.ts'
import type { Generation } from '../../http/version.ts'
import { operation } from '../../resource/operation.ts'
import { type Fault, missingParameter, tokenRefusal } from './errors.ts'
import { forms, TokenAnswer, TokenRefusal, tokenAnswer, tokenNames } from './shapes.ts'
import { exchangeCode } from './tokens/code-grant.ts'
import type { Issued } from './tokens/grants.ts'
import { refresh } from './tokens/refresh-grant.ts'
import { readTokenRequest, renamed, TokenBody, type TokenRequest } from './tokens/token-request.ts'

export function token(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /oauth/token',
    {
      description:
        'Use Access Tokens to access GoHighLevel resources on behalf of an authenticated ' +
        'location/company.',
      public: 'versioned',
      consumes: forms,
      query: 'ignored',
      body: TokenBody,
      answer: TokenAnswer,
      renamed: { body: renamed, answer: tokenNames },
      refusesAs: { 401: TokenRefusal, ...refused(400, 422) },
    },
    async ({ body, generation, reply }) => {
      const wanted = readTokenRequest(body, generation)
      const given = await grant(context, wanted, generation)
      if (typeof given === 'string') throw tokenRefusal(given, generation)
      // RFC 6749 §5.1.
      reply.header('cache-control', 'no-store')
      return tokenAnswer(given)
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
