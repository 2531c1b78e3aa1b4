import assert from 'node:assert/strict'
import fs from 'node:fs'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import {
  createPrivateIntegration,
  listPrivateIntegrations,
  revokeTokens,
} from '../../src/auth/private-integrations.ts'
import { createCompany, listCompanies } from '../../src/companies/create.ts'
import { type Database, engines } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { createDemoWorld } from '../../src/demo/world.ts'
import type { Server } from '../../src/http/server.ts'
import { createLocation, listLocations } from '../../src/locations/create.ts'
import { createApp } from '../../src/main.ts'
import {
  CreatedAnswer,
  FollowersAddedAnswer,
  FollowersRemovedAnswer,
  OpportunityAnswer,
} from '../../src/opportunities/shapes.ts'
import { createUser, listUsers } from '../../src/users/create.ts'
import { emptyDatabase } from './empty-database.ts'
import { recording, type Sent } from './recording.ts'

const { locationId } = demo
const opportunity = `/opportunities/${demo.opportunityId}`
const [sales, renewals] = [demo.pipelineId, 'aWdODOBVOlH1RUFKWQke']
const now = new Date('2026-03-01T12:00:00.000Z')

/** Names its location, and is found without one. */
const globalTables = ['private_integrations']

/** Administration alone asks about all locations at once. */
const aboutAll = [
  'from locations order by created_at, location_id limit 1000',
  'from location_users m where m.user_id = u.id)',
]

const flat = (text: string) => text.replace(/\s+/g, ' ').trim()
const isVerb = /^(select|insert|update|delete|with)\b/

/** What came back of the database, by what it is. */
type Rows = Record<string, unknown>

/** A request to the app, and the last statement that it sent. */
type Ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => Promise<Sent>

function asking(app: Server, sent: Sent[]): Ask {
  return async (method, url, payload) => {
    const headers = { authorization: `Bearer ${demo.privateIntegrationToken}`, version: 'v3' }
    const answer = await app.inject({ method, url, headers, ...(payload && { payload }) })
    assert.ok(answer.statusCode < 300, `${method} ${url} ${answer.statusCode} ${answer.body}`)
    const last = sent.at(-1)
    assert.ok(last)
    return last
  }
}

/** The schema, with nothing allowed in an object that it does not name. */
function strict(schema: TSchema): TSchema {
  const exact = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(exact)
    if (typeof part !== 'object' || part === null) return part
    const copy = Object.fromEntries(Object.entries(part).map(([name, at]) => [name, exact(at)]))
    return 'properties' in copy ? { ...copy, additionalProperties: false } : copy
  }
  return exact(JSON.parse(JSON.stringify(schema))) as TSchema
}

function assertShape(row: unknown, schema: TSchema): void {
  const problems = Compile(strict(schema)).Errors(row)
  assert.deepEqual(
    [...problems].map(({ instancePath, message }) => `${instancePath} ${message}`),
    [],
  )
}

