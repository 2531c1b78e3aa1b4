import type { Sql } from './sql.ts'

/** What can run a statement: the database itself, or one transaction of it. */
export type Queryable = {
  /** Runs one statement; its rows have the shape that the statement's column names give. */
  query<Row>(statement: Sql): Promise<Row[]>
}

/** One type for every engine. Errors: `DatabaseUnavailable`, or pg's own with its SQLSTATE. */
export type Database = Queryable & {
  readonly engine: Engine
  /** Runs `work` in one transaction: commits what it returns from, rolls back what it throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * A transaction may also run a script (many statements without parameters, such as a migration) and
 * a slow query, which may take as long as a migration.
 */
export type Transaction = Queryable & {
  script(text: string): Promise<void>
  slowQuery<Row>(statement: Sql): Promise<Row[]>
}

/** All that differs between engines. */
export type Engine = {
  readonly name: 'postgres' | 'pglite' | 'citus'
  /**
   * Whether a change and its events go into one statement. On Citus that form runs through the
   * coordinator with two-phase commit, so there the two share a transaction instead.
   */
  readonly changeAndEventsInOneStatement: boolean
}

export const engines = {
  postgres: { name: 'postgres', changeAndEventsInOneStatement: true },
  pglite: { name: 'pglite', changeAndEventsInOneStatement: true },
  citus: { name: 'citus', changeAndEventsInOneStatement: false },
} as const satisfies Record<string, Engine>

/** The database did not answer: whether the statement was committed is unknown. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('The database does not answer', { cause })
    this.name = 'DatabaseUnavailable'
  }
}
