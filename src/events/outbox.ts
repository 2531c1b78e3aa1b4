import type { Database, Queryable } from '../db/database.ts'
import { join, type Sql, sql } from '../db/sql.ts'
import { newId } from '../ids.ts'

/**
 * A change with the events that tell of it. `change` is an INSERT, UPDATE or DELETE of one row at
 * most that returns it; to the payloads and to the answer that row is `changed`. No row changed:
 * no event.
 */
export type Change = {
  locationId: string
  /** Parts that the change builds on, as `name as (…)`. */
  with?: Sql
  change: Sql
  /** Parts that build on `changed`, as `name as (…)`. */
  after?: Sql
  events: readonly EventOfChange[]
  /**
   * Counts the changes of the thing. By it, not by their ids, its events are in order: an id is
   * made before the change waits for a row that another one holds.
   */
  version?: Sql
  /** Selects what the caller wants to know. */
  answer: Sql
  now: Date
}

/** An event of the changed row; told always, or only when a condition holds. */
export type EventOfChange = { type: string; payload: Sql; when?: Sql }

/** What has no version of its own: its events are in the order of their ids. */
const uncounted = sql`0`

const always = sql`true`

/**
 * Makes a change and appends its events in one commit, and returns the answer's rows. Where the
 * engine allows, both are one statement; else they are two in a transaction.
 */
export async function commitChange<Row>(db: Database, change: Change): Promise<Row[]> {
  if (db.engine.changeAndEventsInOneStatement) return db.query<Row>(inOneStatement(change))
  return db.transaction(async (tx) => {
    const rows = await tx.query<Row & Beside>(withChanged(change))
    const changed = rows[0]?.changed
    if (changed) await append(tx, change, changed)
    return rows.filter(({ isAnswer }) => isAnswer).map(withoutBeside)
  })
}

/** What stands beside each row of the answer; where it has none, in a row of nothing else. */
type Beside = { isAnswer: true | null; changed: Changed | null }

function withoutBeside<Row>({ isAnswer, changed, ...row }: Row & Beside): Row {
  return row as Row
}

function inOneStatement({
  locationId,
  now,
  events,
  answer,
  version = uncounted,
  ...change
}: Change): Sql {
  const rows = join(
    events.map(
      ({ type, payload, when = always }) =>
        sql`select ${newId()}::text, ${type}::text, ${version}, ${payload} from changed
          where ${when}`,
    ),
    sql` union all `,
  )
  return sql`
    with ${parts(change)},
    appended as (
      insert into outbox (location_id, id, type, version, payload, created_at)
      select ${locationId}, event.id, event.type, event.version, event.payload, ${now}
      from (${rows}) event (id, type, version, payload))
    ${answer}`
}

function parts({ with: before, change, after }: Pick<Change, 'with' | 'change' | 'after'>): Sql {
  const changed = sql`changed as (${change})`
  return join(
    [before, changed, after].filter((part) => part !== undefined),
    sql`, `,
  )
}

/** A changed row, for events that are written after it. */
type Changed = { version: number; told: boolean[]; payloads: unknown[] }

function withChanged({ events, answer, version = uncounted, ...change }: Change): Sql {
  const listed = (parts: Sql[]) => sql`json_build_array(${join(parts, sql`, `)})`
  const conditions = events.map(({ when = always }) => when)
  // A payload that is not told of may be one that cannot be made.
  const payloads = events.map(({ payload, when }) =>
    when ? sql`case when ${when} then ${payload} end` : payload,
  )
  return sql`
    with ${parts(change)}
    select answer.*, told.changed
    from (select) one
    left join (
      select json_build_object('version', ${version}, 'told', ${listed(conditions)},
        'payloads', ${listed(payloads)}) as changed
      from changed) told on true
    left join (select true as "isAnswer", said.* from (${answer}) said) answer on true`
}

async function append(tx: Queryable, change: Change, changed: Changed): Promise<void> {
  const { locationId, now } = change
  const { version, told, payloads } = changed
  const events = change.events
    .map(({ type }, i) => ({ locationId, type, version, payload: payloads[i] }))
    .filter((_, i) => told[i])
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
