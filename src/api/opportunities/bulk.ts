import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import { sql } from '../../db/sql.ts'
import { frameworkError, toApiError, unprocessable } from '../../http/errors.ts'
import { bodyCheck } from '../../http/schema/compile.ts'
import type { Server } from '../../http/server.ts'
import { Strict } from '../../http/shapes.ts'
import { FollowersBody, follow, unfollow } from '../../resource/followers.ts'
import { ownOperation } from '../../resource/operation.ts'
import { create, type Writer, writerOf } from './create.ts'
import { followedOpportunities } from './followers.ts'
import { opportunityLimits } from './limits.ts'
import { remove } from './opportunity.ts'
import {
  BulkAnswer,
  BulkBody,
  type BulkOperation,
  CreateBody,
  RemoveFollowersBody,
  RemoveFollowersQuery,
  UpdateBody,
  UpsertBody,
} from './shapes.ts'
import { update } from './update.ts'
import { upsert } from './upsert.ts'

/** DEVIATION: `POST /opportunities/bulk` is an operation of our own. */
export function bulkOpportunities(app: Server, context: AppContext): void {
  ownOperation(
    app,
    'POST /opportunities/bulk',
    {
      operationId: 'bulk-opportunities',
      summary: 'Bulk Opportunities',
      description:
        'Creates, updates, upserts and deletes opportunities, and adds and removes followers: ' +
        'each item as its own operation would, with a result of its own',
      tags: ['Opportunities'],
      scope: 'opportunities.write',
      body: BulkBody,
      answer: BulkAnswer,
    },
    async ({ body: { operations }, request }) => {
      const writer = writerOf(request, context)
      if (request.keyed) await lockInOrder(writer, operations)
      const results = await runAll(request, writer, operations)
      const succeded = results.every(({ status }) => status < 400)
      return { succeded, success: succeded, results }
    },
  )
}

type Outcome = { status: number; body: object }
type Run = (writer: Writer, item: BulkOperation) => Promise<Outcome>

/** What each action takes and does, as the operation of that name has it. */
const actions: Readonly<Record<BulkOperation['action'], Run>> = {
  create: actionWithoutId(CreateBody, 201, async (writer, body) => ({
    opportunity: await create(writer, body),
  })),
  upsert: actionWithoutId(UpsertBody, 200, upsert),
  update: actionWithId(UpdateBody, 200, (writer, body, id) => update(writer, id, body)),
  delete: actionWithId(Strict({}), 200, ({ context, locationId }, _body, id) =>
    remove(context, locationId, id),
  ),
  addFollowers: actionWithId(FollowersBody, 201, ({ context, locationId }, { followers }, id) =>
    follow(context, followedOpportunities, locationId, id, followers),
  ),
  removeFollowers: actionWithId(
    Strict({ ...RemoveFollowersQuery.properties, ...RemoveFollowersBody.properties }),
    200,
    ({ context, locationId }, { isRemoveAllFollowers, followers }, id) =>
      unfollow(
        context,
        followedOpportunities,
        locationId,
        id,
        isRemoveAllFollowers ? 'all' : followers,
      ),
  ),
}

/** An action on the opportunity that `id` names. */
function actionWithId<S extends TSchema>(
  schema: S,
  status: number,
  run: (writer: Writer, body: Static<S>, id: string) => Promise<object>,
): Run {
  const check = bodyCheck(schema)
  return async (writer, { id, body = {} }) => {
    if (!id) throw unprocessable(['id should not be empty'])
    return { status, body: await run(writer, check(body, writer.context.strict ?? false), id) }
  }
}

/** An action whose body names the location, or leaves it out. */
function actionWithoutId<S extends TSchema>(
  schema: S,
  status: number,
  run: (writer: Writer, body: Static<S>) => Promise<object>,
): Run {
  const check = bodyCheck(schema)
  return async (writer, { id, body = {} }) => {
    if (id) throw unprocessable(['property id should not exist'])
    const completeBody: Record<string, unknown> = { locationId: writer.locationId, ...body }
    if (completeBody.locationId && completeBody.locationId !== writer.locationId)
      throw otherLocation()
    return { status, body: await run(writer, check(completeBody, writer.context.strict ?? false)) }
  }
}

type Result = Outcome & { index: number }
type Item = { index: number; operation: BulkOperation }

/** DEVIATION: the rest of a bulk whose answer has become too long. */
const answerTooLong = () => frameworkError(413, 'The answer is full: send this operation again')

/**
 * Runs operations concurrently, each in a commit of its own; operations on the same opportunity or
 * the same contact run one after the other. After a failure of the server the rest is not tried.
 */
async function runAll(
  request: FastifyRequest,
  writer: Writer,
  operations: readonly BulkOperation[],
): Promise<Result[]> {
  const results: Result[] = []
  let answerChars = 0
  let failure: { error: unknown; outcome: Outcome } | undefined

  async function run({ index, operation }: Item): Promise<void> {
    const outcome = failure?.outcome ?? (await attempt(operation))
    answerChars += JSON.stringify(outcome.body).length
    results[index] = { index, ...outcome }
  }

  async function attempt(operation: BulkOperation): Promise<Outcome> {
    try {
      if (answerChars > opportunityLimits.bulkAnswerCharsMax) throw answerTooLong()
      return await actions[operation.action](writer, operation)
    } catch (error) {
      const { statusCode, body } = toApiError(error as Error, request)
      const outcome = { status: statusCode, body }
      if (statusCode >= 500) failure = { error, outcome }
      return outcome
    }
  }

  const items = operations.map((operation, index) => ({ index, operation }))
  const groups = Map.groupBy(items, ({ operation }) => subjectOf(operation)).values()
  const worker = async () => {
    for (const group of groups) {
      for (const item of group) {
        await run(item)
        // Five hundred refusals ask the database nothing: other requests would wait for all of them.
        await nextTurn()
      }
    }
  }
  await Promise.all(Array.from({ length: opportunityLimits.bulkConcurrency }, worker))
  // With an idempotency key the whole bulk is rolled back, so that it can be sent again.
  if (failure && request.keyed) throw failure.error
  return results
}

/**
 * Locks every contact and opportunity that the operations may touch, in one order for all bulks:
 * with an idempotency key a bulk is one transaction, and two that locked in their own orders would
 * deadlock.
 */
async function lockInOrder({ context, locationId }: Writer, operations: readonly BulkOperation[]) {
  const ids = operations.flatMap(({ id, body = {} }) => id ?? body.id ?? []).map(String)
  const contactIds = operations.flatMap(({ body = {} }) => body.contactId ?? []).map(String)
  await context.db.query(sql`
    select c.id from contacts c
    where c.location_id = ${locationId} and c.id = any(${contactIds}::text[])
    order by c.id for no key update`)
  await context.db.query(sql`
    select o.id from opportunities o
    where o.location_id = ${locationId}
      and (o.id = any(${ids}::text[]) or o.contact_id = any(${contactIds}::text[]))
    order by o.id for update`)
}

/** The id of the opportunity that an operation is about, or else of the contact. */
function subjectOf({ id, body = {} }: BulkOperation): string {
  return String(id ?? body.id ?? body.contactId)
}
