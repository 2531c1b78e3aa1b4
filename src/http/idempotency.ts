import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest, onSendHookHandler, RouteOptions } from 'fastify'
import { DatabaseUnavailable, type Queryable } from '../db/database.ts'
import type { JoiningDatabase } from '../db/joining.ts'
import { type Sql, sql } from '../db/sql.ts'
import { databaseError, sqlstate } from '../db/sqlstate.ts'
import { limits } from '../limits.ts'
import { ApiError, errorText, keyIsNone, keyOfAnother, keyUnderWay } from './errors.ts'
import type { Server } from './server.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while the request runs under its `Idempotency-Key`. */
    keyed: Keyed | undefined
  }
  interface FastifyContextConfig {
    /** Answers a secret, which must not be kept. */
    answersSecret?: true
  }
}

/** Whose keys they are: an app or private integration, on one location or company. */
export type KeyOwner = { locationId: string; sourceId: string }

type Claim = KeyOwner & { key: string; requestHash: string }
type Stored = { status: number; body: string }
type Keyed = {
  /** Tells what the request was answered. */
  answer: (answer: Stored) => void
  /** The end of the request's transaction, which keeps the answer or throws. */
  ended: Promise<unknown>
  isAnswered: boolean
}

/** Thrown to take back what a request did whose answer is not kept. */
const notKept = Symbol('not kept')

