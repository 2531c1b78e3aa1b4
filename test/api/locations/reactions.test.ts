import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { insertLocation } from '../../../src/api/locations/statements.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { appendEvents } from '../../../src/events/outbox.ts'
import type { Reactions } from '../../../src/events/reactions.ts'
import { testServer } from '../test-server.ts'

describe('a location that is made', () => {
  const server = testServer()
  const insert = (...reactions: Reactions[]) =>
    insertLocation(server.db, demo.companyId, { name: 'Reacting' }, server.now, reactions)

  const telling = (type: string): Reactions => ({
    locationCreated: {
      async apply(tx, { locationId }, now) {
        await appendEvents(tx, [{ locationId, type, payload: {} }], now)
        return 1
      },
    },
  })
  const failing: Reactions = {
    locationCreated: { apply: () => Promise.reject(new Error('cannot')) },
  }

  test('comes with what the families do, in the order of their list', async () => {
    await server.newEvents()
    assert.ok(await insert(telling('First'), {}, telling('Second')))
    const types = (await server.newEvents()).map(({ type }) => type)
    assert.deepEqual(types, ['LocationCreate', 'First', 'Second'])
  })

  test('is not there when one of them fails, nor is anything of the others', async () => {
    const locations = () =>
      server.db.query(sql`select location_id from locations order by location_id`)
    const before = await locations()
    await assert.rejects(insert(telling('First'), failing), /cannot/)
    assert.deepEqual(await locations(), before)
    assert.deepEqual(await server.newEvents(), [])
  })
})
