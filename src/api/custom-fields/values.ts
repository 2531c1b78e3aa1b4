import type { FastifyBaseLogger } from 'fastify'
import type { Static } from 'typebox'
import type { Queryable } from '../../db/database.ts'
import {
  type DataTypes,
  type Definition,
  findDefinitions,
  fullKey,
  type Model,
} from './definitions.ts'
import { customFieldsNotFound, customFieldsTooLong, customFieldsWithoutId } from './errors.ts'
import type { CustomFieldInput } from './shapes.ts'
import { type FoundValue, isEmpty, valueTypeOf } from './types.ts'

type FieldInput = Static<typeof CustomFieldInput>

/** As it is stored, in `custom_fields jsonb` of its row; null for a field that is emptied. */
export type CustomFieldValue = { id: string; fieldValue: unknown }

/**
 * The custom fields of a body by their ids, each once with its last value; undefined when none
 * were sent. A field is named by its id or else by its key, as `my_field` or with its model before
 * it; a key that names nothing is refused. A value is stored as its field's type has it.
 */
export async function readCustomFields(
  db: Queryable,
  locationId: string,
  custom: { model: Model; charsMax: number; log: FastifyBaseLogger },
  inputs: readonly FieldInput[] | null | undefined,
): Promise<CustomFieldValue[] | undefined> {
  if (!inputs) return undefined
  const { model, charsMax, log } = custom
  const fields = await definedFields(db, locationId, model, inputs)
  const values = inputs.flatMap((input, i): [string, unknown][] => {
    const { id = '', dataType } = fields[i] ?? {}
    const value = input.fieldValue ?? input.field_value ?? input.value ?? null
    if (isEmpty(value)) return [[id, null]]
    const read = valueTypeOf(dataType).read(value)
    // DEVIATION: a value that its field's type does not take.
    if (read === undefined) log.warn({ id, dataType }, 'a custom field does not take its value')
    return read === undefined ? [] : [[id, isEmpty(read) ? null : read]]
  })
  const read = [...new Map(values)].map(([id, fieldValue]) => ({ id, fieldValue }))
  if (JSON.stringify(read).length > charsMax) throw customFieldsTooLong(charsMax)
  return read
}

/** The field that each input names; throws the refusal of those that name none. */
async function definedFields(
  db: Queryable,
  locationId: string,
  model: Model,
  inputs: readonly FieldInput[],
): Promise<(Pick<Definition, 'id'> & Partial<Definition>)[]> {
  const namelessIndexes = inputs.flatMap(({ id, key }, i) => (id || key ? [] : [i]))
  if (namelessIndexes.length > 0) throw customFieldsWithoutId(namelessIndexes)
  const ids = inputs.flatMap(({ id }) => id || [])
  const keys = inputs.flatMap(({ id, key }) => (id || !key ? [] : [fullKey(model, key)]))
  const found = await findDefinitions(db, locationId, model, { ids, keys })
  const byId = new Map(found.map((one) => [one.id, one]))
  const byKey = new Map(found.map((one) => [one.key, one]))
  const unknown = keys.filter((key) => !byKey.has(key))
  if (unknown.length > 0) throw customFieldsNotFound(unknown)
  return inputs.map(({ id, key }) =>
    id ? (byId.get(id) ?? { id }) : (byKey.get(fullKey(model, key ?? '')) ?? { id: '' }),
  )
}

/**
 * The custom fields of a row as searches show them. UPSTREAM: behaviour.md §2.2. DEVIATION: a
 * custom field without a value is left out.
 */
export function foundCustomFields(
  values: readonly CustomFieldValue[],
  dataTypes: DataTypes,
): ({ id: string } & FoundValue)[] {
  return values.flatMap(({ id, fieldValue }) => {
    const type = valueTypeOf(dataTypes.get(id))
    // It may have been stored before its field was defined.
    const value = isEmpty(fieldValue) ? undefined : type.read(fieldValue)
    const found = isEmpty(value) ? undefined : type.show(value)
    return found ? [{ id, ...found }] : []
  })
}
