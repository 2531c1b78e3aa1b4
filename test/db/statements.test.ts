import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import {
  describeStatements,
  presentStatements,
  replaceStatements,
  singleLine,
  statementStart,
} from '../../scripts/statements.ts'
import { PipelinesAnswer } from '../../src/api/opportunities/pipelines/shapes.ts'
import { OpportunityAnswer } from '../../src/api/opportunities/shapes.ts'
import { locationsWithDeltas } from '../../src/api/opportunities/store/folding.ts'
import { type OpportunityRow, opportunityOf } from '../../src/api/opportunities/store/row.ts'
import { type Database, engines } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { createDemoWorld } from '../../src/demo/world.ts'
import { expiredKeys } from '../../src/http/idempotency.ts'
import type { Server } from '../../src/http/server.ts'
import { FollowersAddedAnswer, FollowersRemovedAnswer } from '../../src/resource/followers.ts'
import { withoutNulls } from '../../src/resource/row.ts'
import { TestServer } from '../api/test-server.ts'
import { closeDatabases, emptyDatabase } from './empty-database.ts'
import {
  administer,
  authorize,
  callEveryOperation,
  count,
  deleteLargeStage,
  repeatWithKey,
  search,
  sendFeedback,
  traceEvents,
} from './every-statement.ts'
import { recordStatements, type SentStatement } from './recording.ts'

after(closeDatabases)

const { locationId } = demo
const opportunity = `/opportunities/${demo.opportunityId}`
const [onboarding, renewals] = ['bCkKGpDsyPP4peuKowkG', 'aWdODOBVOlH1RUFKWQke']

/** Have a column of that name, and are found without it. */
const globalTables = [
  'locations',
  'location_users',
  'unfinished_pipelines',
  'private_integrations',
  'oauth_installs',
  'oauth_grants',
]

/** The statements of the timer that folds counts; the first is about all locations. */
const lookingForDeltas = singleLine(locationsWithDeltas('', 1).text)
const isFolding = (text: string) =>
  text.includes('folded as') || singleLine(text) === lookingForDeltas

/** What came back of the database, by what it is. */
type Rows = Record<string, unknown>

/** A request to the app: its answer, and the last statement that it sent. */
type Ask = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
) => Promise<SentStatement & { body: Rows }>

