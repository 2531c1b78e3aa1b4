import { type ApiError, unprocessable } from '../../http/errors.ts'
import { limits } from '../../limits.ts'
import { dayMs, type Moment, readMoment } from '../dates.ts'
import { type FieldOf, type FilterField, type Operator, operatorsOf } from './fields.ts'
import type { Bound, Condition, Filter, Test } from './filter.ts'

/** What filters a family takes, and how it refuses others when not as class-validator does. */
export type FilterLanguage = {
  fieldOf: FieldOf
  unknownField?: (name: unknown) => ApiError
  unknownOperator?: (operator: unknown) => ApiError
}

/** What reading a filter finds: each problem names its node by its path, as `filters.0.operator`. */
type Reading = FilterLanguage & { wrong: string[] }

type Json = Readonly<Record<string, unknown>>

/**
 * Reads the `filters` of a search's body: all of them must hold. Throws a 422 that lists everything
 * that is wrong. UPSTREAM: the language of behaviour.md §2.4; its words are class-validator's
 */
export function readFilters(filters: readonly unknown[], language: FilterLanguage): Filter {
  const reading: Reading = { ...language, wrong: [] }
  const all = filters.map((node, i) => readNode(node, `filters.${i}`, reading))
  if (reading.wrong.length > 0) throw unprocessable(reading.wrong.slice(0, limits.violationsMax))
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

/** What is wrong somewhere stands for nothing: the whole filter is refused. */
const nothing: Filter = { all: [] }

function readNode(node: unknown, path: string, reading: Reading): Filter {
  if (!isObject(node)) return refuse(reading, `${path} must be an object`)
  const isGroup = 'group' in node || 'filters' in node
  const known = isGroup ? ['group', 'filters'] : ['field', 'operator', 'value']
  for (const name of Object.keys(node)) {
    if (!known.includes(name)) reading.wrong.push(`${path}.property ${name} should not exist`)
  }
  return isGroup ? readGroup(node, path, reading) : readCondition(node, path, reading)
}

function readGroup({ group, filters }: Json, path: string, reading: Reading): Filter {
  if (group !== 'AND' && group !== 'OR') {
    refuse(reading, `${path}.group must be a valid enum value`)
  }
  if (!Array.isArray(filters)) return refuse(reading, `${path}.filters must be an array`)
  if (filters.length === 0) {
    return refuse(reading, `${path}.filters must contain at least 1 elements`)
  }
  const parts = filters.map((node, i) => readNode(node, `${path}.filters.${i}`, reading))
  return group === 'OR' ? { any: parts } : { all: parts }
}

function readCondition(node: Json, path: string, reading: Reading): Filter {
  const field = readField(node.field, path, reading)
  if (!field) return nothing
  const known = field.operators ?? operatorsOf[field.kind]
  const operator = known.find((one) => one === node.operator)
  if (!operator) {
    if (reading.unknownOperator) throw reading.unknownOperator(node.operator)
    return refuse(reading, `${path}.operator must be a valid enum value`)
  }
  const before = reading.wrong.length
  const test = readTest(field, operator, node.value, `${path}.value`, reading)
  if (!test || reading.wrong.length > before) return nothing
  const condition: Condition = { field, test }
  return operator.startsWith('not_') ? { ...condition, isNegated: true } : condition
}

function readField(name: unknown, path: string, reading: Reading): FilterField | undefined {
  const field = typeof name === 'string' ? reading.fieldOf(name) : undefined
  if (field) return field
  if (reading.unknownField) throw reading.unknownField(name)
  const wanted = typeof name === 'string' ? 'a valid enum value' : 'a string'
  refuse(reading, `${path}.field must be ${wanted}`)
  return undefined
}

function readTest(
  field: FilterField,
  operator: Operator,
  value: unknown,
  path: string,
  reading: Reading,
): Test | undefined {
  switch (operator) {
    case 'exists':
    case 'not_exists':
      // Forms that clients fill in send an empty value.
      if (value !== undefined && value !== null && value !== '') {
        refuse(reading, `${path.replace(/value$/, 'property value')} should not exist`)
      }
      return { is: 'present' }
    case 'range':
      return { is: 'within', bounds: readBounds(field, value, path, reading) }
    case 'nested':
      return { is: 'having', filter: readRows(field, value, path, reading) }
    case 'contains':
    case 'not_contains':
      if (field.kind === 'text') return readText(value, path, reading)
  }
  return { is: 'any of', values: readValues(field, value, path, reading) }
}

/** What must hold of one and the same row of another table. */
function readRows(field: FilterField, value: unknown, path: string, reading: Reading): Filter {
  if (!Array.isArray(value)) return refuse(reading, `${path} must be an array`)
  if (value.length === 0) return refuse(reading, `${path} must contain at least 1 elements`)
  if (value.length > limits.filterValuesMax) return refuse(reading, tooMany(path))
  const inner = { ...reading, fieldOf: field.rows?.fieldOf ?? reading.fieldOf }
  return {
    all: value.map((node, i) => {
      const at = `${path}.${i}`
      return isObject(node)
        ? readCondition(node, at, inner)
        : refuse(reading, `${at} must be an object`)
    }),
  }
}

function readText(text: unknown, path: string, reading: Reading): Test | undefined {
  const max = limits.searchCharsMax
  if (typeof text !== 'string') refuse(reading, `${path} must be a string`)
  else if (text === '') refuse(reading, `${path} should not be empty`)
  else if ([...text].length > max) {
    refuse(reading, `${path} must be shorter than or equal to ${max} characters`)
  } else return { is: 'containing', text }
  return undefined
}

function readValues(
  field: FilterField,
  value: unknown,
  path: string,
  reading: Reading,
): (string | number)[] {
  if (!Array.isArray(value)) return [readValue(field, value, path, path, reading)].flat()
  if (value.length === 0) refuse(reading, `${path} must contain at least 1 elements`)
  if (value.length > limits.filterValuesMax) {
    refuse(reading, tooMany(path))
    return []
  }
  const each = `each value in ${path}`
  return value.flatMap((item) => readValue(field, item, path, each, reading))
}

const tooMany = (path: string) =>
  `${path} must contain no more than ${limits.filterValuesMax} elements`

/** One value, or none when it is wrong; `path` is where it stands, `name` how it is called. */
function readValue(
  field: FilterField,
  value: unknown,
  path: string,
  name: string,
  reading: Reading,
): (string | number)[] {
  if (field.kind === 'number') {
    if (isNumber(value)) return [value]
    refuse(reading, `${name} must be a number conforming to the specified constraints`)
    return []
  }
  // UPSTREAM: `eq` takes numbers and booleans too.
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (typeof text !== 'string') refuse(reading, `${name} must be a string`)
  else if (text === '') refuse(reading, `${name} should not be empty`)
  else if (field.values && !field.values.includes(text)) {
    refuse(reading, `${path} must be a valid enum value`)
  } else return [text]
  return []
}

const sides = ['gte', 'gt', 'lte', 'lt'] as const
type Side = (typeof sides)[number]

function readBounds(field: FilterField, range: unknown, path: string, reading: Reading): Bound[] {
  if (!isObject(range)) {
    refuse(reading, `${path} must be an object`)
    return []
  }
  for (const name of Object.keys(range)) {
    if (!sides.some((side) => side === name)) {
      refuse(reading, `${path}.property ${name} should not exist`)
    }
  }
  const given = sides.filter((side) => range[side] !== undefined && range[side] !== null)
  if (given.length === 0) refuse(reading, `${path} should not be empty`)
  return given.flatMap((side) => {
    const bound = boundOf(field, side, range[side])
    if (bound) return [bound]
    const wanted =
      field.kind === 'number'
        ? 'a number conforming to the specified constraints'
        : 'a valid ISO 8601 date string'
    refuse(reading, `${path}.${side} must be ${wanted}`)
    return []
  })
}

const operatorOf = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const

function boundOf({ kind }: FilterField, side: Side, value: unknown): Bound | undefined {
  if (kind === 'number') {
    return isNumber(value) ? { operator: operatorOf[side], value } : undefined
  }
  const moment = readMoment(value)
  if (!moment) return undefined
  if (kind === 'day') {
    return { operator: operatorOf[side], value: moment.at.toISOString().slice(0, 10) }
  }
  return timeBound(side, moment)
}

/** A bound of times: a day is meant as a whole, to its end. */
export function timeBound(side: Side, { at, isDay }: Moment): Bound {
  if (!isDay) return { operator: operatorOf[side], value: at }
  const next = new Date(at.getTime() + dayMs)
  if (side === 'gt') return { operator: '>=', value: next }
  return side === 'lte' ? { operator: '<', value: next } : { operator: operatorOf[side], value: at }
}

function isNumber(value: unknown): value is number | string {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'string' && /^-?\d{1,40}(\.\d{1,30})?$/.test(value)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse({ wrong }: Reading, words: string): Filter {
  wrong.push(words)
  return nothing
}
