import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { opportunityEvents } from '../../src/api/opportunities/events.ts'
import { followedOpportunities } from '../../src/api/opportunities/followers.ts'
import {
  insertOpportunity,
  type NewOpportunity,
  removeOpportunity,
  rewriteOpportunity,
} from '../../src/api/opportunities/store/writes.ts'
import { type Database, engines } from '../../src/db/database.ts'
import { sql } from '../../src/db/sql.ts'
import { databaseError } from '../../src/db/sqlstate.ts'
import { demo } from '../../src/demo/ids.ts'
import { type ChangeWithEvents, commitChange } from '../../src/events/outbox.ts'
import { addFollowers, removeFollowers } from '../../src/resource/followers.ts'
import { openTestDatabase } from '../test-database.ts'

const { locationId, opportunityId } = demo
const now = new Date('2026-03-01T12:00:00.120Z')
const target = (id: string) => ({ locationId, id, now })

const { onCreate: creates } = opportunityEvents(true)

const opportunity: NewOpportunity = {
  id: 'createdInBothForms00',
  name: 'Both "forms" ☘',
  pipelineId: demo.pipelineId,
  stageId: demo.stageIds[0],
  contactId: demo.contactId,
  status: 'open',
  lostReasonId: null,
  monetaryValue: 1299.99,
  assigneeId: demo.userIds[0],
  followers: [],
  source: null,
  customFields: [{ id: 'f', fieldValue: { a: [1, null] } }],
  expectedCloseDate: '2026-05-20',
  probability: null,
  internalSource: { type: 'integration' },
  allowsDuplicate: false,
}

const renaming: ChangeWithEvents = {
  locationId,
  now,
  version: sql`changed.index_version`,
  change: sql`
    update opportunities set name = 'Renamed'
    where location_id = ${locationId} and id = ${opportunityId} returning *`,
  events: [{ type: 'Renamed', payload: sql`jsonb_build_object('name', changed.name)` }],
  answer: sql`select changed.name from changed`,
}

/** What a change said and left behind. */
type Outcome = { answer: unknown; events: unknown[]; row: unknown }

