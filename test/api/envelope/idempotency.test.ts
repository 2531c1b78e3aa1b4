import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { opportunityLimits } from '../../../src/api/opportunities/limits.ts'
import { createPrivateIntegration } from '../../../src/auth/private-integrations.ts'
import { type Database, DatabaseUnavailable } from '../../../src/db/database.ts'
import { openPostgres } from '../../../src/db/postgres.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { removeExpired } from '../../../src/events/expiry.ts'
import { limits } from '../../../src/limits.ts'
import { expiryStatements } from '../../../src/main.ts'
import { recordStatements, type SentStatement } from '../../db/recording.ts'
import { openTestDatabase } from '../../test-database.ts'
import { clearPipeline, countOpportunities, creationBody } from '../opportunities/creation.ts'
import { type Answer, type Ask, TestServer, testServer } from '../test-server.ts'
import { own, request, send } from '../wire.ts'

const { companyId, locationId, otherLocation, opportunityId } = demo
const followers = `/opportunities/${opportunityId}/followers`
const agency = demo.agencyPrivateIntegrationToken
const used =
  '{"message":["Idempotency-Key was used for another request"],' +
  '"error":"Unprocessable Entity","statusCode":422}'

let keys = 0
const newKey = () => `key-${++keys}`

const withKey = (key: string, options: Ask = {}): Ask => ({
  ...options,
  headers: { 'idempotency-key': key },
})

const createOnce = (server: TestServer, key: string, more: object = {}, options: Ask = {}) =>
  server.ask(
    'POST',
    '/opportunities/',
    withKey(key, { body: { ...creationBody, ...more }, ...options }),
  )

/** Asserts that an answer is the first one over again. */
function assertReplayed(answer: Answer, first: Answer): void {
  assert.equal(answer.traceId, first.traceId)
  assert.equal(answer.text, first.text)
  assert.equal(answer.status, first.status)
  assert.equal(answer.headers.get('content-type'), first.headers.get('content-type'))
  assert.equal(answer.headers.get('idempotent-replayed'), 'true')
  assert.equal(first.headers.get('idempotent-replayed'), null)
}

const types = async (server: TestServer) => (await server.newEvents()).map(({ type }) => type)