function asking(app: Server, sent: SentStatement[]): Ask {
  return async (method, url, payload) => {
    const headers = { authorization: `Bearer ${demo.privateIntegrationToken}`, version: 'v3' }
    const answer = await app.inject({ method, url, headers, ...(payload && { payload }) })
    assert.ok(answer.statusCode < 300, `${method} ${url} ${answer.statusCode} ${answer.body}`)
    // Counts are folded on a timer, in the midst of this.
    const last = sent.findLast(({ statement }) => !isFolding(statement.text))
    assert.ok(last)
    return { ...last, body: answer.json() }
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
  const sent: SentStatement[] = []
  const now = new Date('2026-03-01T12:00:00.000Z')
  let rows: Rows = {}
  let db: Database
  const servers: TestServer[] = []
  let tenantTables: string[]
  const pipelineShape = PipelinesAnswer.properties.pipelines.items

  /** Sends each statement of `src/` at least once. */
  before(async () => {
    db = recordStatements((await emptyDatabase()).db, sent)
    await migrate(db)
    await createDemoWorld(db)
    await administer(db, now)
    await traceEvents(db, now)
    const server = await serve(db)
    const ask = asking(server.app, sent)
    await read(ask)
    rows = { ...(await read(ask)), ...(await change(ask, onboarding)) }
    // As on Citus, where a change and its events are two statements.
    const distributed = await serve({ ...db, engine: engines.citus })
    await change(asking(distributed.app, sent), renewals)
    await authorize(server)
    await count(db)
    await search(server)
    await repeatWithKey(server)
    await sendFeedback(server)
    await deleteLargeStage(server)
    await callEveryOperation(distributed)
    tenantTables = await findTenantTables()
  })

  after(() => Promise.all(servers.map(({ app }) => app.close())))

  async function serve(over: Database): Promise<TestServer> {
    const server = new TestServer({ demoAdmin: demo.admin }, async () => {
      return { db: over, url: undefined }
    })
    servers.push(server)
    await server.open()
    return server
  }

  async function read(ask: Ask): Promise<Rows> {
    await ask('GET', '/ready')
    const pipelines = await ask('GET', `/opportunities/pipelines?locationId=${locationId}`)
    const found = await ask('GET', opportunity)
    return {
      pipeline: pipelines.rows[0] && withoutNulls(pipelines.rows[0]),
      opportunity: found.rows[0],
    }
  }

  async function change(ask: Ask, pipelineId: string): Promise<Rows> {
    const { contactId } = demo
    const body = { locationId, name: 'New', status: 'open', pipelineId, contactId }
    const created = await ask('POST', '/opportunities/', body)
    const followers = { followers: [demo.userIds[4], demo.userIds[0]] }
    const added = await ask('POST', `${opportunity}/followers`, followers)
    const removed = await ask('DELETE', `${opportunity}/followers`, followers)
    await ask('DELETE', `${opportunity}/followers?isRemoveAllFollowers=true`)
    const made = created.body.opportunity as { id: string }
    const customFields = [{ key: 'seats', value: 1 }]
    const updated = await ask('PUT', `/opportunities/${made.id}`, { customFields })
    await ask('PUT', `/opportunities/${made.id}/status`, { status: 'won' })
    const upsert = { locationId, pipelineId, contactId }
    await ask('POST', '/opportunities/upsert', { ...upsert, ...followers })
    const leaving = { ...followers, followersActionType: 'remove' }
    await ask('POST', '/opportunities/upsert', { ...upsert, ...leaving })
    await ask('POST', '/opportunities/upsert', { ...upsert, isRemoveAllFollowers: true })
    await ask('DELETE', `/opportunities/${made.id}`)
    const upserted = await ask('POST', '/opportunities/upsert', upsert)
    const { verdict: _, ...changed } = updated.rows[0] ?? {}
    return {
      created: created.rows[0],
      added: added.rows[0],
      removed: removed.rows[0],
      changed,
      upserted: upserted.rows[0],
    }
  }

  async function findTenantTables(): Promise<string[]> {
    const tables = await db.query<{ name: string }>(sql`
      select table_name::text as name from information_schema.columns
      where table_schema = 'public' and column_name = 'location_id'`)
    return tables.map(({ name }) => name).filter((name) => !globalTables.includes(name))
  }

  test('all of src were sent', () => {
    const seen = sent.map(({ statement }) => singleLine(statement.text))
    const src = fileURLToPath(new URL('../../src/', import.meta.url))
    const isComment = /\/\*[\s\S]*?\*\//g
    const missing: string[] = []
    let found = 0
    // What only Citus answers is sent where the tests run on it.
    for (const file of fs.globSync('**/*.ts', { cwd: src, exclude: ['db/citus/*'] })) {
      const code = fs.readFileSync(src + file, 'utf8').replace(isComment, '')
      for (const text of [...code.matchAll(/sql`([^`$]*)/g)].map(([, part = '']) =>
        singleLine(part),
      )) {
        if (!statementStart.test(text)) continue
        found++
        if (!seen.some((statement) => statement.includes(text))) missing.push(`${file}: ${text}`)
      }
    }
    assert.ok(found > 100)
    assert.deepEqual(missing, [], 'Send these statements in the test’s `before`')
  })

  test('are written down as they are sent, in generated/sql', () => {
    const texts = sent.filter(({ isOfSource }) => isOfSource).map(({ statement }) => statement.text)
    const files = describeStatements(texts)
    if (process.env.GROUNDLEVEL_WRITE_SQL) replaceStatements(files)
    const present = presentStatements()
    const names = [...new Set([...files.keys(), ...present.keys()])]
    const stale = names.filter((name) => files.get(name) !== present.get(name))
    assert.deepEqual(stale, [], 'Out of date in generated/sql. Mend it with: npm run generate')
  })

  test('can be prepared without their values, and have a value for each place', async () => {
    const statements = new Map(sent.map(({ statement }) => [statement.text, statement]))
    for (const [i, { text, values }] of [...statements.values()].entries()) {
      const name = `the_${i}`
      await db.transaction(async (tx) => {
        await tx.script(`prepare ${name} as ${text}`)
        const [prepared] = await tx.query<{ places: number }>(sql`
          select cardinality(parameter_types) as places from pg_prepared_statements
          where name = ${name}`)
        assert.equal(prepared?.places, values.length, text)
        await tx.script(`deallocate ${name}`)
      })
    }
    assert.ok(statements.size > 100)
  })

  test('name the location of each tenant table by a value of its own', () => {
    const table = `(?:${tenantTables.join('|')})`
    const reading = new RegExp(`\\b(?:from|join|update|using)\\s+${table}\\b`, 'g')
    const writing = new RegExp(`\\binsert into ${table} \\((?!location_id,)`)
    // What has expired is removed of all locations at once, and counts are folded wherever they wait.
    const ofAll = [singleLine(expiredKeys(now).text), lookingForDeltas]
    // `--debug events` looks for what a transaction has appended, of whatever location it was.
    const telling = /^select e\.type, .* from outbox e where e\.location_id = any\(/
    // What a request left unfinished is looked for wherever it is.
    const unfinished = /^select c\.location_id .* from contacts c where c\.unfinished <> '\{\}'/
    let compared = 0
    for (const { statement } of sent) {
      const text = singleLine(statement.text)
      if (ofAll.includes(text) || telling.test(text) || unfinished.test(text)) continue
      assert.doesNotMatch(text, writing)
      const locations = [...text.matchAll(/\blocation_id = \$(\d+)/g)]
      const places = new Set(locations.map(([, place]) => statement.values[Number(place) - 1]))
      assert.ok(locations.length >= [...text.matchAll(reading)].length, text)
      assert.ok(places.size <= 1, `${text} is about two locations`)
      compared += locations.length
    }
    assert.ok(compared > 20)
  })

  describe('can be sent on Citus', () => {
    const isSingle = (text: string) => text.includes('appended as ( insert into outbox')
    const texts = () => [...new Set(sent.map(({ statement }) => singleLine(statement.text)))]
    /** The text before a place, in the same parentheses. */
    function selectBefore(text: string, place: number): string {
      const withoutInner = (part: string): string => {
        const outer = part.replace(/\([^()]*\)/g, ' ')
        return outer === part ? part : withoutInner(outer)
      }
      return withoutInner(text.slice(0, place)).replace(/.*\(/, '')
    }
    /** The tables that a statement locks rows of. */
    const lockedBy = (text: string): string[] =>
      [...text.matchAll(/\bfor (?:no key update|update|key share|share)\b(?: of (\w+))?/g)].flatMap(
        ({ 1: name, index }) =>
          [...selectBefore(text, index).matchAll(/\b(?:from|join) (\w+)(?: as)? (\w+)/g)]
            .filter(([, , alias]) => !name || alias === name)
            .map(([, table = '']) => table),
      )

    test('no INSERT stands inside a WITH: it would run through the coordinator', () => {
      const inserts = texts()
        .filter((text) => !isSingle(text))
        .flatMap((text) => [...text.matchAll(/\bas \( ?insert into (\w+)/g)])
        .map(([, table = '']) => table)
      // The coordinator alone has these.
      assert.deepEqual([...new Set(inserts)].sort(), ['oauth_grants', 'private_integrations'])
    })

    test('no row of a reference table is locked, which would lock the whole cluster', () => {
      const locking = texts().filter((text) =>
        lockedBy(text).some((table) => ['companies', 'locations', 'users'].includes(table)),
      )
      // Signing in, and changing a user, which writes that row anyway.
      const allowed = [/^insert into sessions\b.* for share of u\b/, /\bfor no key update of u$/]
      const wrong = locking.filter((text) => !allowed.some((form) => form.test(text)))
      assert.deepEqual(wrong, [])
      assert.ok(locking.length >= allowed.length)
      assert.deepEqual(lockedBy('select from locations l where l.id = $1 for share'), ['locations'])
    })

    test('an INSERT of what is selected names its table anew where it returns', () => {
      const nameless = /\binsert into \w+ \([^)]*\) select\b[^;]*\breturning\b/
      const wrong = texts().filter((text) => !isSingle(text) && nameless.test(text))
      assert.deepEqual(wrong, [])
    })

    test('no sub-select stands in VALUES', () => {
      assert.deepEqual(
        texts().filter((text) => /\bvalues \((?:[^()]|\([^()]*\))*\(+ ?select\b/.test(text)),
        [],
      )
    })

    test('no upsert asks the clock, and none of its functions depends on a setting', () => {
      const updates = texts().flatMap((text) => text.split(/\bdo update set\b/).slice(1))
      assert.ok(updates.length >= 3)
      assert.deepEqual(
        updates.filter((text) => /\b(?:now|clock_timestamp|concat_ws|random)\(/.test(text)),
        [],
      )
    })

    test('no UPDATE concatenates in SET: a part does, and SET copies', () => {
      const assignments = texts().flatMap((text) =>
        [...text.matchAll(/\bupdate \w+ \w+ set (.*?)(?= from | where |$)/g)].map(([, set]) => set),
      )
      assert.ok(assignments.length >= 10)
      assert.deepEqual(
        assignments.filter((set) => /\b(?:concat_ws|to_char|format)\(/.test(set ?? '')),
        [],
      )
    })

    test('no join compares with null, which would be folded away with the location', () => {
      const joined =
        /\bon (.*?)(?=\b(?:join|where|left|cross|group|order|limit|union|returning)\b|$)/g
      const wrong = sent.filter(({ statement: { text, values } }) =>
        [...singleLine(text).matchAll(joined)].some(([, condition = '']) =>
          [...condition.matchAll(/ = \$(\d+)/g)].some(
            ([, place]) => (values[Number(place) - 1] ?? null) === null,
          ),
        ),
      )
      assert.deepEqual(
        wrong.map(({ statement }) => singleLine(statement.text)),
        [],
      )
    })
  })

  test('have the columns that clients are shown', () => {
    const { traceId, ...removed } = FollowersRemovedAnswer.properties
    assertShape(
      opportunityOf(rows.opportunity as OpportunityRow),
      OpportunityAnswer.properties.opportunity,
    )
    assertShape(
      opportunityOf(rows.changed as OpportunityRow),
      OpportunityAnswer.properties.opportunity,
    )
    assertShape(
      opportunityOf(rows.upserted as OpportunityRow),
      OpportunityAnswer.properties.opportunity,
    )
    assertShape(
      opportunityOf(rows.created as OpportunityRow),
      OpportunityAnswer.properties.opportunity,
    )
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
