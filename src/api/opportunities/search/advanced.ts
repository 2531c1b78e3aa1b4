import type { Static } from 'typebox'
import type { AppContext } from '../../../context.ts'
import { unprocessable } from '../../../http/errors.ts'
import type { Server } from '../../../http/server.ts'
import { limits } from '../../../limits.ts'
import { operation } from '../../../resource/operation.ts'
import { tooFar } from '../errors.ts'
import type { Row } from '../store/row.ts'
import { searchText } from './fields.ts'
import { type Filter, namesPipeline } from './filter.ts'
import {
  type Cursor,
  newestFirst,
  newestSortOf,
  readNewestSortOf,
  readSortOf,
  sortOf,
} from './order.ts'
import { customFieldIdsIn, readFilters } from './read-filter.ts'
import { foundOf } from './row.ts'
import { AdvancedSearchAnswer, AdvancedSearchBody } from './shapes.ts'
import {
  countOpportunities,
  findFieldTypes,
  findOpportunities,
  findStageSums,
} from './statements.ts'

type Body = Static<typeof AdvancedSearchBody>

export function searchOpportunitiesAdvanced(app: Server, { db }: AppContext): void {
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
      const page = pageOf(body, locationId)
      const filter = await filterOf(body, db, locationId)
      const areStagesTold = generation === 'v3' && namesPipeline(filter)
      const [found, total, stageAggregations] = await Promise.all([
        findOpportunities(db, locationId, { ...page, filter }),
        countOpportunities(db, locationId, filter),
        areStagesTold ? findStageSums(db, locationId, filter) : undefined,
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

/** DEVIATION: `page` counts from 0, and beside a `searchAfter` it says nothing. */
function pageOf({ page, limit, sort, searchAfter }: Body, locationId: string) {
  const order = sort?.length ? sort : newestFirst
  if (searchAfter?.length) {
    const after = sort?.length
      ? readSortOf(sort, searchAfter)
      : readNewestSortOf(locationId, searchAfter)
    return { order, limit, skip: 0, after: cursorOr422(after) }
  }
  const skip = (page ?? 0) * limit
  if (skip > limits.skipMax) throw tooFar()
  return { order, limit, skip }
}

function cursorOr422(after: Cursor | string): Cursor {
  if (typeof after === 'string') throw unprocessable([after])
  return after
}

async function filterOf(
  { query, filters }: Body,
  db: AppContext['db'],
  locationId: string,
): Promise<Filter> {
  const nodes = filters ?? []
  const types = await findFieldTypes(db, locationId, customFieldIdsIn(nodes))
  const filter = readFilters(nodes, types)
  if (!query) return filter
  return { all: [filter, { field: searchText, test: { is: 'containing', text: query } }] }
}

function rowsOf({ limit, sort, additionalDetails }: Body, found: readonly Row[]) {
  const rows = found.slice(0, limit).map((row, i) => {
    const sorted = sort?.length ? sortOf(sort, row) : newestSortOf(row, found[i + 1])
    return foundOf(row, sorted, additionalDetails ?? {})
  })
  return rows as Static<typeof AdvancedSearchAnswer>['opportunities']
}