describe('Idempotency-Key', () => {
  const server = testServer()
  const firstTime = server.now
  beforeEach(async () => {
    server.now = firstTime
    await clearPipeline(server)
  })

  const create = (key: string, more: object = {}, options: Ask = {}) =>
    createOnce(server, key, more, options)

  test('201 twice, of one creation with one set of events', async () => {
    const key = newKey()
    const before = await countOpportunities(server)
    const first = await create(key)
    assert.equal(first.status, 201, first.text)
    assertReplayed(await create(key), first)
    assert.equal(await countOpportunities(server), before + 1)
    assert.deepEqual(await types(server), ['OpportunityCreate', 'OpportunityUpdate'])
  })

  test('the same for ten at once', async () => {
    const key = newKey()
    const before = await countOpportunities(server)
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(key)))
    const first = answers.find(({ headers }) => headers.get('idempotent-replayed') === null)
    assert.equal(first?.status, 201)
    for (const answer of answers.filter((one) => one !== first)) assertReplayed(answer, first)
    assert.equal(await countOpportunities(server), before + 1)
    assert.deepEqual(await types(server), ['OpportunityCreate', 'OpportunityUpdate'])
  })

  test('of different keys at once, each as if alone: one is created, the others name it', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => create(newKey())))
    const [made, ...others] = answers.filter(({ status }) => status === 201)
    assert.deepEqual(others, [])
    assert.ok(made)
    const { id } = made.body.opportunity as { id: string }
    for (const { status, body } of answers.filter((one) => one !== made)) {
      assert.equal(status, 400)
      assert.deepEqual(body.meta, { existingId: id })
    }
    assert.deepEqual(await types(server), ['OpportunityCreate', 'OpportunityUpdate'])
  })

  test('422 for another body, query, path or method, and nothing is done', async () => {
    const key = newKey()
    const body = { followers: [demo.followers[0]] }
    const first = await server.ask('DELETE', followers, withKey(key, { body }))
    assert.equal(first.status, 200)
    await server.newEvents()
    const other = followers.replace(opportunityId, otherLocation.opportunityId)
    const otherRequests = [
      ['DELETE', followers, { followers: [demo.followers[1]] }],
      ['DELETE', `${followers}?isRemoveAllFollowers=true`, body],
      ['DELETE', other, body],
      ['POST', followers, body],
    ] as const
    for (const [method, path, body] of otherRequests) {
      const answer = await server.ask(method, path, withKey(key, { body }))
      assert.equal(answer.text, used)
      assert.equal(answer.status, 422)
      assert.notEqual(answer.traceId, first.traceId)
    }
    assert.deepEqual(await types(server), [])
    assertReplayed(await server.ask('DELETE', followers, withKey(key, { body })), first)
    await server.ask('POST', followers, { body })
  })

  test('belongs to whoever calls: another integration, and another location, have their own', async () => {
    const key = newKey()
    const place = { companyId, locationId }
    const integration = { name: 'Other', ...place, scopes: ['opportunities.write'] } as const
    const other = await createPrivateIntegration(server.db, integration, server.now)
    const body = { isRemoveAllFollowers: true, followers: [] }
    const first = await server.ask('DELETE', followers, withKey(key, { body: { followers: [] } }))
    assert.equal(first.status, 200)
    for (const token of [other.token, otherLocation.privateIntegrationToken]) {
      const answer = await server.ask('DELETE', followers, withKey(key, { body, token }))
      assert.notEqual(answer.text, used)
      assert.equal(answer.headers.get('idempotent-replayed'), null)
    }
  })

  test('400 and 404 again, though the same request would now do something', async () => {
    const key = newKey()
    await server.ask('POST', '/opportunities/', { body: creationBody })
    const refused = await create(key)
    assert.equal(refused.status, 400)
    await clearPipeline(server)
    assertReplayed(await create(key), refused)
    assert.deepEqual(await types(server), [])
    const nowhere = followers.replace(opportunityId, 'nobodyknowsme')
    const ask = withKey(newKey(), { body: { followers: [] } })
    const missing = await server.ask('DELETE', nowhere, ask)
    assert.equal(missing.status, 404)
    assertReplayed(await server.ask('DELETE', nowhere, ask), missing)
  })

  test('is still free after 422 for the form of the request, 401 and 403', async () => {
    const key = newKey()
    assert.equal((await create(key, { name: '' })).status, 422)
    assert.equal((await create(key, {}, { token: null })).status, 401)
    assert.equal((await create(key, { locationId: otherLocation.locationId })).status, 403)
    assert.equal((await create(key)).status, 201)
    // This one is refused by the operation itself.
    const user = {
      firstName: 'A',
      lastName: 'B',
      email: 'idem@a.example',
      password: 'Long-enough-1',
    }
    const body = { ...user, companyId, type: 'account', role: 'user', locationIds: [locationId] }
    const first = newKey()
    const asking = (companyId: string) =>
      server.ask('POST', '/users/', withKey(first, { body: { ...body, companyId }, token: agency }))
    assert.equal((await asking('somebodyelses')).status, 403)
    const made = await asking(companyId)
    assert.equal(made.status, 201, made.text)
    assertReplayed(await asking(companyId), made)
  })

  test('a deletion in many steps is one: its events come once', async () => {
    const key = newKey()
    const ask = withKey(key, { token: agency })
    const first = await server.ask('DELETE', `/users/${demo.userIds[3]}`, ask)
    assert.equal(first.status, 200, first.text)
    const told = await types(server)
    assert.ok(told.includes('OpportunityUpdate'), String(told))
    assertReplayed(await server.ask('DELETE', `/users/${demo.userIds[3]}`, ask), first)
    assert.deepEqual(await types(server), [])
  })

  test('lasts 24 hours, and is removed then', async () => {
    const key = newKey()
    const rows = () =>
      server.db.query(sql`
        select from idempotency_keys where location_id = ${locationId} and key = ${key}`)
    const first = await create(key)
    await clearPipeline(server)
    server.now = new Date(firstTime.getTime() + limits.idempotencyKeptMs - 1)
    assertReplayed(await create(key), first)
    await removeExpired(server.db, expiryStatements, server.now)
    assert.equal((await rows()).length, 1)
    server.now = new Date(firstTime.getTime() + limits.idempotencyKeptMs)
    const repeated = await create(key, { name: 'Another' })
    assert.equal(repeated.status, 201, repeated.text)
    assertReplayed(await create(key, { name: 'Another' }), repeated)
    await removeExpired(
      server.db,
      expiryStatements,
      new Date(server.now.getTime() + limits.idempotencyKeptMs),
    )
    assert.deepEqual(await rows(), [])
  })

  test('400 for one that is empty, too long, sent twice or not visible ASCII', async () => {
    const text =
      '{"message":"Idempotency-Key must be 1 to 255 visible ASCII characters",' +
      '"error":"Bad Request","statusCode":400}'
    const body = JSON.stringify(creationBody)
    const longest = 'k'.repeat(255)
    const lines = [['Idempotency-Key:'], [`Idempotency-Key: ${longest}k`], ['Idempotency-Key: a b']]
    lines.push(['Idempotency-Key: \xe9'], ['Idempotency-Key: a', 'Idempotency-Key: a'])
    for (const line of lines) {
      const length = `Content-Length: ${Buffer.byteLength(body)}`
      const headers = [...own, 'Content-Type: application/json', length, ...line]
      const [answer] = await send(server, request('POST /opportunities/', headers, body))
      assert.equal(answer?.text, text)
      assert.equal(answer?.status, 400)
    }
    assert.deepEqual(await types(server), [])
    const first = await create(longest)
    assertReplayed(await create(longest), first)
  })

  test('is nothing to reading, to searching by POST and to tokens', async () => {
    const key = newKey()
    for (let i = 0; i < 2; i++) {
      const read = await server.ask('GET', `/opportunities/${opportunityId}`, withKey(key))
      assert.equal(read.status, 200)
      const body = { companyId, emails: 'a@b.example' }
      const search = withKey(key, { body, token: agency })
      const found = await server.ask('POST', '/users/search/filter-by-email', search)
      assert.equal(found.status, 200, found.text)
      assert.equal(found.headers.get('idempotent-replayed'), null)
    }
    const rows = await server.db.query(sql`select from idempotency_keys where key = ${key}`)
    assert.deepEqual(rows, [])
    const { paths } = server.app.swagger() as unknown as {
      paths: Record<string, Record<string, { parameters?: { name: string }[] }>>
    }
    const described = (path: string, method: string) =>
      paths[path]?.[method]?.parameters?.some(({ name }) => name === 'Idempotency-Key')
    assert.equal(described('/opportunities/', 'post'), true)
    assert.equal(described('/oauth/locationToken', 'post'), false)
    assert.equal(described('/users/search/filter-by-email', 'post'), false)
  })

  test('an answer of a mebibyte comes again whole', async () => {
    const customFields = [
      { id: 'f', fieldValue: 'é'.repeat(opportunityLimits.customFieldsCharsMax - 100) },
    ]
    const made = await create(newKey(), { customFields })
    const { id } = made.body.opportunity as { id: string }
    const operations = Array.from({ length: 17 }, (_, i) => {
      return { action: 'update', id, body: { monetaryValue: i + 1 } }
    })
    const body = { locationId: demo.locationId, operations }
    const bulk = withKey(newKey(), { body })
    const first = await server.ask('POST', '/opportunities/bulk', bulk)
    assert.equal(first.body.succeded, true)
    assert.ok(first.text.length > 1024 * 1024)
    assertReplayed(await server.ask('POST', '/opportunities/bulk', bulk), first)
  })
})

