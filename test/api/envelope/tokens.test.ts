import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createPrivateIntegration,
  hashToken,
  revokeTokens,
} from '../../../src/auth/private-integrations.ts'
import { scopes } from '../../../src/auth/scopes.ts'
import type { Database } from '../../../src/db/database.ts'
import { openPostgres } from '../../../src/db/postgres.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { invalidPrivateIntegrationToken, missingScope } from '../refusals.ts'
import { testServer } from '../test-server.ts'

const path = `/opportunities/${demo.opportunityId}`
const { companyId, locationId } = demo

describe('tokens', () => {
  const server = testServer()

  const make = () => {
    const integration = { name: 'Test', companyId, locationId, scopes }
    return createPrivateIntegration(server.db, integration, server.now)
  }

  /** Works as another process would: where the engine allows, on connections of its own. */
  async function elsewhere(work: (db: Database) => Promise<unknown>): Promise<void> {
    const own =
      server.databaseUrl === undefined ? server.db : await openPostgres(server.databaseUrl)
    await work(own)
    if (own !== server.db) await own.close()
  }

  const within = 1_000
  const between = 10

  /** Uses a token again and again for a second, and returns what it was answered. */
  async function useSteadily(token: string): Promise<number[]> {
    const statuses: number[] = []
    for (let ms = 0; ms < within; ms += between) {
      statuses.push((await server.ask('GET', path, { token })).status)
      server.elapse(between)
    }
    return statuses
  }

  test('401: within a second of being revoked elsewhere, though in steady use', async () => {
    const { token } = await make()
    assert.deepEqual(new Set(await useSteadily(token)), new Set([200]))
    await elsewhere((db) => revokeTokens(db, { token }, new Date()))
    const statuses = await useSteadily(token)
    const answer = await server.ask('GET', path, { token })
    assert.equal(answer.status, 401)
    assert.equal(answer.text, invalidPrivateIntegrationToken)
    // Once refused it stays refused, and before that it never was.
    const refused = statuses.indexOf(401)
    assert.ok(refused > 0)
    assert.ok(statuses.slice(0, refused).every((status) => status === 200))
    assert.ok(statuses.slice(refused).every((status) => status === 401))
  })

  test('401: within a second of being revoked elsewhere, used once before', async () => {
    const { id, token } = await make()
    assert.equal((await server.ask('GET', path, { token })).status, 200)
    await elsewhere((db) => revokeTokens(db, { id }, new Date()))
    server.elapse(within)
    const answer = await server.ask('GET', path, { token })
    assert.equal(answer.status, 401)
    assert.equal(answer.text, invalidPrivateIntegrationToken)
  })

  test('401: within a second of losing the scope, with the same token', async () => {
    const { id, token } = await make()
    await useSteadily(token)
    await elsewhere((db) =>
      db.query(sql`
        update private_integrations set scopes = '{contacts.readonly}' where id = ${id}`),
    )
    await useSteadily(token)
    const answer = await server.ask('GET', path, { token })
    assert.equal(answer.status, 401)
    assert.equal(answer.text, missingScope)
  })

  test('200: a refusal is not remembered', async () => {
    const { token } = await make()
    await revokeTokens(server.db, { token }, new Date())
    assert.equal((await server.ask('GET', path, { token })).status, 401)
    await elsewhere((db) =>
      db.query(sql`
        update private_integration_tokens set revoked_at = null where hash = ${hashToken(token)}`),
    )
    assert.equal((await server.ask('GET', path, { token })).status, 200)
  })

  test('200: another token of the integration goes on when one is revoked', async () => {
    const { id, token } = await make()
    const second = 'pit-11111111-2222-4333-8444-555555555555'
    await server.db.query(sql`
      insert into private_integration_tokens (hash, private_integration_id, created_at)
      values (${hashToken(second)}, ${id}, ${server.now})`)
    await revokeTokens(server.db, { token }, new Date())
    server.elapse(within)
    assert.equal((await server.ask('GET', path, { token })).status, 401)
    assert.equal((await server.ask('GET', path, { token: second })).status, 200)
  })

  test('kept only as SHA-256: no row of any table holds a token', async () => {
    const { token } = await make()
    const body = { followers: [demo.userIds[5]] }
    const followed = await server.ask('POST', `${path}/followers`, { token, body })
    assert.equal(followed.status, 201)
    // Not only the tables of today: whatever is added later is searched, too.
    const rows = await server.db.transaction(async (tx) => {
      await tx.script(`
        create function pg_temp.every_row() returns setof text language plpgsql as $$
          declare relation regclass;
          begin
            for relation in
              select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind in ('r', 'm') and n.nspname !~ '^(pg_|information_schema)'
            loop
              return query execute format('select t::text from %s t', relation);
            end loop;
          end $$`)
      return tx.query<{ row: string }>(sql`select row from pg_temp.every_row() as row`)
    })
    assert.ok(rows.some(({ row }) => row.includes(hashToken(token))))
    assert.ok(rows.some(({ row }) => row.includes(hashToken(demo.privateIntegrationToken))))
    assert.ok(rows.some(({ row }) => row.includes('OpportunityFollowersUpdate')))
    for (const secret of [token, demo.privateIntegrationToken]) {
      const bytes = Buffer.from(secret).toString('hex')
      const uuid = secret.slice('pit-'.length)
      const holding = rows.filter(({ row }) => row.includes(uuid) || row.includes(bytes))
      assert.deepEqual(holding, [])
    }
  })
})
