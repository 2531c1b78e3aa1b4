import { createPrivateIntegration } from '../../../src/auth/private-integrations.ts'
import { type Scope, scopes } from '../../../src/auth/scopes.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import type { TestServer } from '../test-server.ts'

/** What an agency's own client sends. */
export const asAgency = { token: demo.agencyPrivateIntegrationToken } as const

/** What the client of the agency's other location sends. */
export const asOtherLocation = { token: demo.otherLocation.privateIntegrationToken } as const

/** A token of an agency, or of a location, that may do what is said. */
export async function tokenWith(
  server: TestServer,
  {
    companyId = demo.companyId,
    locationId = null,
    allowedScopes = scopes,
  }: { companyId?: string; locationId?: string | null; allowedScopes?: readonly Scope[] },
): Promise<string> {
  const integration = { name: 'Test', companyId, locationId, scopes: allowedScopes }
  const { token } = await createPrivateIntegration(server.db, integration, server.now)
  return token
}

/** An agency that the demo's has nothing to do with: `token` is its own. */
export async function createUnrelatedAgency(server: TestServer) {
  const [companyId, locationId, userId] = ['strangeCompany', 'strangeLocation', 'strangeUser']
  const createdAt = new Date('2026-01-01T00:00:00.000Z')
  await server.db.query(sql`
    insert into companies (id, name, created_at, updated_at)
    values (${companyId}, 'Strangers', ${createdAt}, ${createdAt})`)
  await server.db.query(sql`
    insert into locations (location_id, company_id, name, email, created_at, updated_at)
    values (${locationId}, ${companyId}, 'Far away', 'far@away.example', ${createdAt}, ${createdAt})`)
  await server.db.query(sql`
    insert into users (id, company_id, first_name, last_name, email, type, role,
      created_at, updated_at)
    values (${userId}, ${companyId}, 'Ada', 'Strange', 'ada@away.example', 'account', 'admin',
      ${createdAt}, ${createdAt})`)
  await server.db.query(sql`
    insert into location_users (location_id, user_id, created_at)
    values (${locationId}, ${userId}, ${createdAt})`)
  return { companyId, locationId, userId, token: await tokenWith(server, { companyId }) }
}

/** The refusals of behaviour.md §1.3, to the letter. */
export const refusals = {
  missingScope: '{"statusCode":401,"message":"The token is not authorized for this scope."}',
  notForLocations: `{"statusCode":401,"message":"This token's user type is not yet supported!"}`,
  userTypeMismatch: `{"statusCode":401,"message":"Token's user type mismatch!"}`,
  otherLocation: '{"statusCode":403,"message":"The token does not have access to this location."}',
  otherCompany: '{"statusCode":403,"message":"The token does not have access to this company."}',
} as const

/** The words of a 422. */
export const unprocessable = (...message: string[]) =>
  JSON.stringify({ message, error: 'Unprocessable Entity', statusCode: 422 })