describe('Idempotency-Key, and a server that fails', () => {
  let db: Database
  /** What the database fails at. */
  let failing: 'nothing' | 'keeping' | 'commit' = 'nothing'

  const unavailable = () => new DatabaseUnavailable(new Error('gone'))
  const failingDatabase = (): Database => ({
    ...db,
    close: async () => undefined,
    async transaction(work) {
      const result = await db.transaction(async (tx) => {
        const result = await work({
          ...tx,
          query: async (statement) => {
            const isKeeping = statement.text.includes('update idempotency_keys')
            if (failing === 'keeping' && isKeeping) throw unavailable()
            return tx.query(statement)
          },
        })
        if (failing === 'commit') throw unavailable()
        return result
      })
      return result
    },
  })
  const start = async () => {
    const server = new TestServer({}, async () => ({ db: failingDatabase(), url: undefined }))
    await server.open()
    return server
  }
  let server: TestServer

  before(async () => {
    ;({ db } = await openTestDatabase())
    server = await start()
  })
  after(async () => {
    await server.close()
    await db.close()
  })
  beforeEach(() => clearPipeline(server))

  for (const where of ['keeping', 'commit'] as const) {
    test(`503 when the answer cannot be kept (${where}), and nothing was done`, async () => {
      const key = newKey()
      const before = await countOpportunities(server)
      failing = where
      const refused = await createOnce(server, key)
      failing = 'nothing'
      assert.equal(refused.text, '{"statusCode":503,"message":"Service Unavailable"}')
      assert.equal(refused.status, 503)
      assert.equal(refused.headers.get('retry-after'), '1')
      assert.equal(await countOpportunities(server), before)
      assert.deepEqual(await server.newEvents(), [])
      const done = await createOnce(server, key)
      assert.equal(done.status, 201)
      assertReplayed(await createOnce(server, key), done)
      // A refusal that cannot be kept is not told either: it may be another one next time.
      failing = where
      assert.equal((await createOnce(server, newKey())).status, 503)
      failing = 'nothing'
      await clearPipeline(server)
    })
  }

  test('what was answered is known to the next server', async () => {
    const key = newKey()
    const first = await createOnce(server, key)
    await server.close()
    server = await start()
    assertReplayed(await createOnce(server, key), first)
  })

  test('a client that hangs up holds nothing up', async () => {
    const key = newKey()
    const { hostname, port } = new URL(server.url)
    const body = JSON.stringify(creationBody)
    const headers = ['Content-Type: application/json', `Idempotency-Key: ${key}`]
    const length = `Content-Length: ${Buffer.byteLength(body)}`
    const socket = net.connect(Number(port), hostname)
    socket.write(request('POST /opportunities/', [...own, ...headers, length], body))
    await sleep(3)
    socket.destroy()
    const first = await createOnce(server, key)
    assert.equal(first.status, 201)
    assert.deepEqual(await types(server), ['OpportunityCreate', 'OpportunityUpdate'])
  })
})

