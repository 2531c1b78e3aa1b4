import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { assertCounted } from './changing.ts'

const { locationId, pipelineId: sales, stageIds, userIds } = demo
const renewals = 'aWdODOBVOlH1RUFKWQke'
const statuses = ['open', 'won', 'lost', 'abandoned'] as const

/** What the model knows of an opportunity. */
type Known = {
  contactId: string
  pipelineId: string
  stageId: string
  status: string
  monetaryValue: number
  followers: string[]
}

/** One step: which operation, on which opportunity and contact, with which values. */
type Step = {
  action: 'create' | 'update' | 'status' | 'upsert' | 'follow' | 'unfollow' | 'delete'
  at: number
  contact: number
  pipeline: number
  stage: number
  status: number
  value: number
  user: number
}

const steps = fc.array(
  fc.record<Step>({
    action: fc.constantFrom('create', 'update', 'status', 'upsert', 'follow', 'unfollow', 'delete'),
    at: fc.nat(5),
    contact: fc.nat(2),
    pipeline: fc.nat(1),
    stage: fc.nat(3),
    status: fc.nat(3),
    value: fc.nat(100_000).map((cents) => cents / 100),
    user: fc.nat(6),
  }),
  { minLength: 1, maxLength: 20 },
)

describe('any sequence of create-opportunity, update-opportunity, update-opportunity-status, Upsert-opportunity, delete-opportunity and followers', () => {
  const server = testServer()

  test('leaves what a small model of the resource says, and answers as it would', async () => {
    const contactIds = await contactsWithout()
    const stagesOf = new Map([
      [sales, stageIds as readonly string[]],
      [renewals, await stagesOfPipeline(renewals)],
    ])
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const model = new Map<string, Known>()
        try {
          for (const step of sequence) await take(step, model, contactIds, stagesOf)
          await assertKept(model, contactIds)
          await assertCounted(server)
        } finally {
          // Also after a failure: what follows it is a shorter sequence, on the same ground.
          for (const id of model.keys()) {
            assert.equal((await server.ask('DELETE', `/opportunities/${id}`)).status, 200)
          }
        }
      }),
      { numRuns: 25 },
    )
  })

  /** Contacts of the location that have no opportunity yet. */
  async function contactsWithout(): Promise<string[]> {
    const ids = ['model1', 'model2', 'model3']
    for (const id of ids) {
      await server.db.query(sql`
        insert into contacts (location_id, id, first_name, created_at, updated_at)
        values (${locationId}, ${id}, ${id}, ${server.now}, ${server.now})`)
    }
    return ids
  }

  async function stagesOfPipeline(pipelineId: string): Promise<string[]> {
    const rows = await server.db.query<{ id: string }>(sql`
      select id from pipeline_stages
      where location_id = ${locationId} and pipeline_id = ${pipelineId} order by position`)
    return rows.map(({ id }) => id)
  }

  /** Sends a step, asserts its answer, and notes in the model what it did. */
  async function take(
    step: Step,
    model: Map<string, Known>,
    contactIds: readonly string[],
    stagesOf: ReadonlyMap<string, readonly string[]>,
  ): Promise<void> {
    const pipelineId = [sales, renewals][step.pipeline] ?? sales
    const stages = stagesOf.get(pipelineId) ?? []
    const pipelineStageId = stages[step.stage % stages.length] ?? ''
    const contactId = contactIds[step.contact] ?? ''
    const status = statuses[step.status] ?? 'open'
    const monetaryValue = step.value
    const wanted = { pipelineId, pipelineStageId, status, monetaryValue }
    const now = { pipelineId, stageId: pipelineStageId, status, monetaryValue }
    const inPlace = (contact: string) =>
      [...model].find(([, it]) => it.contactId === contact && it.pipelineId === pipelineId)
    const [id, known] = [...model][step.at] ?? ['nobody-knows-me', undefined]
    const path = `/opportunities/${id}`
    switch (step.action) {
      case 'create':
      case 'upsert':
        return make(step.action, { contactId, ...wanted }, inPlace(contactId), model)
      case 'update': {
        const { status: code, body } = await server.ask('PUT', path, { body: wanted })
        if (!known) return assert.equal(code, 404)
        const other = inPlace(known.contactId)
        if (other && other[0] !== id) {
          assert.equal(code, 400)
          return assert.deepEqual(body.meta, { existingId: other[0] })
        }
        assert.equal(code, 200)
        model.set(id, { ...known, ...now })
        return
      }
      case 'status': {
        const { status: code } = await server.ask('PUT', `${path}/status`, { body: { status } })
        assert.equal(code, known ? 200 : 404)
        if (known) model.set(id, { ...known, status })
        return
      }
      case 'follow':
      case 'unfollow': {
        const user = userIds[step.user] ?? ''
        const method = step.action === 'follow' ? 'POST' : 'DELETE'
        const body = { followers: [user] }
        const answer = await server.ask(method, `${path}/followers`, { body })
        if (!known) return assert.equal(answer.status, 404)
        const others = known.followers.filter((follower) => follower !== user)
        const stays = step.action === 'follow' && known.followers.includes(user)
        const followers = stays ? known.followers : others
        if (step.action === 'follow' && !stays) followers.push(user)
        assert.deepEqual(answer.body.followers, followers)
        model.set(id, { ...known, followers })
        return
      }
      case 'delete': {
        assert.equal((await server.ask('DELETE', path)).status, known ? 200 : 404)
        model.delete(id)
      }
    }
  }

  /** Creates or upserts an opportunity; `there` is the one that the contact has in the pipeline. */
  async function make(
    action: 'create' | 'upsert',
    wanted: Record<'contactId' | 'pipelineId' | 'pipelineStageId' | 'status', string> & {
      monetaryValue: number
    },
    there: [string, Known] | undefined,
    model: Map<string, Known>,
  ): Promise<void> {
    const isUpsert = action === 'upsert'
    const body = { locationId, name: 'Model', ...wanted }
    const at = isUpsert ? '/opportunities/upsert' : '/opportunities/'
    const answer = await server.ask('POST', at, { body })
    if (there && !isUpsert) {
      assert.equal(answer.status, 400)
      return assert.deepEqual(answer.body.meta, { existingId: there[0] })
    }
    assert.equal(answer.status, isUpsert ? 200 : 201, answer.text)
    if (isUpsert) assert.equal(answer.body.new, !there)
    const { id } = answer.body.opportunity as { id: string }
    if (there) assert.equal(id, there[0])
    const { pipelineStageId: stageId, ...rest } = wanted
    model.set(id, { ...rest, stageId, followers: there?.[1].followers ?? [] })
  }

  /** Reading one by one, and searching for all of them, show what the model has. */
  async function assertKept(model: ReadonlyMap<string, Known>, contactIds: readonly string[]) {
    for (const [id, known] of model) {
      const { body } = await server.ask('GET', `/opportunities/${id}`)
      const row = body.opportunity as Record<string, unknown>
      const { contactId, pipelineId, pipelineStageId: stageId, status, followers } = row
      const monetaryValue = row.monetaryValue
      assert.deepEqual({ contactId, pipelineId, stageId, status, monetaryValue, followers }, known)
    }
    const filters = [{ field: 'contact_id', operator: 'eq', value: contactIds }]
    const found = await server.ask('POST', '/opportunities/search', {
      body: { locationId, limit: 100, filters },
    })
    assert.equal(found.body.total, model.size)
    const rows = found.body.opportunities as { id: string }[]
    assert.deepEqual(rows.map(({ id }) => id).sort(), [...model.keys()].sort())
  }
})
