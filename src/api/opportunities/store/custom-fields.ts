import type { Static } from 'typebox'
import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { limits } from '../../../limits.ts'
import { customFieldNameless, customFieldsNotFound, customFieldsTooLong } from '../errors.ts'
import type { CustomFieldInput } from '../shapes.ts'

/** As it is stored, and answered. */
export type CustomFieldValue = { id: string; fieldValue: unknown }

type Input = Static<typeof CustomFieldInput>

/**
 * The custom fields of a body by their ids, each once with its last value; undefined when none
 * were sent. A field is named by its id or else by its key, as `my_field` or
 * `opportunity.my_field`; a key that names nothing is refused.
 */
export async function readCustomFields(
  db: Queryable,
  locationId: string,
  sent: readonly Input[] | null | undefined,
): Promise<CustomFieldValue[] | undefined> {
  if (!sent) return undefined
  const nameless = sent.flatMap(({ id, key }, i) => (id || key ? [] : [i]))
  if (nameless.length > 0) throw customFieldNameless(nameless)
  const keys = sent.flatMap(({ id, key }) => (id || !key ? [] : [fullKey(key)]))
  const ids = keys.length > 0 ? await findIds(db, locationId, keys) : new Map<string, string>()
  const unknown = keys.filter((key) => !ids.has(key))
  if (unknown.length > 0) throw customFieldsNotFound(unknown)
  const values = sent.map(({ id, key, ...value }): [string, unknown] => [
    id || (ids.get(fullKey(key ?? '')) ?? ''),
    value.fieldValue ?? value.field_value ?? value.value ?? null,
  ])
  const fields = [...new Map(values)].map(([id, fieldValue]) => ({ id, fieldValue }))
  if (JSON.stringify(fields).length > limits.customFieldsCharsMax) throw customFieldsTooLong()
  return fields
}

const fullKey = (key: string) => (key.startsWith('opportunity.') ? key : `opportunity.${key}`)

async function findIds(
  db: Queryable,
  locationId: string,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ key: string; id: string }>(sql`
    select f.field_key as key, f.id from custom_fields f
    where f.location_id = ${locationId} and f.model = 'opportunity'
      and f.field_key = any(${keys}::text[])`)
  return new Map(rows.map(({ key, id }) => [key, id]))
}
