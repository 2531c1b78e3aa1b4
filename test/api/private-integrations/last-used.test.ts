import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createPrivateIntegration,
  findCaller,
  hashToken,
} from '../../../src/auth/private-integrations.ts'
import type { Queryable } from '../../../src/db/database.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { limits } from '../../../src/limits.ts'
import { until } from '../../until.ts'
import { testServer } from '../test-server.ts'

describe('when a token was used last', () => {
  const server = testServer()

  const create = () =>
    createPrivateIntegration(
      server.db,
      { name: 'CRM', ...demo, scopes: ['opportunities.readonly'] },
      server.now,
    )

  async function lastUsed(token: string): Promise<string | null | undefined> {
    const [row] = await server.db.query<{ at: string | null }>(sql`
      select last_used_at as at from private_integration_tokens where hash = ${hashToken(token)}`)
    return row?.at
  }

  /** It is noted by and by: a test has to wait for it. */
  async function noted(token: string, time: Date): Promise<void> {
    await until(async () => (await lastUsed(token)) === time.toISOString())
  }

  test('is noted at the first use, and once a minute after that', async () => {
    const { token } = await create()
    const path = `/opportunities/${demo.opportunityId}`
    assert.equal(await lastUsed(token), null)
    const begin = server.now
    try {
      await server.ask('GET', path, { token })
      await noted(token, begin)
      server.now = new Date(begin.getTime() + limits.tokenUseNotedEveryMs - 1)
      server.forgetTokens()
      await server.ask('GET', path, { token })
      await sleep(50)
      assert.equal(await lastUsed(token), begin.toISOString())
      server.now = new Date(begin.getTime() + limits.tokenUseNotedEveryMs)
      server.forgetTokens()
      await server.ask('GET', path, { token })
      await noted(token, server.now)
    } finally {
      server.now = begin
    }
  })

  test('is not noted of a token that is refused', async () => {
    const { id, token } = await create()
    await server.db.query(sql`
      update private_integration_tokens set revoked_at = ${server.now}
      where private_integration_id = ${id}`)
    await server.ask('GET', `/opportunities/${demo.opportunityId}`, { token })
    await sleep(50)
    assert.equal(await lastUsed(token), null)
  })

  test('is noted once where several processes see the first use', async () => {
    const { token } = await create()
    const updates: Promise<unknown[]>[] = []
    const spy: Queryable = {
      query<Row>(statement: Parameters<Queryable['query']>[0]) {
        const rows = server.db.query<Row>(statement)
        if (/^\s*update/.test(statement.text)) updates.push(rows)
        return rows
      },
    }
    const laterDate = new Date(server.now.getTime() + 1)
    await Promise.all([server.now, laterDate].map((now) => findCaller(spy, hashToken(token), now)))
    const changed = (await Promise.all(updates)).flat()
    assert.deepEqual(changed, [{ hash: hashToken(token) }])
  })

  test('never delays or fails a request', async () => {
    const { token } = await create()
    for (const answer of [() => Promise.reject(new Error('no')), () => new Promise(() => {})]) {
      const db: Queryable = {
        query: (statement) =>
          (/^\s*update/.test(statement.text) ? answer() : server.db.query(statement)) as Promise<
            never[]
          >,
      }
      const caller = await findCaller(db, hashToken(token), server.now)
      assert.equal(caller?.locationId, demo.locationId)
    }
  })
})
