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
import { type DataTypes, findDataTypes, type Model } from './definitions.ts'
import { valueTypeOf } from './types.ts'

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
  const dataTypes = await findDataTypes(db, locationId, custom.model, ids)
  return (name) => filterField(custom, name, dataTypes)
}

/** `custom_fields.{id}` or `custom_fields.{id}.{optionId}`, taken apart. */
function nameParts({ prefix }: FilteredCustomFields, name: string) {
  if (!name.startsWith(`${prefix}.`)) return undefined
  const [, id, , optionId] = /^([^.]+)(\.(.+))?$/s.exec(name.slice(prefix.length + 1)) ?? []
  return id === undefined ? undefined : { id, optionId }
}

/**
 * A custom field by its definition's type; without a definition it is text. Undefined for a name
 * that the type does not have, such as an option of a number.
 */
function filterField(
  custom: FilteredCustomFields,
  name: string,
  dataTypes: DataTypes,
): FilterField | undefined {
  const parts = nameParts(custom, name)
  if (!parts) return undefined
  const { id, optionId } = parts
  const dataType = dataTypes.get(id)
  const { filter } = valueTypeOf(dataType)
  const storedValue = sql`jsonb_path_query_first(${custom.column}, '$[*] ? (@.id == $id).fieldValue',
    jsonb_build_object('id', ${id}::text))`
  if (optionId !== undefined) {
    const isList = dataType === undefined || filter === 'list'
    return isList ? { name, ...textField(sql`(${storedValue} ->> ${optionId}::text)`) } : undefined
  }
  if (filter === 'list') return undefined
  const hasValue = sql`coalesce(${storedValue}, 'null') not in ('null', '""', '[]', '{}')`
  return { name, ...filter, column: comparableValue(filter.kind, storedValue), hasValue }
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
