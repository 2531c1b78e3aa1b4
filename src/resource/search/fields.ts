import { type Sql, sql } from '../../db/sql.ts'
import type { FollowerIndex } from '../followers.ts'

/** What can be asked of a field. UPSTREAM: behaviour.md §2.4, behaviour-contacts.md §2.2 */
export const operators = [
  'eq',
  'not_eq',
  'contains',
  'not_contains',
  'exists',
  'not_exists',
  'range',
  'nested',
] as const
export type Operator = (typeof operators)[number]

/** How a field's values are compared. */
export type Kind = 'id' | 'text' | 'value' | 'list' | 'options' | 'number' | 'time' | 'day' | 'rows'

/** What rows are filtered by, as SQL about the family's table or about what a join adds to it. */
export type FilterField = {
  name: string
  kind: Kind
  /** What values are compared with; text is folded. */
  column: Sql
  hasValue: Sql
  /** The only values that there are. */
  values?: readonly string[]
  /** Less than what can be asked of its kind. */
  operators?: readonly Operator[]
  /** One of the few that nearly everybody asks for: statements with it are prepared. */
  isCommon?: true
  /** The same column of the family's counts, for what is counted by it. */
  countsColumn?: Sql
  /** The family's join that the column is of. */
  join?: string
  /** The table by which rows are found that have a value in their list. */
  index?: FollowerIndex
  /** For the kind `rows`: fields of rows of another table, of which one must pass. */
  rows?: { fieldOf: FieldLookup; exists: (where: Sql) => Sql }
}

/** A field by its name on the wire. */
export type FieldLookup = (name: string) => FilterField | undefined

export type FieldShape = Omit<FilterField, 'name'>

const textOperators = operators.filter((name) => name !== 'range' && name !== 'nested')

/** UPSTREAM: the table of behaviour.md §2.4 */
export const operatorsOf: Readonly<Record<Kind, readonly Operator[]>> = {
  id: ['eq', 'not_eq'],
  text: textOperators,
  value: ['eq', 'not_eq', 'exists', 'not_exists'],
  list: textOperators,
  options: ['eq', 'not_eq', 'exists', 'not_exists'],
  number: ['eq', 'not_eq', 'range', 'exists', 'not_exists'],
  time: ['range', 'exists', 'not_exists'],
  day: ['range', 'exists', 'not_exists'],
  rows: ['nested'],
}

/**
 * A text without case and accents, the form in which texts are compared. The collation is said, as
 * that of a column such as an e-mail knows no capitals but ASCII's; nor does a database of locale C.
 */
export const foldedText = (text: Sql): Sql =>
  sql`lower(
    regexp_replace(normalize(${text}, nfd), '[\\u0300-\\u036f]', '', 'g') collate "default")`

/** ASCII's signs, blanks of all kinds, and what else stands between words. */
const separators = sql`'[\\s\\u0021-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007e\\u00a0\\u2000-\\u206f\\u3000-\\u303f]+'`

/** The words of a text, folded, with one blank before each: a word begins where a blank is. */
export const wordsText = (text: Sql): Sql =>
  sql`' ' || btrim(regexp_replace(${foldedText(text)}, ${separators}, ' ', 'g'))`

const hasText = (column: Sql) => sql`coalesce(${column}, '') <> ''`

export const textField = (column: Sql) => ({
  kind: 'text' as const,
  column: foldedText(column),
  hasValue: hasText(column),
})

/** An id or a word, compared as it is. */
export const valueField = (column: Sql) => ({
  kind: 'value' as const,
  column,
  hasValue: hasText(column),
})

/** What has a value unless it is null. */
export const plainField = (kind: Kind, column: Sql) => ({
  kind,
  column,
  hasValue: sql`${column} is not null`,
})

export const listField = (column: Sql) => ({
  kind: 'list' as const,
  column,
  hasValue: sql`cardinality(${column}) > 0`,
})

/** The fields of a family by their names. */
export function fieldsByName(shapes: Readonly<Record<string, FieldShape>>): FieldLookup {
  const byName = new Map(
    Object.entries(shapes).map(([name, shape]): [string, FilterField] => [
      name,
      { name, ...shape },
    ]),
  )
  return (name) => byName.get(name)
}
