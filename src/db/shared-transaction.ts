import { AsyncLocalStorage } from 'node:async_hooks'
import { type Database, DatabaseUnavailable, type Queryable, type Transaction } from './database.ts'

/** A database that can run all statements of one request in one shared transaction. */
export type SharingDatabase = Database & {
  /**
   * Runs `work` in one transaction, which all statements and transactions join that run on behalf
   * of `work`. It commits when `work` returns and rolls back when it throws. What runs later
   * waits for the end of the transaction, and is then a commit of its own.
   */
  shareTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
}

/** A transaction of several callers: they run in turn, and one may fail without the others. */
type SharedTransaction = {
  inTurn<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Resolves at the end of the transaction; set once nothing may join any more. */
  end: Promise<unknown> | undefined
}

export function withSharedTransactions(db: Database): SharingDatabase {
  const current = new AsyncLocalStorage<SharedTransaction>()

  /** Joins the shared transaction, or runs on its own after the end of it. */
  async function joinOrWait<T>(
    shared: SharedTransaction,
    jointly: (tx: Transaction) => Promise<T>,
    separately: () => Promise<T>,
  ): Promise<T> {
    if (!shared.end) return shared.inTurn(jointly)
    await shared.end
    return separately()
  }

  return {
    engine: db.engine,
    close: () => db.close(),
    query(statement) {
      const shared = current.getStore()
      const separately = () => db.query<never>(statement)
      return shared
        ? joinOrWait(shared, (tx) => tx.query<never>(statement), separately)
        : separately()
    },
    transaction(work) {
      const shared = current.getStore()
      const separately = () => db.transaction(work)
      return shared ? joinOrWait(shared, work, separately) : separately()
    },
    async shareTransaction(work) {
      const ended = Promise.withResolvers<void>()
      try {
        return await db.transaction(async (tx) => {
          const shared: SharedTransaction = { inTurn: runInTurn(tx), end: undefined }
          const query: Queryable['query'] = (statement) =>
            shared.inTurn((transaction) => transaction.query(statement))
          try {
            return await current.run(shared, work, { query })
          } finally {
            shared.end = ended.promise
            // The commit waits for the turns that have begun.
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
 * Runs callers one after the other, as savepoints are nested and cannot run side by side. After
 * `DatabaseUnavailable` (the database may have chosen this transaction to break a deadlock) the
 * remaining callers fail at once: running them would keep locks that other transactions wait for.
 */
function runInTurn(tx: Transaction): SharedTransaction['inTurn'] {
  let last: Promise<unknown> = Promise.resolve()
  let failure: DatabaseUnavailable | undefined
  return (work) => {
    const turn = last.then(() => {
      if (failure) throw failure
      return runInSavepoint(tx, work)
    })
    last = turn.catch((error) => {
      if (error instanceof DatabaseUnavailable) failure = error
    })
    return turn
  }
}

/** A failed statement aborts its transaction, but after a savepoint only what came since. */
async function runInSavepoint<T>(
  tx: Transaction,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const [, result] = await Promise.allSettled([tx.script('savepoint joined'), work(tx)])
  if (result.status === 'fulfilled') {
    // There is no need to wait: the connection runs the next statement after this one.
    tx.script('release savepoint joined').catch(() => undefined)
    return result.value
  }
  await tx.script('rollback to savepoint joined; release savepoint joined')
  throw result.reason
}
