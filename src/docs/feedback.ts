import { Type } from 'typebox'
import type { AppContext } from '../context.ts'
import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { ApiError, tooManyRequests, unprocessable } from '../http/errors.ts'
import { databaseCounts } from '../http/rate-limit/counts.ts'
import { networkOf } from '../http/rate-limit/network.ts'
import { retryAfter } from '../http/rate-limit/rate-limit.ts'
import type { Server } from '../http/server.ts'
import { Strict } from '../http/shapes.ts'
import { newId } from '../ids.ts'

/** Bounds of readers' feedback. */
export const feedbackLimits = {
  /** A line about a page of the reference, and how many of them one address leaves in an hour. */
  charsMax: 500,
  perAddressMax: 30,
  windowSeconds: 3_600,
  listedMax: 1_000,
} as const

/** The feedback of a reader on the page of an operation. */
export type Feedback = { operationId: string; stars: number; text: string; createdAt: string }

const FeedbackBody = Strict({
  operationId: Type.String(),
  stars: Type.Integer({ minimum: 1, maximum: 5 }),
  text: Type.Optional(Type.String()),
})

/**
 * `POST /docs/feedback`. Only JSON is read, which a page of another site cannot send without CORS,
 * and `Sec-Fetch-Site` of browsers is checked too.
 */
export function takeFeedback(
  app: Server,
  { db, now }: AppContext,
  isOperation: (operationId: string) => Promise<boolean>,
): void {
  const counts = databaseCounts(db)
  app.addHook('onClose', counts.close)
  const countAddress = counts.counter('feedback', feedbackLimits.windowSeconds)
  const options = { config: { public: true }, schema: { hide: true, body: FeedbackBody } } as const
  app.post('/docs/feedback', options, async (request, reply) => {
    const site = request.headers['sec-fetch-site'] ?? 'same-origin'
    if (site !== 'same-origin') throw new ApiError({ statusCode: 403, message: 'Forbidden' })
    const { operationId, stars, text = '' } = request.body
    if (text.length > feedbackLimits.charsMax) throw tooLong()
    if (!(await isOperation(operationId))) throw unprocessable(['operationId must be known'])
    const { total, endsInMs } = await countAddress(networkOf(request.ip), 1)
    if (total > feedbackLimits.perAddressMax) {
      retryAfter(reply, { endsInMs })
      throw tooManyRequests()
    }
    await insertFeedback(db, { operationId, stars, text }, now())
    return reply.code(201).send({ received: true })
  })
}

const tooLong = () =>
  unprocessable([`text must be shorter than or equal to ${feedbackLimits.charsMax} characters`])

function insertFeedback(
  db: AppContext['db'],
  { operationId, stars, text }: Omit<Feedback, 'createdAt'>,
  now: Date,
): Promise<unknown> {
  return db.query(sql`
    insert into feedback (id, operation_id, stars, text, created_at)
    values (${newId()}, ${operationId}, ${stars}, ${text}, ${now})`)
}

/** The latest first. */
export function listFeedback(db: Database): Promise<Feedback[]> {
  return db.query<Feedback>(sql`
    select operation_id as "operationId", stars, text, created_at as "createdAt"
    from feedback order by id desc limit ${feedbackLimits.listedMax}`)
}