describe('Idempotency-Key, left out', () => {
  const sent: SentStatement[] = []
  let server: TestServer

  before(async () => {
    const { db } = await openTestDatabase()
    server = new TestServer({}, async () => ({ db: recordStatements(db, sent), url: undefined }))
    await server.open()
  })
  after(() => server.close())

  test('costs no statement', async () => {
    const body = { followers: [demo.followers[0]] }
    await server.ask('DELETE', followers, { body })
    sent.length = 0
    assert.equal((await server.ask('POST', followers, { body })).status, 201)
    // A token that was verified some time ago may be looked up again meanwhile, and counts folded.
    const isOthers = /integration_tokens|from opportunity_deltas/
    const own = sent.filter(({ statement }) => !isOthers.test(statement.text))
    assert.equal(own.length, 1)
  })
})

describe('Idempotency-Key, over several servers', () => {
  const url = process.env.GROUNDLEVEL_TEST_POSTGRES
  const first = testServer()
  let second: TestServer

  before(async () => {
    if (!url) return
    const { databaseUrl = '' } = first
    second = new TestServer({}, async () => {
      return { db: await openPostgres(databaseUrl), url: databaseUrl }
    })
    await second.open()
  })
  after(() => second?.close())

  test('one effect, of ten at once', { skip: !url }, async () => {
    await clearPipeline(first)
    const key = newKey()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => createOnce(i % 2 ? first : second, key)),
    )
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ traceId }) => traceId)).size, 1)
    assert.deepEqual(await types(first), ['OpportunityCreate', 'OpportunityUpdate'])
  })

  test('409 while another server is at it for long', { skip: !url }, async () => {
    await clearPipeline(first)
    const key = newKey()
    const hold = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const holding = second.db.transaction(async (tx) => {
      await tx.query(sql`
        insert into idempotency_keys (location_id, source_id, key, request_hash, created_at)
        select ${locationId}, p.id, ${key}, 'hash', ${first.now} from private_integrations p
        where p.location_id = ${locationId}`)
      held.resolve()
      await hold.promise
    })
    await held.promise
    const answer = await createOnce(first, key)
    assert.equal(
      answer.text,
      '{"message":"The request with this Idempotency-Key is still under way",' +
        '"error":"Conflict","statusCode":409}',
    )
    assert.equal(answer.status, 409)
    assert.equal(answer.headers.get('retry-after'), '1')
    hold.resolve()
    await holding
  })
})
