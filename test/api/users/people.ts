import assert from 'node:assert/strict'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency } from '../companies/agencies.ts'
import type { TestServer } from '../test-server.ts'

/** What a user may to whom nothing was said: the defaults of the contract's PermissionsDto. */
export const permissions = {
  campaignsEnabled: true,
  campaignsReadOnly: false,
  contactsEnabled: true,
  workflowsEnabled: true,
  workflowsReadOnly: false,
  triggersEnabled: true,
  funnelsEnabled: true,
  websitesEnabled: false,
  opportunitiesEnabled: true,
  dashboardStatsEnabled: true,
  bulkRequestsEnabled: true,
  appointmentsEnabled: true,
  reviewsEnabled: true,
  onlineListingsEnabled: true,
  phoneCallEnabled: true,
  conversationsEnabled: true,
  assignedDataOnly: false,
  adwordsReportingEnabled: false,
  membershipEnabled: false,
  facebookAdsReportingEnabled: false,
  attributionsReportingEnabled: false,
  settingsEnabled: true,
  tagsEnabled: true,
  leadValueEnabled: true,
  marketingEnabled: true,
  agentReportingEnabled: true,
  botService: false,
  socialPlanner: true,
  bloggingEnabled: true,
  invoiceEnabled: true,
  affiliateManagerEnabled: true,
  contentAiEnabled: true,
  refundsEnabled: true,
  recordPaymentEnabled: true,
  cancelSubscriptionEnabled: true,
  paymentsEnabled: true,
  communitiesEnabled: true,
  exportPaymentsEnabled: true,
}

/** A user of the demo's first location, of whom nothing more is said. */
export function demoUser(id: string, firstName: string, lastName: string, role = 'user') {
  return {
    id,
    name: `${firstName} ${lastName}`,
    firstName,
    lastName,
    email: `${firstName}.${lastName}@agency.example`.toLowerCase(),
    permissions,
    scopes: [],
    roles: {
      type: 'account',
      role,
      locationIds: [demo.locationId],
      restrictSubAccount: false,
    },
    lcPhone: {},
    platformLanguage: 'en_US',
    scopesAssignedToOnly: [],
    twilioPhone: {},
  }
}

export const ben = demoUser(demo.userIds[1], 'Ben', 'Castellano', 'admin')

/** The least that makes a user. */
export const minimalUser = {
  companyId: demo.companyId,
  firstName: 'John',
  lastName: 'Deo',
  email: 'john@deo.example',
  password: 'correct horse',
  type: 'account',
  role: 'user',
  locationIds: [demo.locationId] as readonly string[],
}

/** Makes a user as the agency, and returns the id. */
export async function makeUser(server: TestServer, values: object): Promise<string> {
  const answer = await server.ask('POST', '/users/', {
    ...asAgency,
    body: { ...minimalUser, ...values },
  })
  assert.equal(answer.status, 201, answer.text)
  await server.newEvents()
  return String(answer.body.id)
}

/** What the events of users say of one. */
export function userEventFields(user: Record<string, unknown>) {
  const { id, firstName, lastName, email, phone = null, extension = null } = user
  const { role } = user.roles as { role: string }
  return { id, firstName, lastName, email, phone, extension, role, permissions: user.permissions }
}

export type UserOpportunity = {
  id: string
  assignedTo: string | null
  followers: string[]
  updatedAt: string
  indexVersion: number
}

/** The opportunities of a location that somebody follows or is assigned to. */
export function opportunitiesOfUser(
  server: TestServer,
  locationId: string,
  userId: string,
): Promise<UserOpportunity[]> {
  return server.db.query<UserOpportunity>(sql`
    select id, assigned_to as "assignedTo", followers, updated_at as "updatedAt",
      index_version as "indexVersion"
    from opportunities
    where location_id = ${locationId} and (assigned_to = ${userId} or ${userId} = any(followers))
    order by id`)
}

/** Whether somebody works in a location, or is still leaving it. */
export async function membership(
  server: TestServer,
  locationId: string,
  userId: string,
): Promise<'none' | 'works' | 'leaving'> {
  const [row] = await server.db.query<{ leftAt: string | null }>(sql`
    select left_at as "leftAt" from location_users
    where location_id = ${locationId} and user_id = ${userId}`)
  if (!row) return 'none'
  return row.leftAt ? 'leaving' : 'works'
}
