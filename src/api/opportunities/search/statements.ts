import type { Queryable } from '../../../db/database.ts'
import { sql, unnamed } from '../../../db/sql.ts'
import {
  commonFilter,
  conditionsOf,
  type Filter,
  filterSql,
  hasTextCondition,
  indexedCondition,
} from '../../../resource/search/filter.ts'
import { orderSql, sortedColumns } from '../../../resource/search/order.ts'
import {
  findPage,
  type Page,
  passingRows,
  prepareIf,
  type SearchedTable,
} from '../../../resource/search/page.ts'
import { type DataTypes, findDataTypes } from '../../custom-fields/definitions.ts'
import { opportunityLimits } from '../limits.ts'
import {
  type CountsQuery,
  type StageSums,
  stageSumsOf,
  stageSumsOfCounts,
  totalOfCounts,
} from '../store/counts.ts'
import { opportunityFields } from '../store/custom-fields.ts'
import { type FoundRow, foundColumns, stageAndContactJoins } from '../store/row.ts'
import { type SortField, type SortKeys, sortings } from './order.ts'

export const searchedOpportunities: SearchedTable<FoundRow, SortField> = {
  table: sql`opportunities`,
  alias: sql`o`,
  sortings,
  joins: {
    contact: (locationId) =>
      sql`join contacts c on c.location_id = ${locationId} and c.id = o.contact_id`,
  },
  columns: foundColumns,
  columnJoins: stageAndContactJoins,
  timeIndexes: new Set([
    '',
    'assigned_to',
    'followers',
    'pipeline_id,pipeline_stage_id',
    'pipeline_id,status',
    'pipeline_stage_id',
  ]),
  total(locationId, filter) {
    const countsQuery = countsQueryOf(filter)
    return countsQuery && totalOfCounts(locationId, countsQuery)
  },
  // DEVIATION: a search for text counts no further than 10,000.
  totalMax: (filter) => (hasTextCondition(filter) ? opportunityLimits.textTotalMax : null),
}

/**
 * A filter as a query of the counts; undefined when the counts do not have its columns. They have
 * the opportunities of one follower, but not of several together.
 */
function countsQueryOf(filter: Filter): CountsQuery | undefined {
  const indexed = indexedCondition(filter)
  if (indexed && indexed.values.length > 1) return undefined
  const { values: [follower = ''] = [], besides: remainder = filter } = indexed ?? {}
  const conditions = conditionsOf(remainder)
  if (conditions.some(({ field }) => field.countsColumn === undefined)) return undefined
  return {
    where: sql`n.follower = ${follower} and ${filterSql(remainder, 'counts')}`,
    isOfAssignees: conditions.some(({ field }) => field.name === 'assigned_to'),
  }
}

/** The rows of a page, and one more when there is one, with the types of their custom fields. */
export async function findOpportunities(
  db: Queryable,
  locationId: string,
  page: Page<SortField>,
): Promise<{ rows: FoundRow[]; dataTypes: DataTypes }> {
  const rows = await findPage(db, searchedOpportunities, locationId, page)
  const ids = rows.flatMap(({ customFields }) => customFields.map(({ id }) => id))
  const { model } = opportunityFields
  return { rows, dataTypes: await findDataTypes(db, locationId, model, ids) }
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
  const common = commonFilter(filter)
  const countsQuery = countsQueryOf(common ?? filter)
  const statement = countsQuery
    ? stageSumsOfCounts(locationId, countsQuery)
    : stageSumsOf(locationId, passingRows(searchedOpportunities, locationId, filter))
  return db.query<StageSums>(prepareIf(common !== undefined, statement))
}

/**
 * The opportunity that a `startAfterId` stands for: the one with that id, or the last in the
 * search's order of the contact with that id.
 */
export async function findSortKeys(
  db: Queryable,
  locationId: string,
  id: string,
  { filter, order }: Pick<Page<SortField>, 'filter' | 'order'>,
): Promise<SortKeys | undefined> {
  const columns = sortedColumns(order, sortings)
  const [row] = await db.query<SortKeys>(
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
