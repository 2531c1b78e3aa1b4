import fc from 'fast-check'
import { demo } from '../../../src/demo/ids.ts'
import { operators } from '../../../src/resource/search/fields.ts'
import type { Schema } from './operations.ts'

/** JSON that `JSON.stringify` cannot write, by the text that stands in its place meanwhile. */
const unwritableValues: Readonly<Record<string, string>> = {
  '@1e400': '1e400',
  '@-1e400': '-1e400',
  '@-0': '-0',
  '@long number': '9'.repeat(400),
  '@half a pair': '"\\ud800"',
  '@nul': '"a\\u0000b"',
  '@proto': '{"__proto__":{"polluted":1}}',
  '@deep': `${'['.repeat(60)}${']'.repeat(60)}`,
  '@too deep': `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`,
  '@twice': '{"id":"x","id":null}',
}

const times = [
  '0000-01-01',
  '0000-01-01T00:00:00.000Z',
  '-000001-01-01T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '+275760-09-13T00:00:00.000Z',
  '+275760-09-13T00:00:00.001Z',
  '1969-12-31T23:59:59.999Z',
  '9999-12-31',
  '10000-01-01',
  '2026-02-30',
  '2026-13-45T25:61:61Z',
  '2026-01-01T00:00:00+99:99',
  '13/32/2026',
  '-62167219200001',
  '8640000000000001',
  '-9223372036854775809',
]

export const texts = [
  '',
  ' ',
  '0',
  '-1',
  'NaN',
  '-Infinity',
  '1e400',
  '1e-400',
  '0x10',
  'null',
  'undefined',
  'true',
  '__proto__',
  'constructor',
  '%00',
  '\u202eabc\u2066',
  'e\u0301\u{1f469}\u200d\u{1f680}',
  '\ufeff\u2028\uffff',
  '{}',
  '{"a","b"}',
  `'; select 1; --`,
  '%_\\',
  'x'.repeat(256),
  'é'.repeat(5_000),
  ...times,
]

/** What is there, in the demo location and in the other one. */
const ids: readonly string[] = [
  demo.locationId,
  demo.companyId,
  demo.pipelineId,
  demo.opportunityId,
  demo.contactId,
  demo.lostReasonIds.price,
  ...demo.stageIds.slice(0, 2),
  ...demo.userIds.slice(0, 3),
  demo.otherLocation.locationId,
  demo.otherLocation.pipelineId,
  demo.otherLocation.opportunityId,
  ...demo.otherLocation.userIds,
]

const fieldNames = [
  'id',
  'name',
  'contact_name',
  'email',
  'monetary_value',
  'pipeline_stage_id',
  'status',
  'source',
  'assigned_to',
  'followers',
  'date_added',
  'expected_close_date',
  'forecast_probability',
]

const numbers = [0, -1, 1, 1.5, 0.1 + 0.2, 2 ** 31, 2 ** 53 + 2, 1e21, 1e308, 5e-324, 8.64e15 + 1]

const values: readonly unknown[] = [
  null,
  true,
  false,
  ...numbers,
  ...texts,
  ...ids,
  [],
  {},
  [null],
  [[]],
  [{}],
  { constructor: { prototype: {} } },
  { toString: 1, length: -1 },
  Array.from({ length: 1_000 }, (_, i) => `x${i}`),
  Array.from({ length: 600 }, () => ({})),
]

