import assert from 'node:assert/strict'
import { scopes } from '../../../src/auth/scopes.ts'
import { demo } from '../../../src/demo/ids.ts'
import { agencyConsent, tokensFor } from '../oauth/client.ts'
import type { Answer, TestServer } from '../test-server.ts'

/** An operation that asks for a token, with the address of something that is not there. */
export type Operation = {
  name: string
  method: string
  path: string
  scopes: readonly string[]
  /** Whom it is for: null is an agency. */
  locationId: string | null
  /** One that it takes. */
  token: string
  /** One under which it is there. */
  version: string
  /** Whether it takes no private integration's token. */
  isForApps: boolean
}

type Described = { operationId: string; security: Record<string, string[]>[] }

/** All of them, from the server's own description: a new operation is tested without a word. */
export async function operations(server: TestServer): Promise<Operation[]> {
  const app = await tokensFor(server, agencyConsent(server, undefined, { scopes }))
  const response = await fetch(`${server.url}/openapi.json`)
  const { paths } = (await response.json()) as {
    paths: Record<string, Record<string, Described>>
  }
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId: name, security }]): Operation[] => {
      const scopesByScheme = Object.assign({}, ...security) as Record<string, string[]>
      const schemes = Object.keys(scopesByScheme)
      if (schemes.length === 0) return []
      const isForApps = schemes.every((scheme) => scheme.endsWith('-Only'))
      const isForLocations = schemes.some((scheme) => /^(bearer|Location-Access)$/.test(scheme))
      return [
        {
          name,
          method: method.toUpperCase(),
          path: path.replaceAll(/\{\w+\}/g, 'nobody-knows-me'),
          scopes: Object.values(scopesByScheme)[0] ?? [],
          ...(isForLocations
            ? { locationId: demo.locationId, token: demo.privateIntegrationToken }
            : { locationId: null, token: demo.agencyPrivateIntegrationToken }),
          ...(isForApps && { token: app.access_token }),
          version: name.endsWith('-v3') ? 'v3' : '2021-07-28',
          isForApps,
        },
      ]
    }),
  )
  assert.ok(described.some(({ name }) => name === 'remove-followers-opportunity'))
  return described
}

/** Whether an operation itself answered: it has nothing of that name, or asks for its input. */
export function wasLetIn({ status, text }: Pick<Answer, 'status' | 'text'>): boolean {
  if (text.includes('"message":"The user does not exist."')) return true
  return [200, 400, 403, 404, 422].includes(status) && !text.includes('"message":"Cannot ')
}
