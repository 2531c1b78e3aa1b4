import type { Database, Queryable } from '../db/database.ts'
import { join, type Sql, sql } from '../db/sql.ts'
import { newId } from '../ids.ts'

/**
 * A change with its events. `change` is an INSERT, UPDATE or DELETE of one row at
 * most that returns it; to the payloads and to the answer that row is `changed`. No row changed:
 * no event.
 */
export type ChangeWithEvents = {
  locationId: string
  /** Parts that the change builds on, as `name as (…)`. */
  with?: Sql
  change: Sql
  /** Parts that build on `changed`, as `name as (…)`. */
  after?: Sql
  events: readonly EventOfChange[]
  /**
   * Counts the changes of a record, and so orders its events. Their ids do not, as an id is made
   * before the change waits for a row that another change has locked.
   */
  version?: Sql
  /** Selects what the caller wants to know. */
  answer: Sql
  now: Date
}

/** An event of the changed row; emitted always, or only when a condition holds. */
export type EventOfChange = { type: string; payload: Sql; when?: Sql }

/** For records that do not count their changes: their events are in the order of their ids. */
const noVersion = sql`0`

const always = sql`true`

/**
 * Makes a change and appends its events in one commit, and returns the answer's rows. Where the
 * engine allows, both are one statement; else they are two in a transaction.
 */
export async function commitChange<Row>(db: Database, change: ChangeWithEvents): Promise<Row[]> {
  if (db.engine.changeAndEventsInOneStatement) return db.query<Row>(singleStatement(change))
  return db.transaction(async (tx) => {
    const rows = await tx.query<Row & AnswerMarks>(changeStatement(change))
    const changed = rows[0]?.changed
    if (changed) await appendEmitted(tx, change, changed)
    return rows.filter(({ isAnswer }) => isAnswer).map(stripMarks)
  })
}

/** Columns beside each row of the answer, or alone in one row when the answer has none. */
type AnswerMarks = { isAnswer: true | null; changed: ChangedRow | null }

function stripMarks<Row>({ isAnswer, changed, ...row }: Row & AnswerMarks): Row {
  return row as Row
}

function singleStatement({
  locationId,
  now,
  events,
  answer,
  version = noVersion,
  ...change
}: ChangeWithEvents): Sql {
  const rows = join(
    events.map(
      ({ type, payload, when = always }) =>
        sql`select ${newId()}::text, ${type}::text, ${version}, ${payload} from changed
          where ${when}`,
    ),
    sql` union all `,
  )
  return sql`
    with ${cteList(change)},
    appended as (
      insert into outbox (location_id, id, type, version, payload, created_at)
      select ${locationId}, event.id, event.type, event.version, event.payload, ${now}
      from (${rows}) event (id, type, version, payload))
    ${answer}`
}

function cteList({
  with: earlierParts,
  change,
  after: laterParts,
}: Pick<ChangeWithEvents, 'with' | 'change' | 'after'>): Sql {
  const changed = sql`changed as (${change})`
  return join(
    [earlierParts, changed, laterParts].filter((part) => part !== undefined),
    sql`, `,
  )
}

/** A changed row, for events that are written after it. */
type ChangedRow = { version: number; told: boolean[]; payloads: unknown[] }

function changeStatement({
  events,
  answer,
  version = noVersion,
  ...change
}: ChangeWithEvents): Sql {
  const jsonArray = (items: Sql[]) => sql`json_build_array(${join(items, sql`, `)})`
  const conditions = events.map(({ when = always }) => when)
  // The payload of an event that is not emitted may be impossible to build.
  const payloads = events.map(({ payload, when }) =>
    when ? sql`case when ${when} then ${payload} end` : payload,
  )
  return sql`
    with ${cteList(change)}
    select answer.*, told.changed
    from (select) one
    left join (
      select json_build_object('version', ${version}, 'told', ${jsonArray(conditions)},
        'payloads', ${jsonArray(payloads)}) as changed
      from changed) told on true
    left join (select true as "isAnswer", said.* from (${answer}) said) answer on true`
}

async function appendEmitted(
  tx: Queryable,
  change: ChangeWithEvents,
  changed: ChangedRow,
): Promise<void> {
  const { locationId, now } = change
  const { version, told: isEmitted, payloads } = changed
  const events = change.events
    .map(({ type }, i) => ({ locationId, type, version, payload: payloads[i] }))
    .filter((_, i) => isEmitted[i])
  await appendEvents(tx, events, now)
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
 * make: one of several rows, or of several statements.
 */
export async function appendEvents(
  tx: Queryable,
  events: readonly NewEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return
  await tx.query(sql`
    insert into outbox (location_id, id, type, version, payload, created_at)
    select event.location_id, event.id, event.type, event.version, event.payload::jsonb, ${now}
    from unnest(${events.map(({ locationId }) => locationId)}::text[],
      ${events.map(() => newId())}::text[], ${events.map(({ type }) => type)}::text[],
      ${events.map(({ version = 0 }) => version)}::int[],
      ${events.map(({ payload }) => JSON.stringify(payload))}::text[])
      event (location_id, id, type, version, payload)`)
}
