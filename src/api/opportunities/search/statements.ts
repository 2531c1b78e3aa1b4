import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql, unnamed } from '../../../db/sql.ts'
import { limits } from '../../../limits.ts'
import { type StageSums, stageSumsOf, stageSumsOfCounts, totalOfCounts } from '../store/counts.ts'
import { columns, type Row, stageAndContact } from '../store/row.ts'
import {
  asCommon,
  countedBy,
  type Filter,
  filterSql,
  followersIn,
  isInOrderOfTime,
  looksAtContact,
  looksForText,
} from './filter.ts'
import {
  afterSql,
  type Cursor,
  isByTime,
  newestFirst,
  type Order,
  orderSql,
  type Placed,
} from './order.ts'
import type { FieldTypes } from './read-filter.ts'

/** One page of a search: the first rows after the cursor, or after so many. */
export type Page = {
  filter: Filter
  order: Order
  after?: Cursor | undefined
  skip: number
  /** One row more is found, when there is one. */
  limit: number
}

const contactOf = (locationId: string, filter: Filter): Sql =>
  looksAtContact(filter)
    ? sql`join contacts c on c.location_id = ${locationId} and c.id = o.contact_id`
    : sql``

/** What a client's filter makes is as manifold as filters are: only the common ones are prepared. */
const sent = (isCommon: boolean, statement: Sql) => (isCommon ? statement : unnamed(statement))

/** Opportunities `o` that pass a filter; those of followers by way of their table, as `f`. */
function passing(locationId: string, filter: Filter): Sql {
  const contact = contactOf(locationId, filter)
  const asked = followersIn(filter)
  if (!asked) {
    return sql`
      from opportunities o ${contact}
      where o.location_id = ${locationId} and ${filterSql(filter)}`
  }
  // Not every `f` still follows. `nullif` hides from the planner that nearly all do.
  return sql`
    from (${followed(locationId, asked.userIds)}) f
    join opportunities o on o.location_id = ${locationId} and o.id = f.opportunity_id ${contact}
    where nullif(o.followers && ${asked.userIds}::text[], false) is not null
      and ${filterSql(asked.besides)}`
}

/** What one of these follows, or, each once and in order, what any of several do. */
function followed(locationId: string, userIds: readonly string[]): Sql {
  const columns = sql`f.created_at, f.contact_id, f.opportunity_id`
  const ofLocation = sql`from opportunity_followers f where f.location_id = ${locationId}`
  if (userIds.length === 1)
    return sql`select ${columns} ${ofLocation} and f.user_id = ${userIds[0]}`
  return sql`
    select distinct ${columns} ${ofLocation} and f.user_id = any(${userIds}::text[])
    order by f.created_at desc, f.contact_id desc, f.opportunity_id desc`
}

/**
 * Of a limit that is a parameter the planner expects a tenth of all rows, takes a plan for all values
 * for dear, and plans anew each time, which takes longer than the page. So it is told of a bound where
 * one plan is right for all values; elsewhere, a pipeline may have a row in a million.
 */
const bounds = [
  { most: 20, sql: sql`limit 21` },
  { most: 100, sql: sql`limit 101` },
  { most: 500, sql: sql`limit 501` },
] as const
const boundOf = (limit: number): Sql => bounds.find(({ most }) => limit <= most)?.sql ?? sql``

/** The opportunities on one page, and one more when there is one. */
export async function findOpportunities(
  db: Queryable,
  locationId: string,
  { filter, order, after, skip, limit }: Page,
): Promise<Row[]> {
  const common = order === newestFirst ? asCommon(filter) : undefined
  const isBounded = skip === 0 && common !== undefined && isInOrderOfTime(common)
  const of = followersIn(filter) && isByTime(order) ? 'f' : 'o'
  const onwards = after ? sql`and ${afterSql(order, after, of)}` : sql``
  const found = sql`
    select o.* ${passing(locationId, common ?? filter)} ${onwards}
    order by ${orderSql(order, { of })}`
  const bounded = isBounded ? sql`select o.* from (${found} ${boundOf(limit)}) o` : found
  // Only the rows of the page are made into what clients see.
  const statement = sql`
    with page as (${bounded} limit ${limit + 1} offset ${skip})
    select ${columns} from page o ${stageAndContact(locationId)}
    order by ${orderSql(order)}`
  return db.query<Row>(sent(common !== undefined, statement))
}

/** How many there are. DEVIATION: a search for text counts no further than 10,000. */
export async function countOpportunities(
  db: Queryable,
  locationId: string,
  filter: Filter,
): Promise<number> {
  const common = asCommon(filter)
  const max = looksForText(filter) ? limits.textTotalMax : null
  const counted = countedBy(common ?? filter)
  const statement = counted
    ? totalOfCounts(locationId, counted)
    : sql`
      select count(*)::int as total from (
        select ${passing(locationId, filter)} limit ${max}::bigint) found`
  const [row] = await db.query<{ total: number }>(sent(common !== undefined, statement))
  return row?.total ?? 0
}

/** Counts and sums of each stage that has any of them. */
export async function findStageSums(
  db: Queryable,
  locationId: string,
  filter: Filter,
): Promise<StageSums[]> {
  const common = asCommon(filter)
  const counted = countedBy(common ?? filter)
  const statement = counted
    ? stageSumsOfCounts(locationId, counted)
    : stageSumsOf(locationId, passing(locationId, filter))
  return db.query<StageSums>(sent(common !== undefined, statement))
}

/**
 * The opportunity that an id stands for in a search: it is its own, or its contact's, of whom the
 * last in the search's order is meant.
 */
export async function findPlaced(
  db: Queryable,
  locationId: string,
  id: string,
  { filter, order }: Pick<Page, 'filter' | 'order'>,
): Promise<Placed | undefined> {
  const [row] = await db.query<Placed>(
    unnamed(sql`
      select o.id, o.name, o.monetary_value as "monetaryValue", o.contact_id as "contactId",
        o.created_at as "createdAt", o.updated_at as "updatedAt",
        o.last_status_change_at as "lastStatusChangeAt",
        o.last_stage_change_at as "lastStageChangeAt"
      from opportunities o
      join contacts c on c.location_id = ${locationId} and c.id = o.contact_id
      where o.location_id = ${locationId}
        and (o.id = ${id} or (o.contact_id = ${id} and ${filterSql(filter)}))
      order by o.id = ${id} desc, ${orderSql(order, { way: 'backwards' })} limit 1`),
  )
  return row
}

/** The types of custom fields, of those that there are. */
export async function findFieldTypes(
  db: Queryable,
  locationId: string,
  ids: readonly string[],
): Promise<FieldTypes> {
  if (ids.length === 0) return new Map()
  const rows = await db.query<{ id: string; type: string }>(sql`
    select f.id, f.data_type as type from custom_fields f
    where f.location_id = ${locationId} and f.model = 'opportunity' and f.id = any(${ids}::text[])`)
  return new Map(rows.map(({ id, type }) => [id, type]))
}
