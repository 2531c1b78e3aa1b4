import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { Queryable } from '../../../db/database.ts'
import { findDefinitions, fullKey } from '../../custom-fields/definitions.ts'
import type { CustomFieldInput } from '../../custom-fields/shapes.ts'

type Sent = Static<typeof CustomFieldInput>

/** Values by the ids of their fields; one that is removed is null. */
export type SentValues = Readonly<Record<string, unknown>>

/**
 * The custom fields of a body. One that the location does not have is ignored, which the log says.
 * UPSTREAM: behaviour-contacts.md §6.4
 */
export async function readCustomFields(
  db: Queryable,
  locationId: string,
  inputs: readonly Sent[] | null | undefined,
  log: FastifyRequest['log'],
): Promise<SentValues> {
  if (!inputs || inputs.length === 0) return {}
  const ids = await findIds(db, locationId, inputs)
  const idOf = ({ id, key }: Sent) => ids.get(id || '') ?? ids.get(fullKey('contact', key || ''))
  const known = inputs.flatMap((input): [string, unknown][] => {
    const id = idOf(input)
    return id ? [[id, sentValue(input)]] : []
  })
  const unknown = inputs.filter((input) => !idOf(input)).length
  if (unknown > 0) log.warn({ locationId, fields: unknown }, 'unknown custom fields are ignored')
  return Object.fromEntries(known)
}

async function findIds(
  db: Queryable,
  locationId: string,
  inputs: readonly Sent[],
): Promise<ReadonlyMap<string, string>> {
  const ids = inputs.flatMap(({ id }) => id || [])
  const keys = inputs.flatMap(({ key }) => (key ? [fullKey('contact', key)] : []))
  const found = await findDefinitions(db, locationId, 'contact', { ids, keys })
  return new Map(found.flatMap(({ id, key }) => [[id, id] as const, [key, id] as const]))
}

/** DEVIATION: an empty value removes the field's. */
function sentValue({ field_value, fieldValue, value }: Sent): unknown {
  const sent = fieldValue ?? field_value ?? value ?? null
  const isEmpty = sent === '' || (Array.isArray(sent) && sent.length === 0)
  return isEmpty ? null : sent
}

/** The values after a write: those that were sent change, and all others stay. */
export function mergeValues(stored: SentValues, sent: SentValues): SentValues {
  const merged = Object.entries({ ...stored, ...sent })
  return Object.fromEntries(merged.filter(([, value]) => value !== null))
}
