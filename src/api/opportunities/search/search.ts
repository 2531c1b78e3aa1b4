import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { AppContext } from '../../../context.ts'
import { cannotBeUndefined, unprocessable } from '../../../http/errors.ts'
import type { Server } from '../../../http/server.ts'
import type { Version } from '../../../http/version.ts'
import { readMoment, readMs } from '../../../resource/dates.ts'
import { operation } from '../../../resource/operation.ts'
import type { Condition, Filter } from '../../../resource/search/filter.ts'
import { type Cursor, cursorAt, isByTime, type Order } from '../../../resource/search/order.ts'
import {
  findPage,
  findTotal,
  type Parameters,
  pageMeta,
  pageUrl,
  skipTo,
} from '../../../resource/search/page.ts'
import { timeBound } from '../../../resource/search/read-filter.ts'
import { dateInvalid, notInSearch, startAfterInvalid } from '../errors.ts'
import { opportunityLimits } from '../limits.ts'
import type { Row } from '../store/row.ts'
import { countryOf, ownField, searchText } from './fields.ts'
import { cursorAfter, newestFirst, newestSortOf, type SortField, sortings } from './order.ts'
import { foundOf } from './row.ts'
import { type orders, renamed, SearchAnswer, SearchQuery } from './shapes.ts'
import { findPlaced, searchedOpportunities } from './statements.ts'

type Sent = Static<typeof SearchQuery>

type Query = Omit<Sent, (typeof renamed)[keyof typeof renamed]>

export function searchOpportunities(app: Server, { db, strict }: AppContext): void {
  operation(
    app,
    'GET /opportunities/search',
    {
      query: SearchQuery,
      answer: SearchAnswer,
      renamed: { query: renamed },
      refusesFirst: (request) => refusalOf(request, strict === true),
    },
    async ({ locationId, query, request }) => {
      const limit = Math.min(query.limit ?? 20, opportunityLimits.searchRowsMax)
      const search = { filter: filterOf(query, locationId), order: orderOf(query) }
      const after = await cursorOf(query, search, db, locationId)
      const skip = after ? 0 : skipTo({ page: query.page ?? 1, limit, first: 1 })
      const [found, total] = await Promise.all([
        findPage(db, searchedOpportunities, locationId, { ...search, after, skip, limit }),
        findTotal(db, searchedOpportunities, locationId, search.filter),
      ])
      return answerOf(request, { ...query, locationId, limit }, search.order, found, total)
    },
  )
}

/** An empty parameter is one that was left out, as in upstream's own `nextPageUrl`. */
function dropEmpty(query: Sent): void {
  for (const name of Object.keys(SearchQuery.properties) as (keyof Sent)[]) {
    if (query[name] === '') delete query[name]
  }
}

/** What upstream looks at before everything else. UPSTREAM: behaviour.md §1.4, §2.3 */
function refusalOf(request: FastifyRequest, strict: boolean): Error | undefined {
  const query = request.query as Sent
  dropEmpty(query)
  const isV3 = request.version === 'v3'
  const camel = isV3 ? [] : Object.keys(renamed).filter((name) => name in query)
  if (camel.length > 0) {
    const missing = ['location_id must be a string', 'location_id should not be empty']
    const unknown = camel.map((name) => `property ${name} should not exist`)
    return unprocessable([...unknown, ...(query.location_id ? [] : missing)])
  }
  if (query.location_id || query.locationId) return undefined
  // DEVIATION: page two without a location, which n8n asks for.
  const isNextPage = query.startAfter !== undefined || query.startAfterId !== undefined
  if (isNextPage && !strict) return undefined
  return cannotBeUndefined(isV3 ? 'locationId' : 'location_id')
}

const equals = (name: string, value: string | undefined): Condition[] => {
  const field = value === undefined ? undefined : ownField(name)
  return field && value !== undefined ? [{ field, test: { is: 'any of', values: [value] } }] : []
}

