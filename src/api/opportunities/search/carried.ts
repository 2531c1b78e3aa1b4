import type { FastifyRequest } from 'fastify'
import type { Parameters } from '../../../resource/search/page.ts'
import { SearchQuery, v3Names } from './shapes.ts'

/** What every page names for itself. */
const ofThePage = ['location_id', 'locationId', 'startAfter', 'startAfterId', 'page']
/** What leaves no row out. */
const ofTheView = ['limit', 'order', 'getTasks', 'getNotes', 'getCalendarEvents']
const carriedNames = Object.keys(SearchQuery.properties).filter((name) => !ofThePage.includes(name))

/**
 * The id of a cursor with the filters of its page, if there are any. n8n asks for page two by the
 * cursor alone, and would get rows that it did not search for. DEVIATION: what was searched for
 * stands in `startAfterId`.
 */
export function carryingId<Id extends string | number | null>(
  id: Id,
  query: Parameters,
): Id | string {
  const named = carriedNames.filter((name) => query[name] !== undefined)
  if (id === null || named.every((name) => ofTheView.includes(name))) return id
  const search = new URLSearchParams(
    named.map((name): [string, string] => [name, String(query[name])]),
  )
  return `${id}~${Buffer.from(search.toString()).toString('base64url')}`
}

/** Takes such an id apart, and for a page that names no location asks for what it carries. */
export function unpackId(request: FastifyRequest): void {
  const query = request.query as Record<string, unknown>
  if (typeof query.startAfterId !== 'string') return
  const [id, packed = ''] = query.startAfterId.split('~')
  query.startAfterId = id
  if (query.location_id || query.locationId) return
  const search = new URLSearchParams(Buffer.from(packed, 'base64url').toString())
  for (const name of carriedNames) {
    const value = search.get(name)
    const spelling =
      request.version === 'v3' ? name : (v3Names[name as keyof typeof v3Names] ?? name)
    if (value !== null) query[spelling] ??= value
  }
}
