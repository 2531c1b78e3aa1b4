import { type ApiError, unprocessable } from '../../http/errors.ts'
import { notOneOf, upstreamWords } from '../../http/schema/violations.ts'
import { limits } from '../../limits.ts'
import { dayMs, type Moment, readMoment } from '../dates.ts'
import { type FieldLookup, type FilterField, type Operator, operatorsOf } from './fields.ts'
import type { Bound, Condition, Filter, Test } from './filter.ts'

/** What filters a family takes, and how it refuses others when not as class-validator does. */
export type FilterLanguage = {
  fieldOf: FieldLookup
  /** What a refused field is told that there is. */
  fieldNames?: readonly string[]
  /** Refuses a choice without naming what there is, as upstream does. */
  isStrict?: boolean
  unknownField?: (name: unknown) => ApiError
  unknownOperator?: (operator: unknown) => ApiError
}

/** Collects violations, which name their node by its path, as `filters.0.operator`. */
type FilterReader = FilterLanguage & { violations: string[] }

type Json = Readonly<Record<string, unknown>>

/**
 * Reads the `filters` of a search's body: all of them must hold. Throws a 422 that lists everything
 * that is wrong. UPSTREAM: the language of behaviour.md §2.4; its words are class-validator's
 */
export function readFilters(filters: readonly unknown[], language: FilterLanguage): Filter {
  const reader: FilterReader = { ...language, violations: [] }
  const all = filters.map((node, i) => readNode(node, `filters.${i}`, reader))
  if (reader.violations.length > 0)
    throw unprocessable(reader.violations.slice(0, limits.violationsMax))
  return { all }
}

/**
 * The names of the fields in a body's filters. DEVIATION: a filter of more than 100 groups and
 * conditions, or of groups more than 5 deep; throws a 422.
 */
export function fieldNamesIn(filters: readonly unknown[]): string[] {
  const names = new Set<string>()
  let count = 0
  let level = filters
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length
    if (count > limits.filterNodesMax) {
      throw unprocessable([
        `filters must contain no more than ${limits.filterNodesMax} groups and conditions`,
      ])
    }
    if (depth > limits.filterDepthMax) {
      throw unprocessable([`filters must be nested no more than ${limits.filterDepthMax} deep`])
    }
    const nodes = level.filter(isObject)
    for (const { field } of nodes) if (typeof field === 'string') names.add(field)
    level = nodes.flatMap(({ filters }) => (Array.isArray(filters) ? (filters as unknown[]) : []))
  }
  return [...names]
}

/** Stands for an invalid node, as the whole filter is refused in the end. */
const emptyFilter: Filter = { all: [] }

function readNode(node: unknown, path: string, reader: FilterReader): Filter {
  if (!isObject(node)) return addViolation(reader, `${path} must be an object`)
  const isGroup = 'group' in node || 'filters' in node
  const known = isGroup ? ['group', 'filters'] : ['field', 'operator', 'value']
  for (const name of Object.keys(node)) {
    if (!known.includes(name)) reader.violations.push(`${path}.property ${name} should not exist`)
  }
  return isGroup ? readGroup(node, path, reader) : readCondition(node, path, reader)
}

function readGroup({ group, filters }: Json, path: string, reader: FilterReader): Filter {
  if (group !== 'AND' && group !== 'OR') {
    refuseChoice(reader, `${path}.group`, ['AND', 'OR'])
  }
  if (!Array.isArray(filters)) return addViolation(reader, `${path}.filters must be an array`)
  if (filters.length === 0) {
    return addViolation(reader, `${path}.filters must contain at least 1 elements`)
  }
  const parts = filters.map((node, i) => readNode(node, `${path}.filters.${i}`, reader))
  return group === 'OR' ? { any: parts } : { all: parts }
}

function readCondition(node: Json, path: string, reader: FilterReader): Filter {
  const field = readField(node.field, path, reader)
  if (!field) return emptyFilter
  const known = field.operators ?? operatorsOf[field.kind]
  const operator = known.find((operator) => operator === node.operator)
  if (!operator) {
    if (reader.unknownOperator) throw reader.unknownOperator(node.operator)
    return refuseChoice(reader, `${path}.operator`, known)
  }
  const before = reader.violations.length
  const test = readTest(field, operator, node.value, `${path}.value`, reader)
  if (!test || reader.violations.length > before) return emptyFilter
  const condition: Condition = { field, test }
  return operator.startsWith('not_') ? { ...condition, isNegated: true } : condition
}

function readField(name: unknown, path: string, reader: FilterReader): FilterField | undefined {
  const field = typeof name === 'string' ? reader.fieldOf(name) : undefined
  if (field) return field
  if (reader.unknownField) throw reader.unknownField(name)
  if (typeof name === 'string') refuseChoice(reader, `${path}.field`, reader.fieldNames)
  else addViolation(reader, `${path}.field must be a string`)
  return undefined
}

function readTest(
  field: FilterField,
  operator: Operator,
  value: unknown,
  path: string,
  reader: FilterReader,
): Test | undefined {
  switch (operator) {
    case 'exists':
    case 'not_exists':
      // Forms that clients fill in send an empty value.
      if (value !== undefined && value !== null && value !== '') {
        addViolation(reader, `${path.replace(/value$/, 'property value')} should not exist`)
      }
      return { is: 'present' }
    case 'range':
      return { is: 'within', bounds: readBounds(field, value, path, reader) }
    case 'nested':
      return { is: 'having', filter: readRows(field, value, path, reader) }
    case 'contains':
    case 'not_contains':
      if (field.kind === 'text') return readText(value, path, reader)
  }
  return { is: 'any of', values: readValues(field, value, path, reader) }
}

