import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pino from 'pino'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { createApp } from '../../../src/main.ts'
import { until } from '../../until.ts'
import { testServer } from '../test-server.ts'
import { membership, opportunitiesOfUser } from './people.ts'

const homeLocationId = demo.locationId
const [, , sarah, marcus, elena] = demo.userIds

describe('delete-user, when it was interrupted', () => {
  const server = testServer()

  /** As if the server had been killed just after the user was deleted. */
  async function interrupt(userId: string): Promise<void> {
    await server.db.query(sql`update users set deleted_at = ${server.now} where id = ${userId}`)
    await server.db.query(sql`
      update location_users set left_at = ${server.now} where user_id = ${userId}`)
    assert.ok((await opportunitiesOfUser(server, homeLocationId, userId)).length > 0)
  }

  const waitUntilGone = async (userId: string) => {
    await until(async () => (await membership(server, homeLocationId, userId)) === 'none')
    assert.deepEqual(await opportunitiesOfUser(server, homeLocationId, userId), [])
  }

  test('200: the next deletion finishes it too', async () => {
    await interrupt(sarah)
    assert.equal((await server.ask('DELETE', `/users/${marcus}`)).status, 200)
    await waitUntilGone(marcus)
    await waitUntilGone(sarah)
  })

  test('200: the next start finishes it', async () => {
    await interrupt(elena)
    const log = pino({ level: 'silent' })
    const secondServer = await createApp(server.settings, log)
    await secondServer.listen({ port: 0, host: '127.0.0.1' })
    await waitUntilGone(elena)
    await secondServer.close()
  })
})
