import assert from 'node:assert/strict'
import { createCompany, listCompanies } from '../../src/api/companies.ts'
import { findCompanyOf, insertLocation, listLocations } from '../../src/api/locations/statements.ts'
import { appIdOf, listApps, rotateClientSecret } from '../../src/api/oauth/installs/apps.ts'
import { findInstall, uninstallApp } from '../../src/api/oauth/installs/install.ts'
import { listInstalledLocations } from '../../src/api/oauth/installs/installed-locations-query.ts'
import { foldCounts } from '../../src/api/opportunities/store/folding.ts'
import { findMiscounted, recount } from '../../src/api/opportunities/store/recount.ts'
import { addUser } from '../../src/api/users/create.ts'
import { listUsers } from '../../src/api/users/statements.ts'
import { hashPassword } from '../../src/auth/password.ts'
import {
  cancelOverlap,
  createPrivateIntegration,
  deletePrivateIntegration,
  listPrivateIntegrations,
  revokeTokens,
  rotateToken,
  setScopes,
} from '../../src/auth/private-integrations.ts'
import { scopes } from '../../src/auth/scopes.ts'
import { rotateSigningKey } from '../../src/auth/signing-keys.ts'
import type { Database } from '../../src/db/database.ts'
import { pendingMigrations } from '../../src/db/migrate.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { listFeedback } from '../../src/docs/feedback.ts'
import { compareClocks } from '../../src/events/clock.ts'
import { removeExpired } from '../../src/events/expiry.ts'
import { traceDatabase } from '../../src/events/trace.ts'
import { postgresCounts, sweepCounts } from '../../src/http/rate-limit/counts.ts'
import { limits } from '../../src/limits.ts'
import { expiryStatements } from '../../src/main.ts'
import * as oauth from '../api/oauth/client.ts'
import { admin, Person, parametersOf, registerApp } from '../api/oauth-page/person.ts'
import {
  addOpportunities,
  createPipeline,
  isFinished,
  updatePipeline,
} from '../api/pipelines/rows.ts'
import { type Operation, operationsOf, partsFor, send } from '../api/security/operations.ts'
import { type TestServer, testPasswordCost } from '../api/test-server.ts'
import { until } from '../until.ts'

const { locationId, companyId } = demo
const followers = `/opportunities/${demo.opportunityId}/followers`

/** What the command line does. */
export async function administer(db: Database, now: Date): Promise<void> {
  await compareClocks(db)
  const company = await createCompany(db, 'Agency', now)
  const { id } = (await insertLocation(db, company, { name: 'A' }, now, [])) ?? {}
  assert.ok(id)
  const person = { email: 'a@b.example', firstName: 'A', lastName: 'B' }
  const user = { ...person, role: 'user', type: 'account', passwordHash: null } as const
  const place = { companyId: company, locationId: undefined }
  assert.ok(await addUser(db, place, user, [id], now))
  const integration = { name: 'A', companyId: company, locationId: id, scopes: [] }
  const { id: pit, token } = await createPrivateIntegration(db, integration, now)
  assert.ok(await setScopes(db, { id: pit, scopes: ['opportunities.readonly'] }, now))
  assert.ok(await rotateToken(db, { id: pit, oldTokenEnds: 'later' }, now))
  assert.equal(await cancelOverlap(db, pit, now), 1)
  assert.ok(await rotateToken(db, { id: pit, oldTokenEnds: 'now' }, now))
  assert.equal(await revokeTokens(db, { token }, now), 0)
  assert.equal((await listPrivateIntegrations(db, { companyId: company }, now)).length, 1)
  assert.equal(await findCompanyOf(db, id), company)
  for (const list of [listCompanies, listLocations, listUsers]) {
    assert.ok((await list(db)).length > 0)
  }
  assert.ok(await deletePrivateIntegration(db, pit))
}

/** A change of which `--debug events` tells. */
export async function traceEvents(db: Database, now: Date): Promise<void> {
  const told = Promise.withResolvers<void>()
  const traced = traceDatabase(db, { events: () => told.resolve() })
  await insertLocation(traced, await createCompany(db, 'Told', now), { name: 'B' }, now, [])
  await told.promise
}