/** Reads the conditions that one row of another table must meet together. */
function readRows(field: FilterField, value: unknown, path: string, reader: FilterReader): Filter {
  if (!Array.isArray(value)) return addViolation(reader, `${path} must be an array`)
  if (value.length === 0) return addViolation(reader, `${path} must contain at least 1 elements`)
  if (value.length > limits.filterValuesMax) return addViolation(reader, tooManyValues(path))
  const inner = { ...reader, fieldOf: field.rows?.fieldOf ?? reader.fieldOf }
  return {
    all: value.map((node, i) => {
      const at = `${path}.${i}`
      return isObject(node)
        ? readCondition(node, at, inner)
        : addViolation(reader, `${at} must be an object`)
    }),
  }
}

function readText(text: unknown, path: string, reader: FilterReader): Test | undefined {
  const max = limits.searchCharsMax
  if (typeof text !== 'string') addViolation(reader, `${path} must be a string`)
  else if (text === '') addViolation(reader, `${path} should not be empty`)
  else if ([...text].length > max) {
    addViolation(reader, `${path} must be shorter than or equal to ${max} characters`)
  } else return { is: 'containing', text }
  return undefined
}

function readValues(
  field: FilterField,
  value: unknown,
  path: string,
  reader: FilterReader,
): (string | number)[] {
  if (!Array.isArray(value)) return [readValue(field, value, path, path, reader)].flat()
  if (value.length === 0) addViolation(reader, `${path} must contain at least 1 elements`)
  if (value.length > limits.filterValuesMax) {
    addViolation(reader, tooManyValues(path))
    return []
  }
  const each = `each value in ${path}`
  return value.flatMap((item) => readValue(field, item, path, each, reader))
}

const tooManyValues = (path: string) =>
  `${path} must contain no more than ${limits.filterValuesMax} elements`

/** One value, or none when it is invalid; violations call it by `path` or by `name`. */
function readValue(
  field: FilterField,
  value: unknown,
  path: string,
  name: string,
  reader: FilterReader,
): (string | number)[] {
  if (field.kind === 'number') {
    if (isNumber(value)) return [value]
    addViolation(reader, `${name} must be a number conforming to the specified constraints`)
    return []
  }
  // UPSTREAM: `eq` takes numbers and booleans too.
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (typeof text !== 'string') addViolation(reader, `${name} must be a string`)
  else if (text === '') addViolation(reader, `${name} should not be empty`)
  else if (field.values && !field.values.includes(text)) {
    refuseChoice(reader, path, field.values)
  } else return [text]
  return []
}

const sides = ['gte', 'gt', 'lte', 'lt'] as const
type Side = (typeof sides)[number]

function readBounds(
  field: FilterField,
  range: unknown,
  path: string,
  reader: FilterReader,
): Bound[] {
  if (!isObject(range)) {
    addViolation(reader, `${path} must be an object`)
    return []
  }
  for (const name of Object.keys(range)) {
    if (!sides.some((side) => side === name)) {
      addViolation(reader, `${path}.property ${name} should not exist`)
    }
  }
  const boundedSides = sides.filter((side) => range[side] !== undefined && range[side] !== null)
  if (boundedSides.length === 0) addViolation(reader, `${path} should not be empty`)
  return boundedSides.flatMap((side) => {
    const bound = readBound(field, side, range[side])
    if (bound) return [bound]
    const expected =
      field.kind === 'number'
        ? 'a number conforming to the specified constraints'
        : 'a valid ISO 8601 date string'
    addViolation(reader, `${path}.${side} must be ${expected}`)
    return []
  })
}

const comparisonOf = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const

function readBound({ kind }: FilterField, side: Side, value: unknown): Bound | undefined {
  if (kind === 'number') {
    return isNumber(value) ? { operator: comparisonOf[side], value } : undefined
  }
  const moment = readMoment(value)
  if (!moment) return undefined
  if (kind === 'day') {
    return { operator: comparisonOf[side], value: moment.at.toISOString().slice(0, 10) }
  }
  return timeBound(side, moment)
}

/** A bound of times; a day counts whole, to its end. */
export function timeBound(side: Side, { at, isDay }: Moment): Bound {
  if (!isDay) return { operator: comparisonOf[side], value: at }
  const next = new Date(at.getTime() + dayMs)
  if (side === 'gt') return { operator: '>=', value: next }
  return side === 'lte'
    ? { operator: '<', value: next }
    : { operator: comparisonOf[side], value: at }
}

function isNumber(value: unknown): value is number | string {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'string' && /^-?\d{1,40}(\.\d{1,30})?$/.test(value)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuseChoice(reader: FilterReader, name: string, values?: readonly string[]): Filter {
  const isNamed = values !== undefined && !reader.isStrict
  return addViolation(reader, isNamed ? notOneOf(name, values) : upstreamWords({ enum: [] }, name))
}

function addViolation({ violations }: FilterReader, violation: string): Filter {
  violations.push(violation)
  return emptyFilter
}
