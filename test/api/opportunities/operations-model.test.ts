import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { type Answer, testServer } from '../test-server.ts'
import { assertIndexed, newEventTypes } from './changing.ts'
import {
  eventsOfChange,
  findModelRow,
  type ModelInput,
  type ModelRow,
  modelChange,
  modelCreate,
  type Outcome,
  type World,
} from './resource-model.ts'

const { locationId, pipelineId: sales, stageIds, userIds, lostReasonIds } = demo
const renewals = 'aWdODOBVOlH1RUFKWQke'
const contactIds = ['model1', 'model2', 'model3'] as const

type ModelStep = {
  action: 'create' | 'update' | 'status' | 'upsert' | 'follow' | 'unfollow' | 'delete'
  /** Which of the opportunities that there are, counted round; 0: one that there is not. */
  at: number
  contactId: string
  said: ModelInput
}

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })
const user = fc.constantFrom(...userIds.slice(0, 4), 'nobody')

const inputs: fc.Arbitrary<ModelInput> = fc.record({
  name: maybe(fc.constantFrom('Kitchen', 'Bathroom', 'Größe')),
  pipelineId: fc.constantFrom(sales, sales, renewals),
  pipelineStageId: maybe(fc.constantFrom(...stageIds.slice(0, 3), 'renewals-1', 'nope', '')),
  status: maybe(fc.constantFrom('open', 'won', 'lost', 'lost', 'abandoned')),
  lostReasonId: maybe(fc.constantFrom(...Object.values(lostReasonIds), 'nope', '')),
  monetaryValue: maybe(fc.nat(100_000).map((cents) => cents / 100)),
  assignedTo: maybe(fc.constantFrom(...userIds.slice(0, 3), 'nobody', '')),
  source: maybe(fc.constantFrom('form', 'public api')),
  customFields: maybe(
    fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), value: fc.nat(2) }), { maxLength: 3 }),
  ),
  forecastExpectedCloseDate: maybe(fc.constantFrom('2026-04-01', '2026-04-30', '2027-01-01', '')),
  forecastProbability: maybe(fc.nat(100)),
  followers: maybe(fc.array(user, { maxLength: 3 })),
  isRemoveAllFollowers: maybe(fc.boolean()),
  followersActionType: maybe(fc.constantFrom('add' as const, 'remove' as const)),
})

const steps = fc.array(
  fc.record<ModelStep>({
    action: fc.constantFrom(
      'create',
      'upsert',
      'update',
      'update',
      'status',
      'follow',
      'unfollow',
      'delete',
    ),
    at: fc.nat(11),
    contactId: fc.constantFrom(...contactIds),
    said: inputs,
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
)

/** What every sequence begins with, so that there is something to change. */
const first: readonly ModelStep[] = [sales, renewals].map((pipelineId, i) => ({
  action: 'create',
  at: 0,
  contactId: contactIds[i] ?? '',
  said: { pipelineId },
}))

/** What of the row an operation's body takes. */
function bodyOf({ action, said, contactId }: ModelStep): Record<string, unknown> {
  const { followers, isRemoveAllFollowers, followersActionType, ...row } = said
  const { customFields, ...upserted } = row
  const { lostReasonId, ...rest } = row
  switch (action) {
    case 'create':
      return { name: 'New', status: 'open', ...withoutNulls(rest), contactId, locationId }
    case 'upsert':
      return {
        ...upserted,
        ...{ followers, isRemoveAllFollowers, followersActionType },
        ...{ contactId, locationId },
      }
    case 'status':
      return { status: said.status ?? 'open', lostReasonId }
    case 'update':
      return row
    default:
      return { followers: followers ?? [] }
  }
}

/** Without what is undefined, which would stand in the way of what is there otherwise. */
const withoutNulls = (said: ModelInput): ModelInput =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))

/** What the model makes of a step that the server is sent as `body`. */
function outcomeOf(
  world: World,
  step: ModelStep,
  body: ModelInput,
  known: ModelRow | undefined,
): Outcome {
  const { action, contactId } = step
  if (action === 'create') return modelCreate(world, contactId, body, false)
  if (action === 'upsert') {
    const there = findModelRow(world, contactId, body.pipelineId ?? '')
    return there ? modelChange(world, there, body) : modelCreate(world, contactId, body, true)
  }
  if (!known) return { refused: 404 }
  if (action === 'delete') return { known, events: ['OpportunityDelete', 'OpportunityUpdate'] }
  if (action !== 'follow' && action !== 'unfollow') return modelChange(world, known, body)
  const followersActionType = action === 'follow' ? 'add' : 'remove'
  const outcome = modelChange(world, known, { followers: body.followers, followersActionType })
  return 'refused' in outcome ? outcome : eventsOfChange(known, outcome.known)
}