describe('commitChange', { timeout: 60_000 }, () => {
  let plain: Database

  before(async () => {
    plain = (await openTestDatabase()).db
  })

  after(() => plain.close())

  /** The database as an engine that wants, or does not want, everything in one statement. */
  const forms = (): Database[] =>
    [engines.postgres, engines.citus].map((engine) => ({ ...plain, engine }))

  async function follow(...followers: string[]): Promise<void> {
    await plain.query(sql`
      update opportunities set followers = ${followers}::text[], index_version = 1,
        updated_at = created_at
      where location_id = ${locationId} and id = ${opportunityId}`)
  }

  /** Runs a change in both forms, each on the same ground, and compares what became of it. */
  async function inBothForms(
    change: (db: Database) => Promise<unknown>,
    id: string,
    prepare: () => Promise<unknown>,
  ): Promise<Outcome> {
    const outcomes: Outcome[] = []
    for (const db of forms()) {
      await prepare()
      await plain.query(sql`delete from outbox where location_id = ${locationId}`)
      const answer = await change(db)
      const events = await plain.query(sql`
        select location_id, type, version, payload, created_at from outbox
        where location_id = ${locationId} order by id`)
      const [row] = await plain.query(sql`
        select * from opportunities where location_id = ${locationId} and id = ${id}`)
      outcomes.push({ answer, events, row })
    }
    const [one, two] = outcomes
    assert.ok(one && two)
    assert.deepEqual(two, one)
    return one
  }

  test('adds followers with the same answer, row and events in both forms', async () => {
    const [, second, third] = demo.followers
    const { answer, events } = await inBothForms(
      (db) => addFollowers(db, followedOpportunities, target(opportunityId), [third, second]),
      opportunityId,
      () => follow(second),
    )
    assert.deepEqual(answer, {
      followers: [second, third],
      followersAdded: [third],
      strangers: [],
      count: 2,
    })
    assert.equal(events.length, 2)
  })

  test('removes followers with the same answer, row and events in both forms', async () => {
    for (const leaving of [demo.followers.slice(1, 3), 'all'] as const) {
      const { events } = await inBothForms(
        (db) => removeFollowers(db, followedOpportunities, target(opportunityId), leaving),
        opportunityId,
        () => follow(...demo.followers),
      )
      assert.equal(events.length, 2)
    }
  })

  test('creates with the same answer, row and events in both forms, times to the digit', async () => {
    const { answer, events } = await inBothForms(
      (db) => insertOpportunity(db, locationId, opportunity, now, creates),
      opportunity.id,
      () =>
        plain.query(sql`
          delete from opportunities where location_id = ${locationId} and id = ${opportunity.id}`),
    )
    assert.equal((answer as { createdAt: string }).createdAt, '2026-03-01T12:00:00.120Z')
    assert.equal(events.length, 2)
  })

  test('appends nothing when no row was changed, in both forms', async () => {
    for (const id of [opportunityId, 'nobody-knows-me', demo.otherLocation.opportunityId]) {
      for (const leaving of [['nobody-knows-me'], [], 'all'] as const) {
        const { answer, events } = await inBothForms(
          (db) => removeFollowers(db, followedOpportunities, target(id), leaving),
          id,
          () => follow(),
        )
        const nobody = { followers: [], followersRemoved: [] }
        assert.deepEqual(answer, id === opportunityId ? nobody : undefined)
        assert.deepEqual(events, [])
      }
    }
  })

  test('changes nothing when an event cannot be appended, or the answer fails', async () => {
    const impossible = sql`1 / ${0}::int`
    const nameless = { type: null as never, payload: sql`'{}'::jsonb` }
    const breaking: [state: string, ChangeWithEvents][] = [
      ['23502', { ...renaming, events: [...renaming.events, nameless] }],
      [
        '22012',
        { ...renaming, events: [{ type: 'Broken', payload: sql`to_jsonb(${impossible})` }] },
      ],
      ['22012', { ...renaming, answer: sql`select ${impossible} as name from changed` }],
    ]
    const look = () =>
      plain.query(sql`
        select o.name, array(select e.id from outbox e where e.location_id = ${locationId}) as events
        from opportunities o where o.location_id = ${locationId} and o.id = ${opportunityId}`)
    const before = await look()
    for (const db of forms()) {
      for (const [state, change] of breaking) {
        const isState = (error: unknown) => databaseError(error)?.code === state
        await assert.rejects(commitChange(db, change), isState)
        assert.deepEqual(await look(), before)
      }
    }
  })

  test('appends an event only when its condition holds, in both forms', async () => {
    const impossible = sql`jsonb_build_object('x', 1 / (changed.index_version - 1))`
    const named = (type: string) => ({ type, payload: sql`jsonb_build_object('n', changed.name)` })
    const events = [
      { ...named('Told'), when: sql`changed.name = 'Renamed'` },
      { ...named('NotTold'), when: sql`changed.name <> 'Renamed'` },
      { ...named('Unknown'), when: sql`changed.assigned_to = 'somebody'` },
      { type: 'CannotBeMade', payload: impossible, when: sql`changed.index_version > 1` },
      named('Always'),
    ]
    const { events: told } = await inBothForms(
      (db) => commitChange(db, { ...renaming, events }),
      opportunityId,
      () => follow(),
    )
    assert.deepEqual(
      told.map((event) => (event as { type: string }).type),
      ['Told', 'Always'],
    )
  })

  test('changes and deletes with the same answer, row and events in both forms', async () => {
    const { onChange: changes, onDelete: deletes } = opportunityEvents(true)
    const change = {
      pipelineId: 'aWdODOBVOlH1RUFKWQke',
      status: 'lost',
      lostReasonId: demo.lostReasonIds.price,
      monetaryValue: 12.34,
      customFields: [{ id: 'f', fieldValue: 1 }],
      followers: { removesAll: true, action: 'add', userIds: [demo.userIds[4]] },
    } as const
    const id = 'createdInBothForms01'
    const forget = () =>
      plain.query(sql`
        delete from opportunities
        where location_id = ${locationId} and contact_id = ${opportunity.contactId}`)
    const make = async () => {
      await forget()
      await insertOpportunity(plain, locationId, { ...opportunity, id }, now, creates)
    }
    const { events } = await inBothForms(
      (db) => rewriteOpportunity(db, locationId, id, change, now, changes),
      id,
      make,
    )
    assert.equal(events.length, 5)
    const removed = await inBothForms(
      (db) => removeOpportunity(db, locationId, id, now, deletes),
      id,
      make,
    )
    assert.equal(removed.answer, true)
    assert.equal(removed.row, undefined)
    assert.equal(removed.events.length, 2)
  })

  test('appends the events of a change, whatever its answer has to say', async () => {
    const answers = [
      [sql`select changed.name from changed`, ['Renamed']],
      [sql`select changed.name from changed where changed.name = 'Other'`, []],
      [sql`select n::text as name from changed, generate_series(1, 3) n`, ['1', '2', '3']],
    ] as const
    for (const [saying, said] of answers) {
      const { answer, events } = await inBothForms(
        (db) => commitChange(db, { ...renaming, answer: saying }),
        opportunityId,
        () => follow(),
      )
      assert.deepEqual(
        answer,
        said.map((name) => ({ name })),
      )
      assert.equal(events.length, 1)
    }
  })
})
