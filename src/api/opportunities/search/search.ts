import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { AppContext } from '../../../context.ts'
import { cannotBeUndefined } from '../../../http/errors.ts'
import type { Server } from '../../../http/server.ts'
import type { Version } from '../../../http/version.ts'
import { readMoment, readMs } from '../../../resource/dates.ts'
import { operation } from '../../../resource/operation.ts'
import type { Condition, Filter } from '../../../resource/search/filter.ts'
import { type Cursor, cursorAt, isByTime, type Order } from '../../../resource/search/order.ts'
import {
  findTotal,
  type Parameters,
  pageMeta,
  pageUrl,
  rowsBeforePage,
} from '../../../resource/search/page.ts'
import { timeBound } from '../../../resource/search/read-filter.ts'
import {
  dateInvalid,
  limitTooHigh,
  pageBeyondWindow,
  startAfterIdNotFound,
  startAfterInvalid,
} from '../errors.ts'
import { opportunityLimits } from '../limits.ts'
import { carryingId, unpackId } from './carried.ts'
import { countryOf, opportunityField, textConditions } from './fields.ts'
import { cursorAfter, newestFirst, newestSortOf, type SortField, sortings } from './order.ts'
import { searchedOpportunityOf } from './row.ts'
import { SearchAnswer, SearchQuery, v3Names } from './shapes.ts'
import { findOpportunities, findSortKeys, searchedOpportunities } from './statements.ts'

type SentQuery = Static<typeof SearchQuery>

type SearchInput = Omit<SentQuery, (typeof v3Names)[keyof typeof v3Names]>

export function searchOpportunities(app: Server, { db, strict }: AppContext): void {
  operation(
    app,
    'GET /opportunities/search',
    {
      query: SearchQuery,
      answer: SearchAnswer,
      renamings: { query: v3Names },
      refusesFirst: (request) => refusalOf(request, strict === true),
    },
    async ({ locationId, query, request }) => {
      const { limit = 20, page = 1 } = query
      if (limit > opportunityLimits.searchRowsMax) throw limitTooHigh()
      const search = { filter: filterOf(query, locationId), order: orderOf(query) }
      const after = await cursorOf(query, search, db, locationId)
      const skip = after ? 0 : rowsBeforePage({ page, limit, first: 1 }, pageBeyondWindow)
      const [found, total] = await Promise.all([
        findOpportunities(db, locationId, { ...search, after, skip, limit }),
        findTotal(db, searchedOpportunities, locationId, search.filter),
      ])
      const answer = answerOf(request, { ...query, locationId, limit }, search.order, found, total)
      const { meta } = answer
      if (meta.nextPageUrl === null || strict) return answer
      return { ...answer, meta: { ...meta, startAfterId: carryingId(meta.startAfterId, query) } }
    },
  )
}

/** An empty parameter is one that was left out, as in upstream's own `nextPageUrl`. */
function dropEmpty(query: SentQuery): void {
  for (const name of Object.keys(SearchQuery.properties) as (keyof SentQuery)[]) {
    if (query[name] === '') delete query[name]
  }
}

/** What upstream looks at before everything else. UPSTREAM: behaviour.md §1.4, §2.3 */
function refusalOf(request: FastifyRequest, strict: boolean): Error | undefined {
  const query = request.query as SentQuery
  dropEmpty(query)
  if (!strict) unpackId(request)
  if (query.location_id || query.locationId) return undefined
  // DEVIATION: page two without a location, which n8n asks for.
  const isNextPage = query.startAfter !== undefined || query.startAfterId !== undefined
  if (isNextPage && !strict) return undefined
  return cannotBeUndefined(request.version === 'v3' ? 'locationId' : 'location_id')
}

const equals = (name: string, value: string | undefined): Condition[] => {
  const field = value === undefined ? undefined : opportunityField(name)
  return field && value !== undefined ? [{ field, test: { is: 'any of', values: [value] } }] : []
}

function filterOf(query: SearchInput, locationId: string): Filter {
  const { q, status, country } = query
  return {
    all: [
      ...equals('pipeline_id', query.pipelineId),
      ...equals('pipeline_stage_id', query.pipelineStageId),
      ...equals('assigned_to', query.assignedTo),
      ...equals('status', status === 'all' ? undefined : status),
      ...equals('contact_id', query.contactId),
      ...equals('id', query.id),
      ...whenAdded('date', 'gte', query.date),
      ...whenAdded('endDate', 'lte', query.endDate),
      ...textConditions(q),
      ...(country ? [isInCountry(locationId, country)] : []),
      // DEVIATION: a campaign has no opportunities.
      ...(query.campaignId ? [{ any: [] }] : []),
    ],
  }
}

function isInCountry(locationId: string, country: string): Condition {
  const values = [country.toUpperCase()]
  return { field: countryOf(locationId), test: { is: 'any of', values } }
}

/** The condition of `date` or `endDate` on the time that an opportunity was made. */
function whenAdded(name: string, side: 'gte' | 'lte', value: string | undefined): Condition[] {
  const field = value === undefined ? undefined : opportunityField('date_added')
  if (!field) return []
  const moment = readMoment(value)
  if (!moment) throw dateInvalid(name)
  return [{ field, test: { is: 'within', bounds: [timeBound(side, moment)] } }]
}

const orderByName: ReadonlyMap<string | undefined, Order<SortField>> = new Map([
  ['added_asc', [{ field: 'date_added', direction: 'asc' }]],
  ['added_desc', newestFirst],
  ['name_asc', [{ field: 'name', direction: 'asc' }]],
  ['name_desc', [{ field: 'name', direction: 'desc' }]],
])

/** UPSTREAM: public-reports.md 21: an order that there is not is passed over. */
const orderOf = ({ order }: SearchInput): Order<SortField> => orderByName.get(order) ?? newestFirst

/** The cursor of the page; undefined when it begins at the first row, or is found by its number. */
async function cursorOf(
  { startAfter, startAfterId }: SearchInput,
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
  const row = await findSortKeys(db, locationId, startAfterId, search)
  if (!row) throw startAfterIdNotFound()
  // DEVIATION: an opportunity's id alone is no cursor, newest first. Who polls with the newest that
  // it knows looks for those before it.
  const isAlone = startAfter === undefined && row.id === startAfterId
  if (isAlone && order === newestFirst) return undefined
  return cursorAt(order, sortings, row)
}

function answerOf(
  request: FastifyRequest,
  query: SearchInput & { limit: number },
  order: Order<SortField>,
  { rows: found, dataTypes }: Awaited<ReturnType<typeof findOpportunities>>,
  total: number,
): Static<typeof SearchAnswer> {
  const { getNotes: notes, getTasks: tasks, getCalendarEvents: calendarEvents, limit } = query
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const page = query.page ?? 1
  const [startAfter = null, contactOrRowId = null] = last ? newestSortOf(last, found[limit]) : []
  // A name does not say where a row is in time, so the cursor is the row's own id.
  const startAfterId = isByTime(order, sortings) ? contactOrRowId : (last?.id ?? null)
  const hasMore = found.length > limit
  return {
    opportunities: rows.map((row, i) =>
      searchedOpportunityOf(
        row,
        { sort: newestSortOf(row, found[i + 1]), dataTypes },
        { notes, tasks, calendarEvents },
      ),
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
      v3Names[name as keyof typeof v3Names] ?? name,
      value,
    ]),
  )
}
