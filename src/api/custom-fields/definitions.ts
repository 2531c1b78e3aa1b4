import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'

/** What has custom fields; a definition is for one of them. */
export type Model = 'contact' | 'opportunity'

/** A field as it is defined; its key is as `opportunity.my_field`. */
export type Definition = { id: string; key: string; dataType: string }

/** The `dataType` of fields by their ids; one without a definition has none. */
export type DataTypes = ReadonlyMap<string, string>

/** A key with its model before it, whether or not it was sent so. */
export const fullKey = (model: Model, key: string): string =>
  key.startsWith(`${model}.`) ? key : `${model}.${key}`

/** The definitions of the fields that are named by id or by key. */
export async function findDefinitions(
  db: Queryable,
  locationId: string,
  model: Model,
  { ids = [], keys = [] }: { ids?: readonly string[]; keys?: readonly string[] },
): Promise<Definition[]> {
  if (ids.length + keys.length === 0) return []
  return db.query<Definition>(sql`
    select f.id, f.field_key as key, f.data_type as "dataType" from custom_fields f
    where f.location_id = ${locationId} and f.model = ${model} and f.document_type = 'field'
      and (f.id = any(${ids}::text[]) or f.field_key = any(${keys}::text[]))`)
}

export async function findDataTypes(
  db: Queryable,
  locationId: string,
  model: Model,
  ids: readonly string[],
): Promise<DataTypes> {
  const found = await findDefinitions(db, locationId, model, { ids: [...new Set(ids)] })
  return new Map(found.map(({ id, dataType }) => [id, dataType]))
}