/** Mostly what can be parsed, stored and counted: the rest ends each request before it begins. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(unwritableValues)) },
)
export const anyText = fc.constantFrom(...texts, ...ids)

const condition = fc.record({
  field: fc.constantFrom(
    ...fieldNames,
    'customFields.x',
    `custom_fields.${demo.customFieldIds.seats}`,
  ),
  operator: fc.constantFrom(...operators),
  value: fc.oneof(anyValue, fc.record({ gte: anyValue, lte: anyValue })),
})

/** What the description says no more of than that it is there. */
const undescribedFields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  filters: fc.array(
    fc.oneof(
      condition,
      fc.record({
        group: fc.constantFrom('AND', 'OR', 'NOT'),
        filters: fc.array(condition, { maxLength: 3 }),
      }),
    ),
    { maxLength: 3 },
  ),
  body: fc.record(
    {
      name: anyText,
      pipelineId: fc.constant(demo.pipelineId),
      pipelineStageId: fc.constantFrom(...demo.stageIds),
      contactId: fc.constant(demo.contactId),
      status: fc.constantFrom('open', 'won', 'lost', 'abandoned'),
      monetaryValue: fc.constantFrom(...numbers),
      followers: fc.subarray([...demo.userIds]),
      source: anyText,
      customFields: fc.array(
        fc.record({ id: fc.constantFrom(...Object.values(demo.customFieldIds)), value: anyValue }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  ),
}

/** A value for a schema that it often, but not always, accepts. */
export function plausibleValue(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const types = [schema.type ?? []].flat()
  const choices: fc.Arbitrary<unknown>[] = undescribedFields[name] ? [undescribedFields[name]] : []
  if (schema.enum) choices.push(fc.constantFrom(...schema.enum))
  else if (types.includes('string')) {
    const examples = (schema.examples ?? []).filter((one) => typeof one === 'string')
    choices.push(fc.constantFrom(...examples, ...(/id|to$/i.test(name) ? ids : texts)))
  }
  if (types.includes('number')) choices.push(fc.constantFrom(...numbers, 20, 99.99))
  if (types.includes('integer')) choices.push(fc.integer({ min: -1, max: 30 }))
  if (types.includes('boolean')) choices.push(fc.boolean())
  if (types.includes('null')) choices.push(fc.constant(null))
  if (types.includes('array')) {
    const item = schema.items?.type ? plausibleValue(schema.items, name) : anyValue
    choices.push(fc.array(item, { maxLength: 4 }))
  }
  if (types.includes('object')) choices.push(plausibleObject(schema))
  return choices.length > 0 ? fc.oneof(...choices) : anyValue
}

/** What is required, and a little of what may be left out: each thing more may be wrong. */
function plausibleObject({ properties = {}, required = [] }: Schema) {
  const optional = Object.keys(properties).filter((name) => !required.includes(name))
  return fc.subarray(optional, { maxLength: Math.min(3, optional.length) }).chain((names) => {
    const entries = [...required, ...names].map(
      (name) => [name, plausibleValue(properties[name] ?? {}, name)] as const,
    )
    return fc.record(Object.fromEntries(entries))
  })
}

/** The value with another one somewhere in it, with one thing less, or with one more. */
export function applyMutation(value: unknown, how: Mutation): unknown {
  if (typeof value !== 'object' || value === null || how.depth === 0) {
    return how.value
  }
  const keys = Object.keys(value)
  const key = keys[how.at % Math.max(keys.length, 1)]
  const entries = new Map<string, unknown>(Object.entries(value))
  if (how.action === 'add' || key === undefined) entries.set(how.key, how.value)
  else if (how.action === 'remove') entries.delete(key)
  else entries.set(key, applyMutation(entries.get(key), { ...how, depth: how.depth - 1 }))
  return Array.isArray(value) ? [...entries.values()] : Object.fromEntries(entries)
}

export type Mutation = {
  action: 'put' | 'add' | 'remove'
  at: number
  depth: number
  key: string
  value: unknown
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  action: fc.constantFrom<Mutation['action']>('put', 'put', 'put', 'add', 'remove'),
  at: fc.nat(40),
  depth: fc.integer({ min: 0, max: 5 }),
  key: anyText,
  value: anyValue,
})

/** The body as JSON, or nearly. */
export function writeJson(body: unknown): string {
  const names = Object.keys(unwritableValues).join('|')
  return JSON.stringify(body).replace(
    new RegExp(`"(${names})"`, 'g'),
    (whole, name) => unwritableValues[name] ?? whole,
  )
}
