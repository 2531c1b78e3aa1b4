import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { type ContactRow, contactColumns } from './row.ts'

/** What contacts are told apart by. */
export type MatchedKey = 'email' | 'phone'
export type Keys = { email?: string | null | undefined; phone?: string | null | undefined }
export type Match = { key: MatchedKey; row: ContactRow }

/** How a location tells contacts apart, and where it is. */
export type MatchRules = {
  country: string | null
  allowsDuplicate: boolean
  /** In this order. UPSTREAM: behaviour-contacts.md §1.6 */
  order: readonly MatchedKey[]
}

export async function findRules(db: Queryable, locationId: string): Promise<MatchRules> {
  const [row] = await db.query<Omit<MatchRules, 'order'> & { identifiers: string[] }>(sql`
    select l.country, l.allow_duplicate_contact as "allowsDuplicate",
      l.contact_unique_identifiers as identifiers
    from locations l where l.location_id = ${locationId}`)
  const { country = null, allowsDuplicate = false, identifiers = [] } = row ?? {}
  const isKey = (name: string): name is MatchedKey => name === 'email' || name === 'phone'
  const order = allowsDuplicate ? (['email', 'phone'] as const) : identifiers.filter(isKey)
  return { country, allowsDuplicate, order }
}

/** The contacts that have the keys, at most one for each, in the order of the rules. */
export async function findMatches(
  db: Queryable,
  locationId: string,
  { order }: MatchRules,
  keys: Keys,
): Promise<Match[]> {
  const found = order.map(async (key): Promise<Match[]> => {
    const value = keys[key]
    if (!value) return []
    const [row] = await db.query<ContactRow>(matchStatements[key](locationId, value))
    return row ? [{ key, row }] : []
  })
  return (await Promise.all(found)).flat()
}

/** An additional address or number counts too; of several contacts it is the first one made. */
const matchStatements = {
  email: (locationId: string, email: string) => sql`
    select ${contactColumns} from contacts c
    where c.location_id = ${locationId} and c.deleted_at is null
      and (c.email = ${email} or (c.additional_emails <> '[]'
        and c.additional_emails @> ${JSON.stringify([{ email }])}::jsonb))
    order by (c.email = ${email}) desc nulls last, c.created_at, c.id limit 1`,
  phone: (locationId: string, phone: string) => sql`
    select ${contactColumns} from contacts c
    where c.location_id = ${locationId} and c.deleted_at is null
      and (c.phone = ${phone} or (c.additional_phones <> '[]'
        and c.additional_phones @> ${JSON.stringify([{ phone }])}::jsonb))
    order by (c.phone = ${phone}) desc nulls last, c.created_at, c.id limit 1`,
}
