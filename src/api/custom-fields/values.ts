import type { Static } from 'typebox'
import type { Queryable } from '../../db/database.ts'
import { type Sql, sql } from '../../db/sql.ts'
import {
  type FieldLookup,
  type FilterField,
  foldedText,
  type Kind,
  textField,
} from '../../resource/search/fields.ts'
import { fieldNamesIn } from '../../resource/search/read-filter.ts'
import { customFieldsNotFound, customFieldsTooLong, customFieldsWithoutId } from './errors.ts'
import type { CustomFieldInput, FoundCustomField } from './shapes.ts'

/** What has custom fields; a definition is for one of them. */
export type Model = 'contact' | 'opportunity'

/** As it is stored, in `custom_fields jsonb` of its row, and answered. */
export type CustomFieldValue = { id: string; fieldValue: unknown }

/**
 * The custom fields of a body by their ids, each once with its last value; undefined when none
 * were sent. A field is named by its id or else by its key, as `my_field` or
 * `opportunity.my_field`; a key that names nothing is refused.
 */
export async function readCustomFields(
  db: Queryable,
  locationId: string,
  { model, charsMax }: { model: Model; charsMax: number },
  inputs: readonly Static<typeof CustomFieldInput>[] | null | undefined,
): Promise<CustomFieldValue[] | undefined> {
  if (!inputs) return undefined
  const namelessIndexes = inputs.flatMap(({ id, key }, i) => (id || key ? [] : [i]))
  if (namelessIndexes.length > 0) throw customFieldsWithoutId(namelessIndexes)
  const fullKey = (key: string) => (key.startsWith(`${model}.`) ? key : `${model}.${key}`)
  const keys = inputs.flatMap(({ id, key }) => (id || !key ? [] : [fullKey(key)]))
  const ids = keys.length > 0 ? await findIds(db, locationId, model, keys) : new Map()
  const unknown = keys.filter((key) => !ids.has(key))
  if (unknown.length > 0) throw customFieldsNotFound(unknown)
  const values = inputs.map(({ id, key, ...value }): [string, unknown] => [
    id || (ids.get(fullKey(key ?? '')) ?? ''),
    value.fieldValue ?? value.field_value ?? value.value ?? null,
  ])
  const fields = [...new Map(values)].map(([id, fieldValue]) => ({ id, fieldValue }))
  if (JSON.stringify(fields).length > charsMax) throw customFieldsTooLong(charsMax)
  return fields
}

async function findIds(
  db: Queryable,
  locationId: string,
  model: Model,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ key: string; id: string }>(sql`
    select f.field_key as key, f.id from custom_fields f
    where f.location_id = ${locationId} and f.model = ${model}
      and f.field_key = any(${keys}::text[])`)
  return new Map(rows.map(({ key, id }) => [key, id]))
}

/** UPSTREAM: behaviour.md §2.2. DEVIATION: a custom field without a value is left out. */
export function foundCustomFields({
  id,
  fieldValue: value,
}: CustomFieldValue): Static<typeof FoundCustomField>[] {
  if (Array.isArray(value)) return [{ id, type: 'array', fieldValueArray: value }]
  switch (typeof value) {
    case 'string':
      return [{ id, type: 'string', fieldValueString: value }]
    case 'number':
      return [{ id, type: 'number', fieldValueNumber: value }]
    case 'boolean':
      return [{ id, type: 'boolean', fieldValueBoolean: value }]
    default:
      return value ? [{ id, type: 'object', fieldValueObject: value }] : []
  }
}

/** How a family's filters name custom fields, as `{prefix}.{id}`, and the column that has them. */
export type FilteredCustomFields = { model: Model; prefix: string; column: Sql }

/** Looks up the custom fields that filters name, as fields to filter by. */
export async function customFieldLookup(
  filters: readonly unknown[],
  custom: FilteredCustomFields,
  db: Queryable,
  locationId: string,
): Promise<FieldLookup> {
  const ids = fieldNamesIn(filters).flatMap((name) => nameParts(custom, name)?.id ?? [])
  const types = await findTypes(db, locationId, custom.model, [...new Set(ids)])
  return (name) => filterField(custom, name, types)
}

/** `custom_fields.{id}` or `custom_fields.{id}.{optionId}`, taken apart. */
function nameParts({ prefix }: FilteredCustomFields, name: string) {
  if (!name.startsWith(`${prefix}.`)) return undefined
  const [, id, , optionId] = /^([^.]+)(\.(.+))?$/s.exec(name.slice(prefix.length + 1)) ?? []
  return id === undefined ? undefined : { id, optionId }
}

async function findTypes(
  db: Queryable,
  locationId: string,
  model: Model,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db.query<{ id: string; type: string }>(sql`
    select f.id, f.data_type as type from custom_fields f
    where f.location_id = ${locationId} and f.model = ${model} and f.id = any(${ids}::text[])`)
  return new Map(rows.map(({ id, type }) => [id, type]))
}

const kinds: Readonly<Record<string, Kind>> = {
  CHECKBOX: 'options',
  MULTIPLE_OPTIONS: 'options',
  NUMERICAL: 'number',
  MONETORY: 'number',
  DATE: 'day',
}
const listType = 'TEXTBOX_LIST'

/**
 * A custom field by its definition's type; without a definition it is text. Undefined for a name
 * that the type does not have, such as an option of a number.
 */
function filterField(
  custom: FilteredCustomFields,
  name: string,
  types: ReadonlyMap<string, string>,
): FilterField | undefined {
  const parts = nameParts(custom, name)
  if (!parts) return undefined
  const { id, optionId } = parts
  const type = types.get(id)
  const storedValue = sql`jsonb_path_query_first(${custom.column}, '$[*] ? (@.id == $id).fieldValue',
    jsonb_build_object('id', ${id}::text))`
  if (optionId !== undefined) {
    const isList = type === undefined || type === listType
    return isList ? { name, ...textField(sql`(${storedValue} ->> ${optionId}::text)`) } : undefined
  }
  if (type === listType) return undefined
  const kind = kinds[type ?? ''] ?? 'text'
  const hasValue = sql`coalesce(${storedValue}, 'null') not in ('null', '""', '[]', '{}')`
  return { name, kind, column: comparableValue(kind, storedValue), hasValue }
}

/** A custom field's value in the type that it is compared in; null where it is not of that type. */
function comparableValue(kind: Kind, storedValue: Sql): Sql {
  const valueText = sql`(${storedValue} #>> '{}')`
  const isNumber = sql`jsonb_typeof(${storedValue}) = 'number'`
  switch (kind) {
    case 'options':
      return storedValue
    case 'number':
      return sql`case when ${isNumber} or ${valueText} ~ '^-?[0-9]{1,40}(\\.[0-9]{1,40})?$'
        then ${valueText}::numeric end`
    case 'day':
      // The database would fail on milliseconds outside the years that it has days of.
      return sql`case
        when ${isNumber} then case
          when ${valueText}::numeric between -62135596800000 and 253402300799999
          then to_char(to_timestamp(${valueText}::float8 / 1000) at time zone 'UTC', 'YYYY-MM-DD') end
        when ${valueText} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(${valueText}, 10) end collate "C"`
    default:
      return foldedText(valueText)
  }
}
