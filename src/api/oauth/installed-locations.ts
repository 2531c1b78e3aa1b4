import { type Static, Type } from 'typebox'
import { otherCompany } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { Query } from '../../http/shapes.ts'
import type { Generation } from '../../http/version.ts'
import { limits } from '../../limits.ts'
import { operation } from '../../resource/operation.ts'
import { Id } from '../../resource/words.ts'
import { appNotFound, invalidArgument, resourceNotFound } from './errors.ts'
import { appIdOf } from './installs/apps.ts'
import { listInstalledLocations } from './installs/installed-locations-query.ts'
import { oauthLimits } from './limits.ts'
import { aipRefusals, InstalledLocationsAnswer, InstalledLocationsV3Answer } from './shapes.ts'

const textParameter = (description: string) => Type.Optional(Type.String({ description }))
const flagParameter = (description: string) => Type.Optional(Type.Boolean({ description }))

const filters = {
  query: textParameter('Parameter to search for the installed location by name'),
  isInstalled: flagParameter(
    'Filters out location which are installed for specified app under the specified company',
  ),
  companyId: Id('5DP4iH6HLkQsiKESj6rh', 'Parameter to search by the companyId'),
  appId: Id('695bd1f0c4e8b27d3a916f05', 'Parameter to search by the appId'),
  versionId: textParameter('VersionId of the app'),
  onTrial: flagParameter(
    'Filters out locations which are installed for specified app in trial mode',
  ),
  planId: textParameter(
    'Filters out location which are installed for specified app under the specified planId',
  ),
  locationId: textParameter('locationId'),
}

const InstalledLocationsQuery = Query({
  skip: Type.Optional(
    Type.Integer({
      default: 0,
      minimum: 0,
      maximum: limits.skipMax,
      description: 'Parameter to skip the number installed locations',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      default: 20,
      minimum: 1,
      maximum: oauthLimits.installedLocationsLegacyMax,
      description: 'Parameter to limit the number installed locations',
    }),
  ),
  ...filters,
})

const InstalledLocationsV3Query = Query({
  pageSize: Type.Optional(
    Type.Number({ description: `Max items per page (1-${oauthLimits.installedLocationsMax}).` }),
  ),
  pageToken: textParameter('Opaque token returned in a previous response to fetch the next page.'),
  restrictToUserLocations: flagParameter(
    'When true, restricts the list to locations the current user has access to.',
  ),
  ...filters,
})

export function getInstalledLocations(app: Server, { db }: AppContext): void {
  operation(
    app,
    ['GET /oauth/installedLocations', 'GET /oauth/installed-locations'],
    {
      description: 'This API allows you fetch location where app is installed upon',
      query: InstalledLocationsQuery,
      answer: InstalledLocationsAnswer,
      refuses: [403],
      v3: {
        query: InstalledLocationsV3Query,
        answer: InstalledLocationsV3Answer,
        refuses: [],
        refusesAs: aipRefusals,
      },
    },
    async ({ caller, query, generation }) => {
      const { page, filter } = readQuery(query, generation)
      const errors = notFoundErrors(generation)
      if (filter.companyId !== caller.companyId) throw errors.company(filter.companyId)
      if (filter.appId !== appIdOf(caller.sourceId)) throw errors.app(filter.appId)
      const result = await listInstalledLocations(db, filter, page)
      const { rows, count, installToFutureLocations } = result
      if (generation === 'v2') return { locations: rows, count, installToFutureLocations }
      return {
        items: rows,
        pagination: paginationOf(result, page),
        metadata: { filterApplied: filter, sortApplied: { installedAt: 'desc' } },
        installToFutureLocations,
      }
    },
  )
}

/** Each generation has its own names for a page. */
function readQuery(
  {
    skip = 0,
    limit = 20,
    pageToken,
    pageSize = 20,
    ...filter
  }: Static<typeof InstalledLocationsQuery> & Static<typeof InstalledLocationsV3Query>,
  generation: Generation,
) {
  if (generation === 'v2') return { filter, page: { skip, limit } }
  return { filter, page: { skip: readPageToken(pageToken), limit: readPageSize(pageSize) } }
}

/** The errors by which each generation refuses a company or app that is not the caller's. */
const notFoundErrors = (generation: Generation) =>
  generation === 'v2'
    ? { company: otherCompany, app: appNotFound }
    : {
        company: (id: string) => resourceNotFound('Company', id),
        app: (id: string) => resourceNotFound('App', id),
      }

function readPageSize(pageSize: number): number {
  const max = oauthLimits.installedLocationsMax
  if (Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= max) return pageSize
  const range = `a whole number from 1 to ${max}`
  throw invalidArgument('pageSize', `pageSize must be ${range}.`, `Send ${range}, or none.`)
}

const pageTokenOf = (offset: number) =>
  Buffer.from(JSON.stringify({ offset })).toString('base64url')

/** UPSTREAM: the documented example of a page token is `{"offset":20}` in base64url. */
function readPageToken(pageToken: string | undefined): number {
  if (pageToken === undefined) return 0
  const [, digits] =
    /^\{"offset":(\d{1,5})\}$/.exec(Buffer.from(pageToken, 'base64url').toString()) ?? []
  const offset = Number(digits)
  if (offset <= limits.skipMax) return offset
  throw invalidArgument(
    'pageToken',
    'pageToken is invalid.',
    'Send the nextPageToken or prevPageToken of an answer as it is.',
  )
}

function paginationOf(
  { rows, count }: { rows: readonly unknown[]; count: number },
  { skip, limit }: { skip: number; limit: number },
) {
  const next = skip + limit
  const hasNextPage = next < count && next <= limits.skipMax
  const hasPrevPage = skip > 0
  return {
    totalRecords: count,
    hasNextPage,
    hasPrevPage,
    ...(hasNextPage && { nextPageToken: pageTokenOf(next) }),
    ...(hasPrevPage && { prevPageToken: pageTokenOf(Math.max(0, skip - limit)) }),
    currentPageSize: rows.length,
  }
}
