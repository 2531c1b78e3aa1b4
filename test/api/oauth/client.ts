import assert from 'node:assert/strict'
import { type App, createApp, findApp } from '../../../src/api/oauth/installs/apps.ts'
import { type Consent, installApp } from '../../../src/api/oauth/installs/install.ts'
import { scopes } from '../../../src/auth/scopes.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import type { Answer, Ask, TestServer } from '../test-server.ts'

export const credentials = { client_id: demo.clientId, client_secret: demo.clientSecret }
export const redirectUri = demo.redirectUris[0]
export const contactsPath = `/contacts/?locationId=${demo.locationId}`

/** A form, as OAuth's clients send it. */
export function form(fields: Record<string, string | undefined>): Ask {
  const presentFields = Object.entries(fields).filter(
    (field): field is [string, string] => field[1] !== undefined,
  )
  return {
    body: new URLSearchParams(presentFields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
}

export async function demoApp(server: TestServer): Promise<App> {
  const app = await findApp(server.db, demo.clientId)
  assert.ok(app)
  return app
}

/** What the page does when somebody consents: by default, for the demo location. */
export async function consent(server: TestServer, changes: Partial<Consent> = {}): Promise<string> {
  const { code } = await installApp(
    server.db,
    {
      app: changes.app ?? (await demoApp(server)),
      companyId: demo.companyId,
      locationId: demo.locationId,
      userId: demo.userIds[0],
      scopes: ['opportunities.readonly', 'opportunities.write', 'contacts.readonly'],
      isBulk: false,
      approveAllLocations: false,
      installToFutureLocations: false,
      approvedLocations: [],
      redirectUri,
      ...changes,
    },
    server.now,
  )
  return code
}

/** The agency's consent, for these locations or for all. */
export function agencyConsent(
  server: TestServer,
  approvedLocations: readonly string[] = [demo.locationId, demo.otherLocation.locationId],
  changes: Partial<Consent> = {},
): Promise<string> {
  return consent(server, {
    locationId: undefined,
    scopes: ['oauth.readonly', 'oauth.write', 'opportunities.readonly', 'companies.readonly'],
    isBulk: true,
    approvedLocations,
    ...changes,
  })
}

/** `POST /oauth/token` without a version, as most clients send it. */
export function askToken(
  server: TestServer,
  fields: Record<string, string | undefined>,
  version: string | null = null,
): Promise<Answer> {
  return server.ask('POST', '/oauth/token', { ...form(fields), token: null, version })
}

export function exchange(
  server: TestServer,
  code: string,
  changes: Record<string, string | undefined> = {},
): Promise<Answer> {
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  return askToken(server, { ...credentials, ...grant, ...changes })
}

export function refresh(
  server: TestServer,
  refreshToken: string,
  changes: Record<string, string | undefined> = {},
): Promise<Answer> {
  const grant = { grant_type: 'refresh_token', refresh_token: refreshToken }
  return askToken(server, { ...credentials, ...grant, ...changes })
}

export type Tokens = { access_token: string; refresh_token: string } & Record<string, unknown>

/** Tokens of a new consent. */
export async function tokensFor(server: TestServer, code: Promise<string>): Promise<Tokens> {
  const { status, body } = await exchange(server, await code)
  assert.equal(status, 200)
  return body as Tokens
}

/** Whether a location's access token still opens its location's door. */
export async function statusOf(server: TestServer, token: string): Promise<number> {
  const path = `/opportunities/${demo.opportunityId}`
  return (await server.ask('GET', path, { token })).status
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

export const invalidToken =
  '{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}'

export async function createAnotherApp(server: TestServer, name = 'Another app') {
  return createApp(
    server.db,
    {
      name,
      redirectUris: ['https://another.example/callback'],
      scopes: ['oauth.readonly', 'oauth.write', 'opportunities.readonly'],
      target: 'both',
      webhookUrl: null,
    },
    server.now,
  )
}

/** A second agency with a location and an admin. */
export async function createAnotherAgency(server: TestServer) {
  const tenantIds = { companyId: 'AgencyTwo00000000001', locationId: 'LocationOfTwo0000001' }
  const userId = 'UserOfAgencyTwo00001'
  const createdAt = server.now
  await server.db.query(sql`
    insert into companies (id, name, created_at, updated_at)
    values (${tenantIds.companyId}, 'Agency two', ${createdAt}, ${createdAt}) on conflict do nothing`)
  await server.db.query(sql`
    insert into locations (location_id, company_id, name, created_at, updated_at)
    values (${tenantIds.locationId}, ${tenantIds.companyId}, 'Two', ${createdAt}, ${createdAt}) on conflict do nothing`)
  await server.db.query(sql`
    insert into users (id, company_id, first_name, last_name, email, type, role,
      created_at, updated_at)
    values (${userId}, ${tenantIds.companyId}, 'Ada', 'Two', 'ada@two.example', 'agency', 'admin',
      ${createdAt}, ${createdAt}) on conflict do nothing`)
  return { ...tenantIds, userId }
}

/** Deletes a location as `DELETE /locations/:id` does, or brings it back. */
export async function setDeleted(server: TestServer, locationId: string, isDeleted: boolean) {
  await server.db.query(sql`
    update locations set deleted_at = ${isDeleted ? server.now : null}
    where location_id = ${locationId}`)
}

/** A token of each kind, which between them open every operation. */
export async function tokensOfAllKinds(server: TestServer): Promise<string[]> {
  const app = await tokensFor(server, agencyConsent(server, undefined, { scopes }))
  return [
    demo.privateIntegrationToken,
    demo.agencyPrivateIntegrationToken,
    String(app.access_token),
  ]
}
