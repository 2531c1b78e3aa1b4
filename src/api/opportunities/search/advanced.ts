import type { Static } from 'typebox'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { operation } from '../../../resource/operation.ts'
import type { Filter } from '../../../resource/search/filter.ts'
import { readSortValues, sortValuesOf } from '../../../resource/search/order.ts'
import { cursorOr422, findTotal, rowsBeforePage } from '../../../resource/search/page.ts'
import { readFilters } from '../../../resource/search/read-filter.ts'
import { customFieldLookup } from '../../custom-fields/filters.ts'
import { pageBesideCursor } from '../errors.ts'
import { opportunityFields } from '../store/custom-fields.ts'
import { opportunityField, opportunityFieldNames, textConditions } from './fields.ts'
import { newestFirst, newestSortOf, readNewestSortOf, sortings } from './order.ts'
import { searchedOpportunityOf } from './row.ts'
import { AdvancedSearchAnswer, AdvancedSearchBody } from './shapes.ts'
import {
  findOpportunities,
  findStageSums,
  namesPipeline,
  searchedOpportunities,
} from './statements.ts'

type AdvancedSearchInput = Static<typeof AdvancedSearchBody>

export function searchOpportunitiesAdvanced(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /opportunities/search',
    {
      description:
        'Search Opportunities based on combinations of advanced filters. Documentation Link - ' +
        'https://doc.clickup.com/8631005/d/h/87cpx-424216/7bf11bc9b94f80f',
      body: AdvancedSearchBody,
      answer: AdvancedSearchAnswer,
    },
    async ({ locationId, body, generation }) => {
      const { db } = context
      const page = pageOf(body, locationId)
      const filter = await filterOf(body, context, locationId)
      const hasStageSums = generation === 'v3' && namesPipeline(filter)
      const [found, total, stageAggregations] = await Promise.all([
        findOpportunities(db, locationId, { ...page, filter }),
        findTotal(db, searchedOpportunities, locationId, filter),
        hasStageSums ? findStageSums(db, locationId, filter) : undefined,
      ])
      return {
        opportunities: rowsOf(body, found),
        total,
        ...(stageAggregations && { stageAggregations }),
        aggregations: {},
      }
    },
  )
}

/** DEVIATION: `page` counts from 0. */
function pageOf({ page, limit, sort, searchAfter }: AdvancedSearchInput, locationId: string) {
  const order = sort?.length ? sort : newestFirst
  if (searchAfter?.length) {
    if (typeof page === 'number') throw pageBesideCursor()
    const after = sort?.length
      ? readSortValues(sort, sortings, searchAfter)
      : readNewestSortOf(locationId, searchAfter)
    return { order, limit, skip: 0, after: cursorOr422(after) }
  }
  return { order, limit, skip: rowsBeforePage({ page: page ?? 0, limit, first: 0 }) }
}

async function filterOf(
  { query, filters }: AdvancedSearchInput,
  { db, strict = false }: AppContext,
  locationId: string,
): Promise<Filter> {
  const nodes = filters ?? []
  const customField = await customFieldLookup(nodes, opportunityFields, db, locationId)
  const filter = readFilters(nodes, {
    fieldOf: (name) => opportunityField(name) ?? customField(name),
    fieldNames: opportunityFieldNames,
    isStrict: strict,
  })
  const conditions = textConditions(query)
  return conditions.length > 0 ? { all: [filter, ...conditions] } : filter
}

function rowsOf(
  { limit, sort, additionalDetails }: AdvancedSearchInput,
  { rows, dataTypes }: Awaited<ReturnType<typeof findOpportunities>>,
) {
  const shown = rows.slice(0, limit).map((row, i) => {
    const sortValues = sort?.length
      ? sortValuesOf(sort, sortings, row)
      : newestSortOf(row, rows[i + 1])
    return searchedOpportunityOf(row, { sort: sortValues, dataTypes }, additionalDetails ?? {})
  })
  return shown as Static<typeof AdvancedSearchAnswer>['opportunities']
}