describe('any sequence of create-opportunity, update-opportunity, update-opportunity-status, Upsert-opportunity, delete-opportunity and followers', () => {
  const server = testServer()

  test('leaves what a small model of the resource says, answers and tells as it would', async () => {
    const world: World = {
      all: new Map(),
      stagesOf: new Map<string, readonly string[]>([
        [sales, stageIds],
        [renewals, await renewalStages()],
      ]),
      contactNames: new Map(contactIds.map((id) => [id, `Contact ${id}`])),
    }
    await insertContacts(world)
    const seen = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        try {
          for (const step of [...first, ...sequence]) {
            const found = await take(world, step)
            seen.set(found, (seen.get(found) ?? 0) + 1)
          }
          await assertKept(world)
          await assertIndexed(server)
        } finally {
          // Also after a failure: what follows it is a shorter sequence, on the same ground.
          for (const id of world.all.keys()) await server.ask('DELETE', `/opportunities/${id}`)
          world.all.clear()
          await server.newEvents()
        }
      }),
      { numRuns: 30 },
    )
    // Each operation came to pass, and was refused in each of its ways.
    const ways = {
      create: [201, 400, 422],
      upsert: [200, 400, 422],
      update: [200, 400, 404, 422],
      status: [200, 404, 422],
      follow: [201, 404, 422],
      unfollow: [200, 404],
      delete: [200, 404],
    }
    for (const [action, statuses] of Object.entries(ways)) {
      for (const status of statuses)
        assert.ok(seen.has(`${action} ${status}`), `${action} ${status}`)
    }
  })

  /** One more of the stages has an id that the steps know. */
  async function renewalStages(): Promise<string[]> {
    await server.db.query(sql`
      insert into pipeline_stages (location_id, id, pipeline_id, name, position,
        stage_win_probability)
      values (${locationId}, 'renewals-1', ${renewals}, 'One more', 99, 100)`)
    const rows = await server.db.query<{ id: string }>(sql`
      select id from pipeline_stages
      where location_id = ${locationId} and pipeline_id = ${renewals} order by position`)
    return rows.map(({ id }) => id)
  }

  async function insertContacts({ contactNames }: World): Promise<void> {
    for (const [id, name] of contactNames) {
      await server.db.query(sql`
        insert into contacts (location_id, id, first_name, created_at, updated_at)
        values (${locationId}, ${id}, ${name}, ${server.now}, ${server.now})`)
    }
    await server.newEvents()
  }

  function send(step: ModelStep, body: object, id: string): Promise<Answer> {
    const path = `/opportunities/${id}`
    switch (step.action) {
      case 'create':
        return server.ask('POST', '/opportunities/', { body })
      case 'upsert':
        return server.ask('POST', '/opportunities/upsert', { body })
      case 'update':
        return server.ask('PUT', path, { body })
      case 'status':
        return server.ask('PUT', `${path}/status`, { body })
      case 'delete':
        return server.ask('DELETE', path)
      default:
        return server.ask(step.action === 'follow' ? 'POST' : 'DELETE', `${path}/followers`, {
          body,
        })
    }
  }

  /** Sends a step, asserts its answer and its events, and notes in the model what it did. */
  async function take(world: World, step: ModelStep): Promise<string> {
    const there = step.at === 0 ? [] : [...world.all]
    const [id, known] = there[step.at % there.length] ?? ['nobody-knows-me', undefined]
    const body = bodyOf(step)
    const outcome = outcomeOf(world, step, body as ModelInput, known)
    const answer = await send(step, body, id)
    const name = `${step.action} ${answer.status}`
    const types = await newEventTypes(server)
    if ('refused' in outcome) {
      assert.equal(answer.status, outcome.refused, answer.text)
      if (outcome.existingId) assert.deepEqual(answer.body.meta, { existingId: outcome.existingId })
      assert.deepEqual(types, [])
      return name
    }
    assert.ok(answer.status < 300, answer.text)
    assert.deepEqual(types, outcome.events)
    note(world, step, outcome.known, answer)
    return name
  }

  function note({ all }: World, { action }: ModelStep, known: ModelRow, { body }: Answer): void {
    if (action === 'delete') {
      all.delete(known.id)
      return
    }
    const { opportunity, followers } = body as { opportunity?: ModelRow; followers?: string[] }
    if (followers) assert.deepEqual(followers, known.followers)
    const id = known.id || String(opportunity?.id)
    const row = { ...known, id }
    if (opportunity) assert.partialDeepStrictEqual(opportunity, row)
    if (action === 'upsert') assert.equal(body.new, known.id === '')
    all.set(id, row)
  }

  /** Reading one by one, and searching for all of them, show what the model has. */
  async function assertKept({ all }: World): Promise<void> {
    for (const [id, known] of all) {
      const { body } = await server.ask('GET', `/opportunities/${id}`)
      const row = body.opportunity as ModelRow
      assert.partialDeepStrictEqual(row, known)
      assert.deepEqual(row.customFields, known.customFields)
      assert.deepEqual(row.followers, known.followers)
    }
    const filters = [{ field: 'contact_id', operator: 'eq', value: [...contactIds] }]
    const found = await server.ask('POST', '/opportunities/search', {
      body: { locationId, limit: 100, filters },
    })
    assert.equal(found.body.total, all.size)
    const rows = found.body.opportunities as { id: string }[]
    assert.deepEqual(rows.map(({ id }) => id).sort(), [...all.keys()].sort())
    for (const name of new Set([...all.values()].map((known) => known.name))) {
      const query = `location_id=${locationId}&limit=100&q=${encodeURIComponent(name)}`
      const { body } = await server.ask('GET', `/opportunities/search?${query}`)
      const named = body.opportunities as { id: string; name: string }[]
      const ours = named.filter((row) => row.name === name && all.has(row.id))
      const wanted = [...all.values()].filter((known) => known.name === name)
      assert.equal(ours.length, wanted.length)
    }
  }
})