describe('statements', { timeout: 120_000 }, () => {
  const sent: Sent[] = []
  let rows: Rows = {}
  let db: Database
  let tenantTables: string[]
  let pipelineShape: TSchema

  /** Sends each statement of `src/` at least once. */
  before(async () => {
    const plain = (await emptyDatabase()).db
    db = recording(plain, sent)
    await migrate(db)
    await createDemoWorld(db)
    await administer()
    const app = await createApp({ db, now: () => now }, pino({ level: 'silent' }))
    await read(asking(app, sent))
    rows = { ...(await read(asking(app, sent))), ...(await change(asking(app, sent), sales)) }
    const { paths } = (await app.inject('/openapi.json')).json()
    const answer = paths['/opportunities/pipelines'].get.responses['200'].content
    pipelineShape = answer['application/json'].schema.properties.pipelines.items
    // As on Citus, where a change and its events are two statements.
    const inTwo = { ...db, engine: engines.citus }
    const other = await createApp({ db: inTwo, now: () => now }, pino({ level: 'silent' }))
    await change(asking(other, sent), renewals)
    tenantTables = await findTenantTables()
  })

  async function administer(): Promise<void> {
    const companyId = await createCompany(db, 'Agency', now)
    const { id } = await createLocation(db, { companyId, name: 'A', timezone: 'UTC' }, now)
    const names = { firstName: 'A', lastName: 'B', role: 'user' } as const
    await createUser(db, { locationId: id, email: 'a@b.example', ...names }, now)
    const scopes = ['opportunities.readonly'] as const
    const integration = { name: 'A', companyId, locationId: id, scopes }
    const { token } = await createPrivateIntegration(db, integration, now)
    assert.equal(await revokeTokens(db, { token }, now), 1)
    for (const list of [listCompanies, listLocations, listUsers, listPrivateIntegrations]) {
      assert.ok((await list(db)).length > 0)
    }
  }

  async function read(ask: Ask): Promise<Rows> {
    await ask('GET', '/ready')
    const pipelines = await ask('GET', `/opportunities/pipelines?locationId=${locationId}`)
    const found = await ask('GET', opportunity)
    return { pipeline: pipelines.rows[0]?.pipeline, opportunity: found.rows[0] }
  }

  async function change(ask: Ask, pipelineId: string): Promise<Rows> {
    const { contactId } = demo
    const body = { locationId, name: 'New', status: 'open', pipelineId, contactId }
    const created = await ask('POST', '/opportunities/', body)
    const followers = { followers: [demo.userIds[4], demo.userIds[0]] }
    const added = await ask('POST', `${opportunity}/followers`, followers)
    const removed = await ask('DELETE', `${opportunity}/followers`, followers)
    await ask('DELETE', `${opportunity}/followers?isRemoveAllFollowers=true`)
    return { created: created.rows[0], added: added.rows[0], removed: removed.rows[0] }
  }

  async function findTenantTables(): Promise<string[]> {
    const tables = await db.query<{ name: string }>(sql`
      select table_name::text as name from information_schema.columns
      where table_schema = 'public' and column_name = 'location_id'`)
    return tables.map(({ name }) => name).filter((name) => !globalTables.includes(name))
  }

  test('all of src were sent', () => {
    const seen = sent.map(({ statement }) => flat(statement.text))
    const src = fileURLToPath(new URL('../../src/', import.meta.url))
    const isComment = /\/\*[\s\S]*?\*\//g
    let found = 0
    for (const file of fs.globSync('**/*.ts', { cwd: src })) {
      const code = fs.readFileSync(src + file, 'utf8').replace(isComment, '')
      for (const text of [...code.matchAll(/sql`([^`$]*)/g)].map(([, part = '']) => flat(part))) {
        if (!isVerb.test(text)) continue
        found++
        const isSent = seen.some((statement) => statement.includes(text))
        assert.ok(isSent, `Send this statement of ${file} in the test's \`before\`: ${text}`)
      }
    }
    assert.ok(found > 20)
  })

  test('can be prepared without their values, and have a value for each place', async () => {
    const statements = new Map(sent.map(({ statement }) => [statement.name, statement]))
    for (const [name, { text, values }] of statements) {
      await db.transaction(async (tx) => {
        await tx.script(`prepare the_${name} as ${text}`)
        const [prepared] = await tx.query<{ places: number }>(sql`
          select cardinality(parameter_types) as places from pg_prepared_statements
          where name = ${`the_${name}`}`)
        assert.equal(prepared?.places, values.length, text)
        await tx.script(`deallocate the_${name}`)
      })
    }
    assert.ok(statements.size > 20)
  })

  test('name the location of each tenant table by a value of its own', () => {
    const table = `(?:${tenantTables.join('|')})`
    const reading = new RegExp(`\\b(?:from|join|update|using)\\s+${table}\\b`, 'g')
    const writing = new RegExp(`\\binsert into ${table} \\((?!location_id,)`)
    let compared = 0
    for (const { statement } of sent) {
      const text = flat(statement.text)
      assert.doesNotMatch(text, writing)
      if (aboutAll.some((known) => text.includes(known))) continue
      const locations = [...text.matchAll(/\blocation_id = \$(\d+)/g)]
      const places = new Set(locations.map(([, place]) => statement.values[Number(place) - 1]))
      assert.ok(locations.length >= [...text.matchAll(reading)].length, text)
      assert.ok(places.size <= 1, `${text} is about two locations`)
      compared += locations.length
    }
    assert.ok(compared > 20)
  })

  test('have the columns that clients are shown', () => {
    const { traceId, ...removed } = FollowersRemovedAnswer.properties
    assertShape(rows.opportunity, OpportunityAnswer.properties.opportunity)
    assertShape(rows.created, CreatedAnswer.properties.opportunity)
    assertShape(rows.removed, Type.Object(removed))
    const { followers, followersAdded } = FollowersAddedAnswer.properties
    const strangers = Type.Array(Type.String())
    assertShape(
      rows.added,
      Type.Object({ followers, followersAdded, strangers, count: Type.Number() }),
    )
    assertShape(rows.pipeline, pipelineShape)
  })
})