/** What counts requests, for as long as their windows last. */
export async function count(db: Database): Promise<void> {
  for (const table of ['unlogged', 'logged'] as const) {
    const counts = postgresCounts(db, table)
    assert.equal((await counts.counter('test', 60)('somebody', 2)).total, 2)
    await sweepCounts(db, table)
    await counts.close()
  }
  // Of none, where a commit before happened to fold them all.
  assert.ok((await foldCounts(db, locationId)) >= 0)
  assert.deepEqual(await recount(db), { counts: 0, followers: 0 })
  assert.deepEqual(await findMiscounted(db), [])
  assert.deepEqual(await pendingMigrations(db), [])
}

/** A stage goes that holds more opportunities than one commit moves. */
export async function deleteLargeStage(server: TestServer): Promise<void> {
  const { id, stages } = await createPipeline(server, 'Large', ['Staying', 'Going'])
  const [staying, going] = stages.map((stage) => stage.id)
  assert.ok(staying && going)
  const count = limits.clearingRowsMax + 1
  await addOpportunities(server, { pipelineId: id, stageId: going, count })
  const answer = await updatePipeline(server, id, { stages: [{ id: staying, name: 'Staying' }] })
  assert.equal(answer.status, 200)
  await until(() => isFinished(server))
}

/** A person installs an app through the page, and it gets and loses tokens in every way. */
export async function authorize(server: TestServer): Promise<void> {
  const { db } = server
  const made = await registerApp(server, { target: 'both' })
  const person = new Person(server)
  const query = parametersOf(made)
  const choice = await person.signIn(query, admin)
  await person.submit(choice, '/choose', { locations: [locationId] })
  await person.submit(await person.open(query), '/sign-out')
  await person.submit(await person.open(query), '/demo-sign-in')
  const password = 'A-long-enough-1'
  const names = { email: 'c@d.example', firstName: 'C', lastName: 'D', role: 'admin' } as const
  const user = {
    ...names,
    type: 'account',
    passwordHash: await hashPassword(password, testPasswordCost),
  } as const
  assert.ok(await addUser(db, { companyId, locationId }, user, [locationId], server.now))
  await new Person(server).signIn(query, { email: names.email, password })
  const location = await oauth.tokensFor(server, oauth.consent(server))
  assert.equal((await oauth.refresh(server, location.refresh_token)).status, 200)
  assert.equal((await oauth.refresh(server, location.refresh_token)).status, 200)
  assert.equal(await oauth.statusOf(server, location.access_token), 200)
  const agency = await oauth.tokensFor(server, oauth.agencyConsent(server))
  await listOwnLocations(db)
  const fields = oauth.form({ companyId, locationId })
  const ask = { ...fields, token: agency.access_token }
  const given = await server.ask('POST', '/oauth/locationToken', ask)
  assert.equal(given.status, 200, given.text)
  for (const token of [given.body.refresh_token, agency.access_token].map(String)) {
    const revoking = oauth.form({ ...oauth.credentials, token })
    const { status } = await server.ask('POST', '/oauth/revoke', { ...revoking, token: null })
    assert.equal(status, 200)
  }
  const code = await oauth.consent(server)
  assert.equal((await oauth.exchange(server, code)).status, 200)
  assert.equal((await oauth.exchange(server, code)).status, 401)
  assert.ok((await listApps(db)).length > 0)
  const install = await findInstall(db, { clientId: demo.clientId, companyId, locationId })
  assert.ok(install && (await uninstallApp(db, install, server.now)))
  assert.ok(await rotateClientSecret(db, made.clientId, server.now))
  await rotateSigningKey(db, undefined, server.now)
  await rotateSigningKey(db, undefined, server.now, 'now')
  await removeExpired(db, expiryStatements, server.now)
}

/** The locations of whoever installed an app, who does not work everywhere. */
async function listOwnLocations(db: Database): Promise<void> {
  const restrict = (isRestricted: boolean) =>
    db.query(sql`
      update users set restrict_sub_account = ${isRestricted} where company_id = ${companyId}`)
  await restrict(true)
  const filter = { companyId, appId: appIdOf(demo.clientId), restrictToUserLocations: true }
  const { count } = await listInstalledLocations(db, filter, { skip: 0, limit: 1 })
  assert.equal(count, 1)
  await restrict(false)
}

