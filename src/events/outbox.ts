import type { Database, Queryable } from '../db/database.ts'
import { join, type Sql, sql } from '../db/sql.ts'
import { newId } from '../ids.ts'
import {
  type AppendedRows,
  allAnswered,
  insertPart,
  insertRows,
  type RowsTarget,
  rowsAsTexts,
} from './appended-rows.ts'

/** What goes with a change in other tables: rows that it adds, and parts that build on `changed`. */
export type DerivedChanges = {
  appends?: readonly AppendedRows[] | undefined
  /** As `name as (…)`, without INSERT: on Citus a statement with one there leaves its shard. */
  after?: Sql | undefined
}

/** Changes with their events; each changed row is `changed` to the payloads and to what follows. */
export type ChangesWithEvents = DerivedChanges & {
  locationId: string
  /** Parts that the change builds on, as `name as (…)`. */
  with?: Sql
  /** An INSERT, UPDATE or DELETE that returns what it changed. */
  change: Sql
  events: readonly EventOfChange[]
  /**
   * Counts the changes of a record, and so orders its events. Their ids do not, as an id is made
   * before the change waits for a row that another change has locked.
   */
  version?: Sql
  now: Date
}

/** A change of one row at most. No row changed: no event. */
export type ChangeWithEvents = ChangesWithEvents & {
  /** For an INSERT: selects the row that it made, with the columns that it returns. */
  inserted?: Sql
  /** Selects what the caller wants to know; for an INSERT, of the row that it made. */
  answer: Sql
}

/** An event of the changed row; emitted always, or only when a condition holds. */
export type EventOfChange = { type: string; payload: Sql; when?: Sql }

/** For records that do not count their changes: their events are in the order of their ids. */
const noVersion = sql`0`

const always = sql`true`

/**
 * Makes a change and appends its events in one commit, and returns the answer's rows. Where the
 * engine allows, all of it is one statement; else what is appended follows in the same transaction.
 */
export async function commitChange<Row>(db: Database, change: ChangeWithEvents): Promise<Row[]> {
  if (db.engine.changeAndEventsInOneStatement) return db.query<Row>(singleStatement(change))
  const { inserted } = change
  return db.transaction(async (tx) => {
    if (inserted && (await tx.query(change.change)).length === 0) return []
    const statement = changeStatement(inserted ? { ...change, change: inserted } : change)
    const rows = await tx.query<Row & AnswerMarks>(statement)
    const changed = rows[0]?.changed
    if (changed) await appendAll(tx, change, changed)
    return rows.filter(({ isAnswer }) => isAnswer).map(stripMarks)
  })
}

/** Columns beside each row of the answer, or alone in one row when the answer has none. */
type AnswerMarks = { isAnswer: true | null; changed: Changed | null }

function stripMarks<Row>({ isAnswer, changed, ...row }: Row & AnswerMarks): Row {
  return row as Row
}

function singleStatement({ events, answer, version = noVersion, ...change }: ChangeWithEvents) {
  const { locationId, now, appends = [] } = change
  const rows = join(
    events.map(
      ({ type, payload, when = always }) =>
        sql`select ${newId()}::text, ${type}::text, ${version}, ${payload} from changed
          where ${when}`,
    ),
    sql` union all `,
  )
  const parts = [...partsOf(change), ...appends.map((rows) => insertPart(locationId, rows))]
  return sql`
    with ${join(parts, sql`, `)},
    appended as (
      insert into outbox (location_id, id, type, version, payload, created_at)
      select ${locationId}, event.id, event.type, event.version, event.payload, ${now}
      from (${rows}) event (id, type, version, payload))
    ${answer}`
}

type Parts = Pick<ChangesWithEvents, 'with' | 'change' | 'after'>

function partsOf({ with: earlierParts, change, after: laterParts }: Parts): Sql[] {
  const changed = sql`changed as (${change})`
  return [earlierParts, changed, laterParts].filter((part) => part !== undefined)
}

/** What changed, for all that is written after it: the events of each row, and other rows. */
type Changed = { emitted: EmittedOfRow[]; appends: string[][][] }

/** By the events of the change: whether each is emitted, and its payload as JSON. */
type EmittedOfRow = { version: number; told: boolean[]; payloads: string[] }

/** Selects a `Changed`. */
function changedAsJson(
  { events, version = noVersion, appends = [] }: ChangesWithEvents,
  order: Sql = sql``,
): Sql {
  const jsonArray = (items: Sql[]) => sql`json_build_array(${join(items, sql`, `)})`
  const conditions = events.map(({ when = always }) => when)
  // The payload of an event that is not emitted may be impossible to build.
  const payloads = events.map(({ payload, when }) =>
    when ? sql`case when ${when} then (${payload})::text end` : sql`(${payload})::text`,
  )
  return sql`json_build_object(
    'emitted', json_agg(json_build_object('version', ${version}, 'told', ${jsonArray(conditions)},
      'payloads', ${jsonArray(payloads)}) ${order}),
    'appends', ${jsonArray(appends.map(rowsAsTexts))})`
}

function changeStatement({ answer, ...change }: ChangeWithEvents): Sql {
  return sql`
    with ${join(partsOf(change), sql`, `)}
    select answer.*, told.changed
    from (select) one
    left join (
      select ${changedAsJson(change)} as changed from changed having count(*) > 0) told on true
    left join (select true as "isAnswer", said.* from (${answer}) said) answer on true`
}

/**
 * Changes some rows of a location within a transaction, appends the events of each, in the order of
 * their ids, and returns how many they are.
 */
export async function changeSeveral(tx: Queryable, change: ChangesWithEvents): Promise<number> {
  const [row] = await tx.query<{ changed: Changed }>(sql`
    with ${join(partsOf(change), sql`, `)}
    select ${changedAsJson(change, sql`order by changed.id`)} as changed
    from changed having count(*) > 0`)
  if (!row) return 0
  await appendAll(tx, change, row.changed)
  return row.changed.emitted.length
}

/** Writes all that goes with what changed; the statements are sent together. */
function appendAll(
  tx: Queryable,
  { locationId, now, events, appends = [] }: ChangesWithEvents,
  changed: Changed,
): Promise<void> {
  const eventRows = changed.emitted.flatMap(({ version, told, payloads }) =>
    events
      .map(({ type }, i) => [locationId, newId(), type, version, payloads[i], now] as const)
      .filter((_, i) => told[i]),
  )
  return allAnswered([
    ...appends.map((target, i) => {
      const rows = changed.appends[i] ?? []
      return insertRows(
        tx,
        target,
        rows.map((values) => [locationId, ...values]),
      )
    }),
    insertRows(tx, outbox, eventRows),
  ])
}

const outbox: RowsTarget = {
  table: sql`outbox`,
  columns: [sql`id`, sql`type`, sql`version`, sql`payload`, sql`created_at`],
}

/** An event whose payload is known before it is written. */
export type NewEvent = {
  /** The location that it concerns; the agency's id when it concerns the agency as a whole. */
  locationId: string
  type: string
  version?: number
  payload: unknown
}

/**
 * Appends events in this order, within the transaction of a change that `commitChange` cannot
 * make: one of several tables, or of several statements.
 */
export async function appendEvents(
  tx: Queryable,
  events: readonly NewEvent[],
  now: Date,
): Promise<void> {
  const rows = events.map(
    ({ locationId, type, version = 0, payload }) =>
      [locationId, newId(), type, version, JSON.stringify(payload), now] as const,
  )
  await insertRows(tx, outbox, rows)
}