/** Whether a route takes an `Idempotency-Key`: whoever is known, and changes something. */
export function takesKey({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean {
  const isWrite = [method].flat().some((one) => /^(POST|PUT|PATCH|DELETE)$/.test(one))
  if (!isWrite || !config || config.public || config.answersSecret) return false
  return !config.scope?.endsWith('.readonly')
}

/**
 * Answers a request that is repeated with its `Idempotency-Key` as it was answered first, without
 * doing it again. What the request does and what it is answered are one commit: a server that ends
 * in between leaves neither. DEVIATION: `Idempotency-Key`; upstream ignores it.
 */
export function replayRetries(
  app: Server,
  db: JoiningDatabase,
  now: () => Date,
  ownerOf: (request: FastifyRequest) => KeyOwner,
): void {
  /** The last request of each key in this process: what comes next takes no connection yet. */
  const underWay = new Map<string, Promise<void>>()

  app.decorateRequest('keyed', undefined)
  app.addHook('onRoute', (route) => {
    if (!takesKey(route)) return
    route.preHandler = [begin, ...[route.preHandler ?? []].flat()]
    route.onSend = [...[route.onSend ?? []].flat(), end]
  })

  function begin(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) {
    const key = request.headers['idempotency-key']
    if (key === undefined) done()
    else if (typeof key !== 'string' || !validKey.test(key)) done(keyIsNone())
    else {
      const claim = { ...ownerOf(request), key, requestHash: hashOf(request) }
      const name = JSON.stringify([claim.locationId, claim.sourceId, key])
      const ended = turnOf(underWay.get(name))
        .then(() => runOnce(claim, request, done))
        .then((known) => {
          if (known) replay(reply, known)
        })
        .catch((error) => {
          // Once the request runs, its own answer waits for the end, and tells of it.
          if (request.keyed === undefined) done(refusal(error, reply))
        })
        .finally(() => {
          if (underWay.get(name) === ended) underWay.delete(name)
        })
      underWay.set(name, ended)
    }
  }

  /** Runs the request in the transaction of its key, or returns what it was answered before. */
  function runOnce(
    claim: Claim,
    request: FastifyRequest,
    done: () => void,
  ): Promise<Stored | undefined> {
    const answer = Promise.withResolvers<Stored>()
    const ended = db.together(async (tx) => {
      const known = await claimKey(tx, claim, now())
      if (known) return known
      request.keyed = { answer: answer.resolve, ended, isAnswered: false }
      done()
      const given = await answer.promise
      if (!isKept(given.status)) throw notKept
      await keepAnswer(tx, claim, given)
      return undefined
    })
    return ended
  }
}

/** Visible ASCII; a header that was sent twice has a blank. */
const validKey = /^[!-~]{1,255}$/

/** The turn of a request: after the one before it, but it does not wait for that for ever. */
async function turnOf(before: Promise<unknown> | undefined): Promise<void> {
  if (!before) return
  await Promise.race([before, delay(limits.idempotencyWaitMsMax, undefined, { ref: false })])
}

/** Answers only once the answer is kept: what was acknowledged is committed. */
const end: onSendHookHandler<unknown> = (request, reply, payload, done) => {
  const { keyed } = request
  // An answer in the place of the one that could not be kept comes this way again.
  if (!keyed || keyed.isAnswered) return done(null, payload)
  keyed.isAnswered = true
  keyed.answer({ status: reply.statusCode, body: String(payload) })
  keyed.ended.then(
    () => done(null, payload),
    (error) => done(null, error === notKept ? payload : errorText(error, request, reply)),
  )
}

/**
 * Whether a retry is answered the same. What may be otherwise next time is not kept: who may call,
 * how often, and failures of the server, which take back what was done.
 */
function isKept(status: number): boolean {
  return status < 500 && ![401, 403, 429].includes(status)
}

function hashOf({ method, url, body }: FastifyRequest): string {
  const asked = JSON.stringify([method, url, body])
  return createHash('sha256').update(asked).digest('base64url')
}

/** Takes a key for a request; returns the answer that it had already, if it had one. */
async function claimKey(
  tx: Queryable,
  { locationId, sourceId, key, requestHash }: Claim,
  now: Date,
): Promise<Stored | undefined> {
  const over = new Date(now.getTime() - limits.idempotencyKeptMs)
  // Waits for whoever holds the key, to their commit.
  const claimed = await tx.query(sql`
    insert into idempotency_keys as k (location_id, source_id, key, request_hash, created_at)
    values (${locationId}, ${sourceId}, ${key}, ${requestHash}, ${now})
    on conflict (location_id, source_id, key) do update
      set request_hash = excluded.request_hash, created_at = excluded.created_at
      where k.created_at <= ${over}
    returning k.key`)
  if (claimed.length > 0) return undefined
  const [known] = await tx.query<Stored & { isSame: boolean }>(sql`
    select k.request_hash = ${requestHash} as "isSame", k.status, k.body from idempotency_keys k
    where k.location_id = ${locationId} and k.source_id = ${sourceId} and k.key = ${key}`)
  // It ended just now, and was removed.
  if (!known) throw keyUnderWay()
  if (!known.isSame) throw keyOfAnother()
  return known
}

async function keepAnswer(
  tx: Queryable,
  { locationId, sourceId, key }: Claim,
  { status, body }: Stored,
): Promise<void> {
  await tx.query(sql`
    update idempotency_keys k set status = ${status}, body = ${body}
    where k.location_id = ${locationId} and k.source_id = ${sourceId} and k.key = ${key}`)
}

/** Removes some keys that are older, of whatever location. */
export const expiredKeys = (before: Date): Sql => sql`
  delete from idempotency_keys k using (
    select o.location_id, o.source_id, o.key from idempotency_keys o
    where o.created_at <= ${before} limit ${limits.expiryRows} for update skip locked) gone
  where k.location_id = gone.location_id and k.source_id = gone.source_id and k.key = gone.key
  returning k.key`

function replay(reply: FastifyReply, { status, body }: Stored): void {
  reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('idempotent-replayed', 'true')
    .serializer((text: string) => text)
    .send(body)
}

/** Why a request could not begin: a statement that waits too long waits for the key. */
function refusal(error: Error, reply: FastifyReply): Error {
  const cause = error instanceof DatabaseUnavailable && databaseError(error.cause)
  const isLate = cause && cause.code === sqlstate.queryCanceled
  const told = isLate ? keyUnderWay() : error
  if (told instanceof ApiError && told.statusCode === 409) {
    reply.header('retry-after', limits.retryAfterSeconds)
  }
  return told
}