function filterOf(query: Query, locationId: string): Filter {
  const { q, status, country } = query
  return {
    all: [
      ...equals('pipeline_id', query.pipelineId),
      ...equals('pipeline_stage_id', query.pipelineStageId),
      ...equals('assigned_to', query.assignedTo),
      ...equals('status', status === 'all' ? undefined : status),
      ...equals('contact_id', query.contactId),
      ...equals('id', query.id),
      ...added('date', 'gte', query.date),
      ...added('endDate', 'lte', query.endDate),
      ...(q ? [{ field: searchText, test: { is: 'containing', text: q } } as const] : []),
      ...(country ? [ofCountry(locationId, country)] : []),
      // DEVIATION: a campaign has no opportunities.
      ...(query.campaignId ? [{ any: [] }] : []),
    ],
  }
}

function ofCountry(locationId: string, country: string): Condition {
  const values = [country.toUpperCase()]
  return { field: countryOf(locationId), test: { is: 'any of', values } }
}

/** `date` and `endDate`: when an opportunity was made. */
function added(name: string, side: 'gte' | 'lte', value: string | undefined): Condition[] {
  const field = value === undefined ? undefined : ownField('date_added')
  if (!field) return []
  const moment = readMoment(value)
  if (!moment) throw dateInvalid(name)
  return [{ field, test: { is: 'within', bounds: [timeBound(side, moment)] } }]
}

const ordered: Readonly<Record<(typeof orders)[number], Order<SortField>>> = {
  added_asc: [{ field: 'date_added', direction: 'asc' }],
  added_desc: newestFirst,
  name_asc: [{ field: 'name', direction: 'asc' }],
  name_desc: [{ field: 'name', direction: 'desc' }],
}

const orderOf = ({ order = 'added_desc' }: Query): Order<SortField> => ordered[order]

/** Where the page begins; undefined: at the first row, or after so many of them. */
async function cursorOf(
  { startAfter, startAfterId }: Query,
  search: { filter: Filter; order: Order<SortField> },
  db: AppContext['db'],
  locationId: string,
): Promise<Cursor | undefined> {
  const { order } = search
  if (startAfter !== undefined) {
    const moment = readMs(startAfter)
    if (!moment) throw startAfterInvalid()
    if (isByTime(order, sortings)) return cursorAfter(order, locationId, moment.at, startAfterId)
  }
  if (startAfterId === undefined) return undefined
  const row = await findPlaced(db, locationId, startAfterId, search)
  if (!row) throw notInSearch()
  return cursorAt(order, sortings, row)
}

function answerOf(
  request: FastifyRequest,
  query: Query & { limit: number },
  order: Order<SortField>,
  found: readonly Row[],
  total: number,
): Static<typeof SearchAnswer> {
  const { getNotes: notes, getTasks: tasks, getCalendarEvents: calendarEvents, limit } = query
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const page = query.page ?? 1
  const [startAfter = null, contactOrOwnId = null] = last ? newestSortOf(last, found[limit]) : []
  // A name says nothing of the place in time: the row itself does.
  const startAfterId = isByTime(order, sortings) ? contactOrOwnId : (last?.id ?? null)
  const hasMore = found.length > limit
  return {
    opportunities: rows.map((row, i) =>
      foundOf(row, newestSortOf(row, found[i + 1]), { notes, tasks, calendarEvents }),
    ) as Static<typeof SearchAnswer>['opportunities'],
    meta: pageMeta({ total, page, hasMore, startAfter, startAfterId }, (next) =>
      pageUrl(request, '/opportunities/search', inVersion(request.version, { ...query, ...next })),
    ),
    aggregations: {},
  }
}

/** Parameters by the names that a version has for them. */
function inVersion(version: Version, parameters: Parameters): Parameters {
  if (version === 'v3') return parameters
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      renamed[name as keyof typeof renamed] ?? name,
      value,
    ]),
  )
}
