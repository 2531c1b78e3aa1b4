import { readDay, readMs } from '../../resource/dates.ts'
import type { FilterField } from '../../resource/search/fields.ts'

/** A file of a value, as searches show it. */
type FoundFile = { url: string; meta?: object }

/** A value as searches show it, by its type. */
export type FoundValue =
  | { type: 'string'; fieldValueString: string }
  | { type: 'number'; fieldValueNumber: number }
  | { type: 'boolean'; fieldValueBoolean: boolean }
  | { type: 'array'; fieldValueArray: unknown[] }
  | { type: 'object'; fieldValueObject: object }
  | { type: 'date'; fieldValueDate: number }
  | { type: 'files'; fieldValueFiles: FoundFile[] }

/** What values of a field are. */
export type ValueType = {
  /** The value to store for one that was sent; undefined when the type does not take it. */
  read: (value: unknown) => unknown
  /** A stored value as searches show it. */
  show: (value: unknown) => FoundValue | undefined
  /** How filters compare it; `list` stands for options of a list, each a text. */
  filter: Pick<FilterField, 'kind' | 'operators'> | 'list'
}

/** Whether nothing is left of a field that has this value. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** UPSTREAM: behaviour-contacts.md §6.4: commas are taken out of amounts. */
function readNumber(value: unknown): number | undefined {
  if (typeof value !== 'string') return typeof value === 'number' ? ifFinite(value) : undefined
  const digits = value.replaceAll(/[\s,]/g, '')
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? ifFinite(Number(digits)) : undefined
}

const ifFinite = (value: number) => (Number.isFinite(value) ? value : undefined)

/** UPSTREAM: public-reports.md 11: a date has no time of day. DEVIATION: it is a day in UTC. */
function readDate(value: unknown): string | undefined {
  if (typeof value === 'string' && !/^-?\d{11,}$/.test(value)) return readDay(value.trim())
  return readMs(value)?.at.toISOString().slice(0, 10)
}

function readOptions(value: unknown): string[] | undefined {
  const options = [value].flat().map(readText)
  const texts = options.filter((option) => option !== undefined)
  return texts.length < options.length ? undefined : texts.filter((option) => option !== '')
}

/** Of a list, of an object of them by their ids, or of one alone. */
function filesIn(value: unknown): FoundFile[] {
  const files = isObject(value) && !('url' in value) ? Object.values(value) : [value].flat()
  return files.flatMap((file) => {
    if (typeof file === 'string') return [{ url: file }]
    if (!isObject(file) || typeof file.url !== 'string') return []
    return [{ url: file.url, ...(isObject(file.meta) && { meta: file.meta }) }]
  })
}

const text: ValueType = {
  read: (value) => readText(Array.isArray(value) && value.length === 1 ? value[0] : value),
  show: (value) => ({ type: 'string', fieldValueString: String(value) }),
  filter: { kind: 'text' },
}

const number: ValueType = {
  read: readNumber,
  show: (value) => ({ type: 'number', fieldValueNumber: Number(value) }),
  filter: { kind: 'number' },
}

const options: ValueType = {
  read: readOptions,
  show: (value) => ({ type: 'array', fieldValueArray: [value].flat() }),
  filter: { kind: 'options' },
}

/** UPSTREAM: public-reports.md 6: milliseconds at midnight in UTC. */
const date: ValueType = {
  read: readDate,
  show: (value) => ({ type: 'date', fieldValueDate: Date.parse(String(value)) }),
  filter: { kind: 'day' },
}

const list: ValueType = {
  read: (value) => (isObject(value) ? value : undefined),
  show: (value) => ({ type: 'object', fieldValueObject: Object(value) }),
  filter: 'list',
}

/** UPSTREAM: public-reports.md 9. DEVIATION: the `type` of files. */
const files: ValueType = {
  read: (value) => (filesIn(value).length > 0 ? value : undefined),
  show: (value) => ({ type: 'files', fieldValueFiles: filesIn(value) }),
  filter: { kind: 'text', operators: ['exists', 'not_exists'] },
}

/** A field without a definition keeps what is sent, and shows it by its kind. */
const untyped: ValueType = {
  read: (value) => value,
  show(value) {
    if (Array.isArray(value)) return options.show(value)
    if (typeof value === 'number') return number.show(value)
    if (typeof value === 'boolean') return { type: 'boolean', fieldValueBoolean: value }
    return typeof value === 'string' ? text.show(value) : list.show(value)
  },
  filter: text.filter,
}

/** UPSTREAM: behaviour-contacts.md §6.2, §6.4; those that are not here are texts. */
const byName: Readonly<Record<string, ValueType>> = {
  NUMERICAL: number,
  MONETORY: number,
  FLOAT: number,
  CHECKBOX: options,
  MULTIPLE_OPTIONS: options,
  DATE: date,
  TEXTBOX_LIST: list,
  FILE_UPLOAD: files,
  SIGNATURE: files,
}

/** The type of a field's values by the `dataType` of its definition, if it has one. */
export function valueTypeOf(dataType: string | undefined): ValueType {
  return dataType === undefined ? untyped : (byName[dataType] ?? text)
}
