import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest, onSendHookHandler, RouteOptions } from 'fastify'
import { DatabaseUnavailable, type Queryable } from '../db/database.ts'
import type { SharingDatabase } from '../db/shared-transaction.ts'
import { type Sql, sql } from '../db/sql.ts'
import { databaseError, sqlstate } from '../db/sqlstate.ts'
import { limits } from '../limits.ts'
import { ApiError, invalidKey, keyInUse, keyReused, writeErrorOf } from './errors.ts'
import type { Server } from './server.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while the request runs under its `Idempotency-Key`. */
    keyed: KeyedRequest | undefined
  }
  interface FastifyContextConfig {
    /** The answer holds a secret, which must not be stored. */
    answersSecret?: true
  }
}

/** The owner of a key: an app or private integration, on one location or company. */
export type KeyOwner = { locationId: string; sourceId: string }

type Claim = KeyOwner & { key: string; requestHash: string }
type StoredAnswer = { status: number; body: string }
type KeyedRequest = {
  /** Hands over the answer of the request. */
  answer: (answer: StoredAnswer) => void
  /** The end of the request's transaction, which stores the answer or throws. */
  ended: Promise<unknown>
  isAnswered: boolean
}

/** Thrown to roll back a request whose answer is not stored. */
const answerNotKept = Symbol('not kept')

