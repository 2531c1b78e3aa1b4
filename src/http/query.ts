import type { TObject, TSchema } from 'typebox'

/** A query string as it was sent; a repeated name holds a list. */
export type RawQuery = Record<string, string | string[]>

/** Marks a query string with broken percent-encoding, as the parser must not throw. */
export const malformedQuery = Symbol('malformed query')

/** Names, each with its spelling in an older version. */
export type NameMap = Readonly<Record<string, string>>

/** Marks names that a query has in the spelling of another version, each with the one it should have. */
export const otherSpellings = Symbol('names in the spelling of another version')

/**
 * Reads a query string. `a=1&a=2`, `a[]=1&a[]=2` and `a[0]=1&a[1]=2` are all lists (axios
 * writes the second form); the schema of the operation decides whether a list is allowed.
 */
export function parseQuery(text: string): RawQuery {
  const query: RawQuery & { [malformedQuery]?: true } = Object.create(null)
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const [name = '', ...value] = pair.split('=')
    try {
      add(query, decode(name), decode(value.join('=')))
    } catch {
      query[malformedQuery] = true
    }
  }
  return query
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

function add(query: RawQuery, name: string, value: string): void {
  const bracketed = /^(.+)\[\d*\]$/s.exec(name)
  const key = bracketed?.[1] ?? name
  const values = query[key]
  // Appended in place: copying the list for each value would cost the square of their number.
  if (Array.isArray(values)) values.push(value)
  else if (values !== undefined) query[key] = [values, value]
  else query[key] = bracketed ? [value] : value
}

/** Whether a query is refused for what its schema does not name. */
export const refusesOthers = (schema: TObject) =>
  'additionalProperties' in schema && schema.additionalProperties === false

const upstreamBooleans = { true: /^true$/, false: /^false$/ }
/** PHP's `http_build_query` writes `1` and `0`, Python and .NET `True` and `False`. */
const sentBooleans = { true: /^(true|1)$/i, false: /^(false|0)$/i }

/**
 * Gives the strings of a query the types of its schema: numbers, booleans, and lists that may be
 * written with commas. What does not fit stays as it is, for validation to refuse; what the schema
 * does not name stays where it is to be refused. A strict reading knows no boolean but `true` and
 * `false`.
 */
export function convertQuery(
  schema: TObject,
  query: RawQuery,
  isStrict = false,
): Record<string, unknown> {
  const converted: Record<string, unknown> = refusesOthers(schema) ? { ...query } : {}
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = query[name]
    if (value !== undefined) converted[name] = convert(property, value, isStrict)
  }
  return converted
}

function convert(
  schema: TSchema & { type?: string },
  value: string | string[],
  isStrict: boolean,
): unknown {
  if (schema.type === 'array') {
    return typeof value === 'string' ? value.split(',') : value
  }
  if (typeof value !== 'string') return value
  if (schema.type === 'boolean') {
    const spellings = isStrict ? upstreamBooleans : sentBooleans
    if (spellings.true.test(value)) return true
    if (spellings.false.test(value)) return false
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    const number = Number(value)
    if (value.trim() !== '' && Number.isFinite(number)) return number
  }
  return value
}
