import { retiredKeptMs } from './auth/signing-keys.ts'
import type { AppContext } from './context.ts'
import type { Queryable } from './db/database.ts'
import { type Sql, sql } from './db/sql.ts'
import { sweepKeys } from './http/idempotency.ts'
import type { Server } from './http/server.ts'
import { limits } from './limits.ts'

const { sweepRows: rowsMax } = limits

/**
 * What is removed, and until when it must have been over. Each statement takes some rows and
 * leaves those that another server is just removing. A code that is over cannot be told from one
 * that never was, so nothing is lost with it; used refresh tokens stay as long as new ones.
 */
const sweeps: readonly ((over: Date) => Sql)[] = [
  (over) => sql`
    delete from sessions where hash = any(array(
      select s.hash from sessions s where s.expires_at <= ${over}
      limit ${rowsMax} for update skip locked))
    returning hash`,
  (over) => sql`
    delete from oauth_codes where hash = any(array(
      select c.hash from oauth_codes c where c.expires_at <= ${over}
      limit ${rowsMax} for update skip locked))
    returning hash`,
  (over) => sql`
    delete from oauth_refresh_tokens where hash = any(array(
      select r.hash from oauth_refresh_tokens r where r.expires_at <= ${over}
      limit ${rowsMax} for update skip locked))
    returning hash`,
  (over) => sql`
    delete from oauth_grants where id = any(array(
      select g.id from oauth_grants g where g.revoked_at <= ${over}
      limit ${rowsMax} for update skip locked))
    returning id`,
  // A grant has a refresh token from its first moment on: without one, all of its tokens are over.
  (over) => sql`
    delete from oauth_grants where id = any(array(
      select g.id from oauth_grants g
      where g.created_at <= ${new Date(over.getTime() - limits.refreshTokenMsMax)}
        and not exists (select from oauth_refresh_tokens r where r.grant_id = g.id)
      limit ${rowsMax} for update skip locked))
    returning id`,
  (over) => sql`
    delete from oauth_signing_keys where kid = any(array(
      select k.kid from oauth_signing_keys k
      where k.retired_at <= ${new Date(over.getTime() - retiredKeptMs)}
      limit ${rowsMax} for update skip locked))
    returning kid`,
  sweepKeys,
]

/** Removes what has long been over, in steps of their own commits, and returns of how many rows. */
export async function sweep(
  db: Queryable,
  now: Date,
  isStopping: () => boolean = () => false,
): Promise<number> {
  const over = new Date(now.getTime() - limits.sweepAfterMs)
  let total = 0
  let steps = 0
  for (const statement of sweeps) {
    let removed: number = rowsMax
    // What is left at the bound is for the next time.
    while (removed === rowsMax && steps < limits.sweepStepsMax && !isStopping()) {
      removed = (await db.query(statement(over))).length
      total += removed
      steps++
    }
  }
  return total
}

/** Sweeps while the server listens; an error is logged, and the next time it is tried again. */
export function sweepRegularly(
  app: Pick<Server, 'addHook' | 'log'>,
  { db, now }: Pick<AppContext, 'db' | 'now'>,
  everyMs: number = limits.sweepEveryMs,
): void {
  let running: Promise<unknown> | undefined
  let isStopping = false
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    running ??= sweep(db, now(), () => isStopping)
      .catch((error) => app.log.error({ err: error }, 'what is over could not be removed'))
      .finally(() => {
        running = undefined
      })
  }
  app.addHook('onListen', (done) => {
    timer = setInterval(start, everyMs).unref()
    done()
  })
  app.addHook('onClose', async () => {
    isStopping = true
    clearInterval(timer)
    await running
  })
}