/** Whether a route takes an `Idempotency-Key`: it knows its caller, and changes something. */
export function takesKey({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean {
  const isWrite = [method].flat().some((one) => /^(POST|PUT|PATCH|DELETE)$/.test(one))
  if (!isWrite || !config || config.public || config.answersSecret) return false
  return !config.scope?.endsWith('.readonly')
}

/**
 * Answers a retry with the same `Idempotency-Key` as the first request was answered, without running
 * it again. The changes of a request and its answer are one commit, so that a crash leaves neither.
 * DEVIATION: `Idempotency-Key`; upstream ignores it.
 */
export function replayRetries(
  app: Server,
  db: SharingDatabase,
  { now, keys }: { now: () => Date; keys: { fingerprint(text: string): string } },
  ownerOf: (request: FastifyRequest) => KeyOwner,
): void {
  /** The last request of each key in this process: a retry waits for it without a connection. */
  const lastRequests = new Map<string, Promise<unknown>>()

  app.decorateRequest('keyed', undefined)
  app.addHook('onRoute', (route) => {
    if (!takesKey(route)) return
    route.preHandler = [claimAndRun, ...[route.preHandler ?? []].flat()]
    route.onSend = [...[route.onSend ?? []].flat(), answerOnceKept]
  })

  function claimAndRun(
    request: FastifyRequest,
    reply: FastifyReply,
    done: (error?: Error) => void,
  ) {
    const key = request.headers['idempotency-key']
    if (key === undefined) done()
    else if (typeof key !== 'string' || !validKey.test(key)) done(invalidKey())
    else {
      const claim = { ...ownerOf(request), key, requestHash: keys.fingerprint(contentOf(request)) }
      const name = JSON.stringify([claim.locationId, claim.sourceId, key])
      const before = lastRequests.get(name)
      const answered = turnOf(before)
        .then(() => runOnce(claim, request, done))
        .then((stored) => {
          if (stored) replay(reply, stored)
        })
        .catch((error) => {
          // Once the request runs, `answerOnceKept` waits for the transaction and reports its error.
          if (request.keyed === undefined) done(errorOfStart(error, reply))
        })
      // One that gave up waiting must not let the next one begin.
      const ended = Promise.all([before, answered]).finally(() => {
        if (lastRequests.get(name) === ended) lastRequests.delete(name)
      })
      lastRequests.set(name, ended)
    }
  }

  /** Runs the request in the transaction of its key, or returns the stored answer. */
  function runOnce(
    claim: Claim,
    request: FastifyRequest,
    done: () => void,
  ): Promise<StoredAnswer | undefined> {
    const answered = Promise.withResolvers<StoredAnswer>()
    const ended = db.shareTransaction(async (tx) => {
      const stored = await claimKey(tx, claim, now())
      if (stored) return stored
      request.keyed = { answer: answered.resolve, ended, isAnswered: false }
      done()
      const answer = await answered.promise
      if (!isKept(answer.status)) throw answerNotKept
      await keepAnswer(tx, claim, answer)
      return undefined
    })
    return ended
  }
}

/** Visible ASCII; a repeated header is joined with a blank, and so is invalid. */
const validKey = /^[!-~]{1,255}$/

/** Waits for the previous requests with the same key, up to a bound. */
async function turnOf(before: Promise<unknown> | undefined): Promise<void> {
  if (!before) return
  const late = delay(limits.idempotencyWaitMsMax, 'late' as const, { ref: false })
  if ((await Promise.race([before, late])) === 'late') throw keyInUse()
}

/** Sends the answer only once it is stored: what a client sees acknowledged is committed. */
const answerOnceKept: onSendHookHandler<unknown> = (request, reply, payload, done) => {
  const { keyed } = request
  // The error that replaces an answer passes this hook a second time.
  if (!keyed || keyed.isAnswered) return done(null, payload)
  keyed.isAnswered = true
  keyed.answer({ status: reply.statusCode, body: String(payload) })
  keyed.ended.then(
    () => done(null, payload),
    (error) => done(null, error === answerNotKept ? payload : writeErrorOf(error, request, reply)),
  )
}

/**
 * Whether an answer is stored. Refusals of the caller or by the rate limit, and failures of the
 * server, may differ next time; the changes of their requests are rolled back.
 */
function isKept(status: number): boolean {
  return status < 500 && ![401, 403, 429].includes(status)
}

function contentOf({ method, url, body }: FastifyRequest): string {
  return JSON.stringify([method, url, body])
}

/** Claims a key for a request, or returns the stored answer of the request that had it. */
async function claimKey(
  tx: Queryable,
  { locationId, sourceId, key, requestHash }: Claim,
  now: Date,
): Promise<StoredAnswer | undefined> {
  const expiredBefore = new Date(now.getTime() - limits.idempotencyKeptMs)
  // This waits for the commit of a concurrent request with the same key.
  const claimed = await tx.query(sql`
    insert into idempotency_keys as k (location_id, source_id, key, request_hash, created_at)
    values (${locationId}, ${sourceId}, ${key}, ${requestHash}, ${now})
    on conflict (location_id, source_id, key) do update
      set request_hash = excluded.request_hash, created_at = excluded.created_at
      where k.created_at <= ${expiredBefore}
    returning k.key`)
  if (claimed.length > 0) return undefined
  const [stored] = await tx.query<StoredAnswer & { isSame: boolean }>(sql`
    select k.request_hash = ${requestHash} as "isSame", k.status, k.body from idempotency_keys k
    where k.location_id = ${locationId} and k.source_id = ${sourceId} and k.key = ${key}`)
  // The row expired and was removed between the two statements.
  if (!stored) throw keyInUse()
  if (!stored.isSame) throw keyReused()
  return stored
}

async function keepAnswer(
  tx: Queryable,
  { locationId, sourceId, key }: Claim,
  { status, body }: StoredAnswer,
): Promise<void> {
  await tx.query(sql`
    update idempotency_keys k set status = ${status}, body = ${body}
    where k.location_id = ${locationId} and k.source_id = ${sourceId} and k.key = ${key}`)
}

/** Removes one batch of older keys, of all locations: Citus locks no rows of several shards. */
export const expiredKeys = (before: Date): Sql => sql`
  delete from idempotency_keys k using (
    select o.location_id, o.source_id, o.key from idempotency_keys o
    where o.created_at <= ${before} order by o.location_id, o.source_id, o.key
    limit ${limits.expiryRows}) gone
  where k.location_id = gone.location_id and k.source_id = gone.source_id and k.key = gone.key
  returning k.key`

function replay(reply: FastifyReply, { status, body }: StoredAnswer): void {
  reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('idempotent-replayed', 'true')
    .serializer((text: string) => text)
    .send(body)
}

/** The error of a request that could not begin; a claim that waited too long: the key is in use. */
function errorOfStart(error: Error, reply: FastifyReply): Error {
  const cause = error instanceof DatabaseUnavailable && databaseError(error.cause)
  const isLate =
    cause && [sqlstate.queryCanceled, sqlstate.lockNotAvailable].some((code) => code === cause.code)
  const answered = isLate ? keyInUse() : error
  if (answered instanceof ApiError && answered.statusCode === 409) {
    reply.header('retry-after', limits.retryAfterSeconds)
  }
  return answered
}
