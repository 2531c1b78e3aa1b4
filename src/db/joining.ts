import { AsyncLocalStorage } from 'node:async_hooks'
import { type Database, DatabaseUnavailable, type Queryable, type Transaction } from './database.ts'

/** A database whose statements can be made parts of one transaction, whoever sends them. */
export type JoiningDatabase = Database & {
  /**
   * Runs `work` in one transaction, and in the same one all statements and transactions that are
   * asked of this database on its behalf until it ends; commits what it returns from, rolls back
   * what it throws. What is asked later waits for the end, and is then its own commit again.
   */
  together<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
}

/** A transaction that several share: each runs its statements in turn, and may fail alone. */
type Shared = {
  inTurn<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** The end of the transaction, once nothing may join it any more. */
  ending: Promise<unknown> | undefined
}

export function joining(db: Database): JoiningDatabase {
  const current = new AsyncLocalStorage<Shared>()

  /** Runs `joined` in the transaction of the caller, or `alone` where there is none. */
  async function either<T>(
    shared: Shared,
    joined: (tx: Transaction) => Promise<T>,
    alone: () => Promise<T>,
  ): Promise<T> {
    if (!shared.ending) return shared.inTurn(joined)
    await shared.ending
    return alone()
  }

  return {
    engine: db.engine,
    close: () => db.close(),
    query(statement) {
      const shared = current.getStore()
      const alone = () => db.query<never>(statement)
      return shared ? either(shared, (tx) => tx.query<never>(statement), alone) : alone()
    },
    transaction(work) {
      const shared = current.getStore()
      const alone = () => db.transaction(work)
      return shared ? either(shared, work, alone) : alone()
    },
    async together(work) {
      const ended = Promise.withResolvers<void>()
      try {
        return await db.transaction(async (tx) => {
          const shared: Shared = { inTurn: turns(tx), ending: undefined }
          const query: Queryable['query'] = (statement) =>
            shared.inTurn((of) => of.query(statement))
          try {
            return await current.run(shared, work, { query })
          } finally {
            shared.ending = ended.promise
            // What has its turn already is finished: a commit must not cut it off.
            await shared.inTurn(async () => undefined)
          }
        })
      } finally {
        ended.resolve()
      }
    },
  }
}

/**
 * One after the other: savepoints lie inside one another, not side by side. Once the database has
 * given up on one (it may have chosen it to break a deadlock), the rest is not tried: it would hold
 * up with its locks whoever was to get on.
 */
function turns(tx: Transaction): Shared['inTurn'] {
  let last: Promise<unknown> = Promise.resolve()
  let failure: DatabaseUnavailable | undefined
  return (work) => {
    const mine = last.then(() => {
      if (failure) throw failure
      return undoable(tx, work)
    })
    last = mine.catch((error) => {
      if (error instanceof DatabaseUnavailable) failure = error
    })
    return mine
  }
}

/** A failed statement ends a transaction; behind a savepoint it takes only itself back. */
async function undoable<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const [, result] = await Promise.allSettled([tx.script('savepoint joined'), work(tx)])
  if (result.status === 'fulfilled') {
    // Sent without waiting: what comes next on the connection comes after it.
    tx.script('release savepoint joined').catch(() => undefined)
    return result.value
  }
  await tx.script('rollback to savepoint joined; release savepoint joined')
  throw result.reason
}
