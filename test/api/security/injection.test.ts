import assert from 'node:assert/strict'
import fs from 'node:fs'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { type Operation, operationsOf, send } from './operations.ts'
import { poisoned } from './poisoned.ts'
import { allowReadingAll, everything } from './rows.ts'

/** Each would do something, were it ever read as SQL: end a string, a list, an array or JSON. */
const payloads = [
  `'; drop table opportunities cascade; --`,
  `' or pg_sleep(30) is null or '`,
  `"}]'); select pg_sleep(30); --\\`,
  `$1 or true -- {"a","b"}`,
]

describe('SQL in what clients send', () => {
  const server = testServer()
  let operations: Operation[]

  before(async () => {
    operations = operationsOf(server)
    await allowReadingAll(server)
  })

  test('is text: no operation fails over it, and nothing else changes', async () => {
    const { locationId } = demo.otherLocation
    const otherRows = async () =>
      (await everything(server)).filter((line) => line.includes(locationId))
    const before = await otherRows()
    assert.ok(before.length > 5)
    let sent = 0
    for (const operation of operations) {
      for (const payload of payloads) {
        for (const parts of poisoned(operation, payload)) {
          const location = await send(server, operation, parts, demo.privateIntegrationToken)
          const { status, text } =
            location.status === 401
              ? await send(server, operation, parts, demo.agencyPrivateIntegrationToken)
              : location
          assert.ok(status < 500, `${operation.name} ${JSON.stringify(parts)}: ${status} ${text}`)
          sent++
        }
      }
    }
    assert.ok(sent > 500, `${sent} requests`)
    assert.deepEqual(await otherRows(), before)
  })

  test('is stored and found as it was sent', async () => {
    for (const [i, name] of payloads.entries()) {
      const body = {
        locationId: demo.locationId,
        pipelineId: demo.pipelineId,
        contactId: demo.contactId,
        status: 'open',
        name,
        source: name,
        customFields: [{ id: name, field_value: name }],
      }
      await server.db.query(sql`
        delete from opportunities
        where location_id = ${demo.locationId} and contact_id = ${demo.contactId}`)
      const created = await server.ask('POST', '/opportunities/', { body })
      assert.equal(created.status, 201, `${i}: ${created.text}`)
      const { id } = created.body.opportunity as { id: string }
      const { body: read } = await server.ask('GET', `/opportunities/${id}`)
      const found = read.opportunity as Record<string, unknown>
      assert.equal(found.name, name)
      assert.equal(found.source, name)
      assert.deepEqual(found.customFields, [{ id: name, fieldValue: name }])
    }
  })

  test('cannot reach the database as SQL: only what the sql tag made is executed', async () => {
    const text = 'select 1 as one'
    const forged = [text, { text, values: [], name: 'x' }, [text], new String(text), undefined]
    for (const statement of forged) {
      const refused = { name: 'TypeError', message: 'Only what `sql` made may be executed' }
      await assert.rejects(server.db.query(statement as never), refused)
      await assert.rejects(
        server.db.transaction((tx) => tx.query(statement as never)),
        refused,
      )
    }
    assert.deepEqual(await server.db.query(sql`select ${text} as one`), [{ one: text }])
  })

  test('nothing outside src/db talks to the driver, or runs a text', () => {
    const root = fileURLToPath(new URL('../../../src/', import.meta.url))
    const files = fs.globSync('**/*.ts', { cwd: root }).filter((file) => !/^db[\\/]/.test(file))
    assert.ok(files.length > 50)
    const talking = files.filter((file) =>
      /from '(pg|@electric-sql\/pglite)'|\.script\(|as Sql\b/.test(
        fs.readFileSync(root + file, 'utf8'),
      ),
    )
    assert.deepEqual(talking, [])
  })
})