/** Searches in all their ways: in each order, on from a row, and by fields of every kind. */
export async function search(server: TestServer): Promise<void> {
  const found = async (method: string, path: string, body?: object) => {
    const { status, text } = await server.ask(method, path, {
      version: 'v3',
      ...(body && { body }),
    })
    assert.equal(status, 200, text)
  }
  const get = `/opportunities/search?locationId=${locationId}`
  const on = `startAfter=1767711600000&startAfterId=${demo.contactId}`
  for (const asked of ['order=added_asc', on, `${on}&order=added_asc`, 'q=maya&country=US']) {
    await found('GET', `${get}&${asked}`)
  }
  await found('GET', `${get}&order=name_desc&startAfterId=${demo.opportunityId}`)
  const field = (name: string, operator: string, value?: unknown) => ({
    field: name,
    operator,
    value,
  })
  const pipeline = field('pipeline_id', 'eq', demo.pipelineId)
  const { seats, decisionDate, services } = demo.customFieldIds
  const filters = [
    [pipeline],
    [field('email', 'not_contains', 'x'), pipeline, field('name', 'eq', ['a', 'b'])],
    [field(`custom_fields.${seats}`, 'range', { gte: 1, lt: 5 })],
    [field(`custom_fields.${services}`, 'eq', 'Web')],
    [field(`custom_fields.${decisionDate}`, 'range', { lte: '2026-02-01' })],
    [field('custom_fields.a.b', 'contains', 'x'), field('custom_fields.a', 'exists')],
    [field('followers', 'eq', demo.userIds[0]), field('monetary_value', 'eq', 1)],
    [field('followers', 'contains', demo.userIds.slice(0, 2))],
  ]
  const sort = [
    { field: 'name', direction: 'asc' },
    { field: 'monetary_value', direction: 'desc' },
  ]
  for (const list of filters) {
    const body = { locationId, limit: 1, filters: list }
    await found('POST', '/opportunities/search', body)
    const searchAfter = ['a', 1, demo.contactId, demo.opportunityId]
    await found('POST', '/opportunities/search', { ...body, sort, searchAfter })
  }
}

/** A reader of the reference says what a page is worth. */
export async function sendFeedback(server: TestServer): Promise<void> {
  const body = { operationId: 'get-opportunity', stars: 4 }
  assert.equal((await server.ask('POST', '/docs/feedback', { body })).status, 201)
  assert.equal((await listFeedback(server.db)).length, 1)
}

/** A request that is repeated with its key, and a bulk with one. */
export async function repeatWithKey(server: TestServer): Promise<void> {
  const operations = [{ action: 'update', id: demo.opportunityId }]
  const bulk = { headers: { 'idempotency-key': 'bulk' }, body: { locationId, operations } }
  assert.equal((await server.ask('POST', '/opportunities/bulk', bulk)).status, 200)
  const headers = { 'idempotency-key': 'again' }
  const ask = () => server.ask('POST', followers, { headers, body: { followers: [] } })
  assert.equal((await ask()).traceId, (await ask()).traceId)
}

/** Every operation that the server describes, by whoever it is for; none is refused. */
export async function callEveryOperation(server: TestServer): Promise<void> {
  const app = await oauth.tokensFor(server, oauth.agencyConsent(server, undefined, { scopes }))
  const own = [demo.privateIntegrationToken, demo.agencyPrivateIntegrationToken, app.access_token]
  for (const operation of operationsOf(server).filter(({ isPublic }) => !isPublic)) {
    const statuses = [await succeeds(server, operation, own, '2021-07-28')]
    if (operation.path.startsWith('/oauth/'))
      statuses.push(await succeeds(server, operation, own, 'v3'))
    assert.ok(statuses.includes(true), operation.name)
  }
}

async function succeeds(
  server: TestServer,
  operation: Operation,
  tokens: readonly string[],
  version: string,
): Promise<boolean> {
  for (const token of tokens) {
    const { status } = await send(server, operation, partsFor(operation), token, version)
    if (status < 300) return true
  }
  return false
}
