import assert from 'node:assert/strict'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPglite } from '../../src/db/pglite/open.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { demoImage } from '../../src/demo/image.ts'
import { until } from '../until.ts'
import { cleanUp, startServer, temporaryDirectory } from './groundlevel.ts'
import { allowMany, assertEventsMatch } from './load.ts'

const { locationId, pipelineId, contactId } = demo

after(cleanUp)

/** Clients that create opportunities, each with a key of its own, and remember what they were told. */
class KeyedLoad {
  /** What was answered, by the key; undefined where no answer came. */
  readonly told = new Map<string, string | undefined>()
  #stopped = false
  readonly #clients: Promise<void>[]

  constructor(url: string, round: number) {
    this.#clients = Array.from({ length: 8 }, (_, client) =>
      this.#client(url, `${round}.${client}`),
    )
  }

  async #client(url: string, name: string): Promise<void> {
    for (let i = 0; !this.#stopped; i++) {
      const key = `Load ${name}.${i}`
      this.told.set(key, undefined)
      const answer = await create(url, key).catch(() => undefined)
      this.told.set(key, answer)
      if (answer === undefined) return
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#clients)
  }
}

/** Creates an opportunity that is named like the key; returns the whole body. */
async function create(url: string, key: string): Promise<string> {
  const response = await fetch(`${url}/opportunities/`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${demo.privateIntegrationToken}`,
      version: '2021-07-28',
      'content-type': 'application/json',
      'idempotency-key': key.replaceAll(' ', '-'),
    },
    body: JSON.stringify({ locationId, name: key, status: 'open', pipelineId, contactId }),
  })
  const text = await response.text()
  assert.equal(response.status, 201, text)
  return text
}

describe('Idempotency-Key', { timeout: 300_000 }, () => {
  test('of requests that kill -9 cut off: each is done once, and answered as it was', async (t) => {
    const directory = path.join(temporaryDirectory(), 'data')
    const open = () => openPglite(directory, demoImage)
    const first = await open()
    await allowMany(first)
    await first.close()
    for (let round = 0; round < 3; round++) {
      const server = await startServer(['dev', '--data-dir', directory])
      const load = new KeyedLoad(server.url, round)
      await until(() => load.told.size > 40)
      await sleep(Math.random() * 300)
      await server.end('SIGKILL')
      await load.stop()
      const lost = [...load.told.values()].filter((answer) => answer === undefined)
      t.diagnostic(`${load.told.size} requests, ${lost.length} without an answer`)
      assert.ok(lost.length > 0)

      const next = await startServer(['dev', '--data-dir', directory])
      for (const [key, answer] of load.told) {
        const repeated = await create(next.url, key)
        if (answer !== undefined) assert.equal(repeated, answer)
      }
      await next.end()
      const db = await open()
      const rows = await db.query<{ name: string }>(sql`
        select name from opportunities where location_id = ${locationId}
          and name like ${`Load ${round}.%`}`)
      assert.deepEqual(rows.map(({ name }) => name).sort(), [...load.told.keys()].sort())
      await assertEventsMatch(db)
      await db.close()
    }
  })
})
