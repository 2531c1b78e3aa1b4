import type { Queryable } from '../../../db/database.ts'
import { sql, unnamed } from '../../../db/sql.ts'
import {
  asCommon,
  askedOfIndex,
  conditionsOf,
  type Filter,
  filterSql,
  looksForText,
} from '../../../resource/search/filter.ts'
import { orderSql, sortedColumns } from '../../../resource/search/order.ts'
import { type Page, passing, prepared, type SearchedTable } from '../../../resource/search/page.ts'
import { opportunityLimits } from '../limits.ts'
import {
  type Counted,
  type StageSums,
  stageSumsOf,
  stageSumsOfCounts,
  totalOfCounts,
} from '../store/counts.ts'
import { columns, type Row, stageAndContact } from '../store/row.ts'
import { type Placed, type SortField, sortings } from './order.ts'

export const searchedOpportunities: SearchedTable<Row, SortField> = {
  table: sql`opportunities`,
  alias: sql`o`,
  sortings,
  joins: {
    contact: (locationId) =>
      sql`join contacts c on c.location_id = ${locationId} and c.id = o.contact_id`,
  },
  columns,
  columnJoins: stageAndContact,
  timeIndexes: new Set([
    '',
    'assigned_to',
    'followers',
    'pipeline_id,pipeline_stage_id',
    'pipeline_id,status',
    'pipeline_stage_id',
  ]),
  total(locationId, filter) {
    const counted = countedBy(filter)
    return counted && totalOfCounts(locationId, counted)
  },
  // DEVIATION: a search for text counts no further than 10,000.
  totalMax: (filter) => (looksForText(filter) ? opportunityLimits.textTotalMax : null),
}

/**
 * A filter as one of the counts; undefined when they do not know how many there are. Of followers
 * they know those of one.
 */
function countedBy(filter: Filter): Counted | undefined {
  const asked = askedOfIndex(filter)
  if (asked && asked.values.length > 1) return undefined
  const { values: [follower = ''] = [], besides = filter } = asked ?? {}
  const conditions = conditionsOf(besides)
  if (conditions.some(({ field }) => field.counted === undefined)) return undefined
  return {
    where: sql`n.follower = ${follower} and ${filterSql(besides, 'counts')}`,
    isOfAssignees: conditions.some(({ field }) => field.name === 'assigned_to'),
  }
}

export function namesPipeline(filter: Filter): boolean {
  return conditionsOf(filter).some(({ field }) => field.name === 'pipeline_id')
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
    : stageSumsOf(locationId, passing(searchedOpportunities, locationId, filter))
  return db.query<StageSums>(prepared(common !== undefined, statement))
}

/**
 * The opportunity that an id stands for in a search: it is its own, or its contact's, of whom the
 * last in the search's order is meant.
 */
export async function findPlaced(
  db: Queryable,
  locationId: string,
  id: string,
  { filter, order }: Pick<Page<SortField>, 'filter' | 'order'>,
): Promise<Placed | undefined> {
  const columns = sortedColumns(order, sortings)
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
      order by o.id = ${id} desc, ${orderSql(columns, 'backwards')} limit 1`),
  )
  return row
}
