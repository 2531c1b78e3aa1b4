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
      const by = writerOf(request, context)
      if (request.keyed) await lockInOrder(by, operations)
      const results = await runAll(request, by, operations)
      const succeded = results.every(({ status }) => status < 400)
      return { succeded, success: succeded, results }
    },
  )
}

type Outcome = { status: number; body: object }
type Run = (by: Writer, item: BulkOperation) => Promise<Outcome>

/** What each action takes and does, as the operation of that name has it. */
const actions: Readonly<Record<BulkOperation['action'], Run>> = {
  create: withoutId(CreateBody, 201, async (by, body) => ({ opportunity: await create(by, body) })),
  upsert: withoutId(UpsertBody, 200, upsert),
  update: withId(UpdateBody, 200, ({ context, locationId }, body, id) =>
    update(context, locationId, id, body),
  ),
  delete: withId(Strict({}), 200, ({ context, locationId }, _body, id) =>
    remove(context, locationId, id),
  ),
  addFollowers: withId(FollowersBody, 201, ({ context, locationId }, { followers }, id) =>
    follow(context, followedOpportunities, locationId, id, followers),
  ),
  removeFollowers: withId(
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
function withId<S extends TSchema>(
  schema: S,
  status: number,
  run: (by: Writer, body: Static<S>, id: string) => Promise<object>,
): Run {
  const check = bodyCheck(schema)
  return async (by, { id, body = {} }) => {
    if (!id) throw unprocessable(['id should not be empty'])
    return { status, body: await run(by, check(body), id) }
  }
}

/** An action whose body says where; the location may be left out of it. */
function withoutId<S extends TSchema>(
  schema: S,
  status: number,
  run: (by: Writer, body: Static<S>) => Promise<object>,
): Run {
  const check = bodyCheck(schema)
  return async (by, { id, body = {} }) => {
    if (id) throw unprocessable(['property id should not exist'])
    const whole: Record<string, unknown> = { locationId: by.locationId, ...body }
    if (whole.locationId && whole.locationId !== by.locationId) throw otherLocation()
    return { status, body: await run(by, check(whole)) }
  }
}

type Result = Outcome & { index: number }
type Item = { index: number; operation: BulkOperation }

/** DEVIATION: the rest of a bulk whose answer has become too long. */
const tooLong = () => frameworkError(413, 'The answer is full: send this operation again')

/**
 * Runs some operations at once, each in a commit of its own; those that name the same opportunity,
 * or the same contact, one after the other. Once the server fails, nothing further is tried.
 */
async function runAll(
  request: FastifyRequest,
  by: Writer,
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
      if (answerChars > opportunityLimits.bulkAnswerCharsMax) throw tooLong()
      return await actions[operation.action](by, operation)
    } catch (error) {
      const { statusCode, body } = toApiError(error as Error, request)
      const outcome = { status: statusCode, body }
      if (statusCode >= 500) failure = { error, outcome }
      return outcome
    }
  }

  const items = operations.map((operation, index) => ({ index, operation }))
  const groups = Map.groupBy(items, ({ operation }) => nameOf(operation)).values()
  const worker = async () => {
    for (const group of groups) for (const item of group) await run(item)
  }
  await Promise.all(Array.from({ length: opportunityLimits.bulkAtOnce }, worker))
  // With a key all of it is taken back, and can be sent again.
  if (failure && request.keyed) throw failure.error
  return results
}

/**
 * Takes all contacts and opportunities that are named or may be meant, in one order for all bulks:
 * with a key each is one transaction, and two that took them in their own orders would wait for one
 * another.
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

/** What an operation is about: an opportunity, or else a contact. */
function nameOf({ id, body = {} }: BulkOperation): string {
  return String(id ?? body.id ?? body.contactId)
}
