import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { describeRefusals } from '../../http/shapes.ts'
import type { Generation } from '../../http/version.ts'
import { operation } from '../../resource/operation.ts'
import { missingParameter, type TokenFault, tokenRefusal } from './errors.ts'
import {
  renamedTokenProperties,
  TokenAnswer,
  TokenRefusal,
  tokenAnswer,
  tokenContentTypes,
} from './shapes.ts'
import { exchangeCode } from './tokens/code-grant.ts'
import type { IssuedTokens } from './tokens/grants.ts'
import { refreshTokens } from './tokens/refresh-grant.ts'
import {
  readTokenRequest,
  renamedParameters,
  TokenBody,
  type TokenRequest,
} from './tokens/token-request.ts'

export function getAccessToken(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /oauth/token',
    {
      description:
        'Use Access Tokens to access GoHighLevel resources on behalf of an authenticated ' +
        'location/company.',
      public: 'versioned',
      consumes: tokenContentTypes,
      query: 'ignored',
      body: TokenBody,
      answer: TokenAnswer,
      renamings: { body: renamedParameters, answer: renamedTokenProperties },
      refusesAs: { 401: TokenRefusal, ...describeRefusals(400, 422) },
    },
    async ({ body, generation, reply }) => {
      const request = readTokenRequest(body, generation)
      const issued = await grantTokens(context, request, generation)
      if (typeof issued === 'string') throw tokenRefusal(issued, generation)
      // RFC 6749 §5.1.
      reply.header('cache-control', 'no-store')
      return tokenAnswer(issued)
    },
  )
}

async function grantTokens(
  context: AppContext,
  request: TokenRequest,
  generation: Generation,
): Promise<IssuedTokens | TokenFault> {
  const { grantType, code, refreshToken } = request
  switch (grantType) {
    case 'authorization_code':
      if (!code) throw missingParameter(generation, 'code')
      return exchangeCode(context, { ...request, code })
    case 'refresh_token':
      if (!refreshToken) throw missingParameter(generation, 'refresh_token')
      return refreshTokens(context, { ...request, refreshToken })
    case 'client_credentials':
      // DEVIATION: listed, nowhere described. There is nobody whose token it would give.
      return 'grant type'
  }
}
