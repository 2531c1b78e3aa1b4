import { type TProperties, type TSchema, Type } from 'typebox'
import type { Scope } from '../auth/scopes.ts'
import type { AppContext } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import { nameKey } from '../db/name-key.ts'
import { allOf, join, type Sql, sql } from '../db/sql.ts'
import { commitChange, type EventOfChange } from '../events/outbox.ts'
import type { Server } from '../http/server.ts'
import { Answer, Query, Strict } from '../http/shapes.ts'
import { newId } from '../ids.ts'
import { limits } from '../limits.ts'
import { type Address, type AnyAddress, operation, ownOperation } from './operation.ts'
import { nameTaken, notFound, refuseMissingLocationId, refuseTakenName } from './refusals.ts'
import { Flag, Id, Numeric, SkipAndLimit, Text } from './words.ts'

/** A member of a row: its column, and its shape in answers and in the bodies that set it. */
export type Field = {
  column: Sql
  answer: TSchema
  create?: TSchema
  update?: TSchema
  /** What a new row has in it, from the body of its creation. */
  createFrom?: (body: PlainRow) => unknown
}

/** A parameter of a list, and its condition on a row `r`; undefined when any row passes. */
export type ListFilter = { shape: TSchema; where: (value: never) => Sql | undefined }

/** An address of the official contract, the older and v3's own, or one of ours with its facts. */
export type ResourceAddress =
  | Address
  | readonly [v2: Address, v3: Address]
  | { own: AnyAddress; operationId: string; summary: string; description?: string }

export type Resource = {
  /** With `location_id`, `id`, `created_at` and `updated_at`. */
  table: Sql
  /** As refusals name a row. */
  noun: string
  /** What names a row in an address. */
  id: { param: string; shape: TSchema }
  fields: Readonly<Record<string, Field>>
  /** The field `name` is unique in a location ignoring case, by `name_key`, `<table>_name_key`. */
  hasUniqueName?: true
  /** A deleted row stays in the table, with the time in `deleted_at`. */
  deletion: 'soft' | 'hard'
  /** Answers show no `createdAt` and `updatedAt`. */
  hidesTimes?: true
  /** The member of an answer that holds a row; left out, the row is the answer. */
  envelope?: string
  events?: Partial<Record<Verb, readonly EventOfChange[]>>
  /** The scopes of the operations, where the contract lacks them. */
  scopes?: { read: Scope; write: Scope }
  /** Tags and scope of the operations that the official contract does not have. */
  own?: { tags: readonly string[]; scope: Scope }
  operations: {
    list?: List
    get?: { address: ResourceAddress }
    create?: { address: ResourceAddress }
    update?: { address: ResourceAddress }
    delete?: { address: ResourceAddress; flag: 'success' | 'succeded' }
  }
}

/** A list in the order of creation; its pages go by `skip` and `limit`, and have a `total`. */
type List = {
  address: ResourceAddress
  rows: string
  filters?: Readonly<Record<string, ListFilter>>
  hasPages?: true
}

type BodyVerb = 'create' | 'update'
type Verb = BodyVerb | 'delete'
type PlainRow = Readonly<Record<string, unknown>>
type ResourceInput = { locationId: string } & Record<'params' | 'query' | 'body', PlainRow>
type ResourceHandler = (input: ResourceInput) => Promise<object>

const location = 've9EPM428h8vShlRW1KT'
const LocationId = Id(location)
const Timestamp = Text('2023-06-19T12:04:22.488Z', undefined, { format: 'date-time' })
const successful = { description: 'Successful response' }

/**
 * The operations of a plain table: a row is a record of a location, which stands in the address, or
 * else in a list's query and a creation's body. What is not plain is written by hand.
 */
export function resource(spec: Resource): (app: Server, context: AppContext) => void {
  return (app, { db, now }) => {
    const { list, get, create, update, delete: remove } = spec.operations
    const answer = answerOf(spec)
    const refuses = [() => notFound(spec.noun)]
    const idOf = ({ params }: ResourceInput) => String(params[spec.id.param])
    const writeAndAnswer = async (verb: Verb, id: string, input: ResourceInput) =>
      answerOrNotFound(spec, await write(db, spec, verb, { ...input, id, now: now() }))
    const add = (address: ResourceAddress, shapes: RouteShapes, handler: ResourceHandler) =>
      addOperation(app, spec, address, shapes, handler)

    if (list) addList(app, db, spec, list)
    if (get) {
      add(get.address, { answer, refuses }, async (input) => {
        const rowCondition = isNamedRow(spec, input.locationId, idOf(input))
        const [row] = await db.query<PlainRow>(sql`
          select ${columnsOf(spec)} from ${spec.table} r where ${rowCondition}`)
        return answerOrNotFound(spec, row)
      })
    }
    if (create) {
      const body = bodyOf(spec, 'create', create.address)
      const nameRefusal = spec.hasUniqueName ? { refuses: [() => nameTaken(spec.noun)] } : {}
      add(create.address, { body, answer, status: 201, ...nameRefusal }, (input) =>
        writeAndAnswer('create', newId(), input),
      )
    }
    if (update) {
      const body = bodyOf(spec, 'update', update.address)
      add(update.address, { body, answer, refuses }, (input) =>
        writeAndAnswer('update', idOf(input), input),
      )
    }
    if (remove) {
      const flag = Answer({ [remove.flag]: Flag(true) }, successful)
      add(remove.address, { answer: flag, refuses }, async (input) => {
        await writeAndAnswer('delete', idOf(input), input)
        return { [remove.flag]: true }
      })
    }
  }
}

type RouteShapes = {
  query?: TSchema
  body?: TSchema
  answer: TSchema
  status?: number
  refuses?: readonly (() => Error)[]
  refusesFirst?: (request: { query: unknown }) => Error | undefined
}

/** Adds an operation with its path parameters; the types of fields are not known here. */
function addOperation(
  app: Server,
  { id, own, scopes }: Resource,
  address: ResourceAddress,
  routeShapes: RouteShapes,
  handler: ResourceHandler,
): void {
  const pathParameters = [...pathOf(address).matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const shapes = pathParameters.map((name) => [name, name === id.param ? id.shape : LocationId])
  const params = pathParameters.length > 0 && { params: Type.Object(Object.fromEntries(shapes)) }
  const isRead = pathOf(address).startsWith('GET ')
  const scope = scopes && { scope: isRead ? scopes.read : scopes.write }
  const route = { ...routeShapes, ...params, ...scope }
  if (typeof address === 'object' && 'own' in address) {
    const { own: path, ...stated } = address
    ownOperation(app, path as never, { ...own, ...stated, ...route } as never, handler as never)
  } else operation(app, address, route as never, handler as never)
}

function pathOf(address: ResourceAddress): string {
  if (typeof address === 'string') return address
  return 'own' in address ? address.own : address[0]
}

const namesLocation = (address: ResourceAddress) => pathOf(address).includes('/:locationId/')

function rowShape({ id, fields, hidesTimes }: Resource) {
  const shown = Object.entries(fields).map(([name, field]) => [name, field.answer])
  const times = hidesTimes ? {} : { createdAt: Timestamp, updatedAt: Timestamp }
  const locationId = Text(location, 'location id')
  return { id: id.shape, ...(Object.fromEntries(shown) as TProperties), locationId, ...times }
}

function answerOf(spec: Resource): TSchema {
  const shape = rowShape(spec)
  return Answer(spec.envelope ? { [spec.envelope]: Type.Object(shape) } : shape, successful)
}

function bodyOf({ fields }: Resource, verb: BodyVerb, address: ResourceAddress) {
  const bodyShapes = Object.entries(fields).flatMap(([name, { [verb]: shape }]) =>
    shape ? [[name, shape]] : [],
  )
  const location = verb === 'create' && !namesLocation(address) && { locationId: LocationId }
  return Strict({ ...location, ...(Object.fromEntries(bodyShapes) as TProperties) })
}

/** A stored row as it is answered, or the refusal of one that is not there. */
function answerOrNotFound(spec: Resource, row: PlainRow | undefined): object {
  if (!row) throw notFound(spec.noun)
  return spec.envelope ? { [spec.envelope]: wireRowOf(spec, row) } : wireRowOf(spec, row)
}

function wireRowOf({ fields, hidesTimes }: Resource, row: PlainRow): PlainRow {
  const members = Object.entries(fields).map(([name, { column }]) => [name, row[column.text]])
  const { id, location_id: locationId, created_at: createdAt, updated_at: updatedAt } = row
  const times = hidesTimes ? {} : { createdAt, updatedAt }
  return { id, ...Object.fromEntries(members), locationId, ...times }
}

function addList(app: Server, db: Queryable, spec: Resource, { address, ...list }: List): void {
  const { rows, hasPages, filters = {} } = list
  const shapes = Object.entries(filters).map(([name, { shape }]) => [name, shape])
  const inQuery = !namesLocation(address)
  const query = Query({
    ...(inQuery && { locationId: LocationId }),
    ...(Object.fromEntries(shapes) as TProperties),
    ...(hasPages && SkipAndLimit),
  })
  const description = `Total number of ${spec.noun.toLowerCase()}s matching the query`
  const total = Type.Optional(Numeric(100, description))
  const members = { [rows]: Type.Array(Type.Object(rowShape(spec))) }
  const answer = Answer(hasPages ? { ...members, total } : members, successful)
  const first = inQuery && { refusesFirst: refuseMissingLocationId }
  const routeShapes = { query, answer, ...first }
  addOperation(app, spec, address, routeShapes, async ({ locationId, query: input }) => {
    const { skip = 0, limit = 100, getCount } = input
    const columns = columnsOf(spec)
    const from = listSource(spec, filters, locationId, input)
    const rowsMax = hasPages ? Math.min(Number(limit), limits.plainRowsMax) : limits.plainRowsMax
    const [found, [count]] = await Promise.all([
      db.query<PlainRow>(sql`
        select ${columns} ${from} order by r.created_at, r.id limit ${rowsMax} offset ${skip}`),
      hasPages && getCount !== false
        ? db.query<{ total: number }>(sql`select count(*) as total ${from}`)
        : [],
    ])
    return { [rows]: found.map((row) => wireRowOf(spec, row)), ...count }
  })
}

/** The `from` and `where` of a list: rows `r` of a location that pass the query's filters. */
function listSource(
  { table, deletion }: Resource,
  filters: NonNullable<List['filters']>,
  locationId: string,
  input: PlainRow,
): Sql {
  const conditions = Object.entries(filters).map(([name, { where }]) => where(input[name] as never))
  // A list with a filter `deleted` chooses by it between present and deleted rows.
  const isImplied = deletion === 'soft' && !('deleted' in filters)
  const notDeleted = isImplied && sql`r.deleted_at is null`
  const where = allOf(sql`r.location_id = ${locationId}`, notDeleted, ...conditions)
  return sql`from ${table} r where ${where}`
}

const columnsOf = ({ fields }: Resource): Sql =>
  join(
    [
      sql`r.id, r.location_id, r.created_at, r.updated_at`,
      ...Object.values(fields).map(({ column }) => sql`r.${column}`),
    ],
    sql`, `,
  )

const isNamedRow = ({ deletion }: Resource, locationId: string, id: string) =>
  sql`r.location_id = ${locationId} and r.id = ${id} ${deletion === 'soft' ? andNotDeleted : sql``}`
const andNotDeleted = sql`and r.deleted_at is null`

type RowWrite = { locationId: string; id: string; body: PlainRow; now: Date }

/** Writes a row and emits its events in one commit; undefined when there is no such row. */
async function write(
  db: AppContext['db'],
  spec: Resource,
  verb: Verb,
  rowWrite: RowWrite,
): Promise<PlainRow | undefined> {
  const { locationId, now } = rowWrite
  const change = changeStatements[verb](spec, rowWrite)
  const events = spec.events?.[verb]
  const answer = sql`select * from changed`
  const written = events
    ? commitChange<PlainRow>(db, { locationId, now, change, events, answer })
    : db.query<PlainRow>(change)
  const [row] = await written.catch(refuseTakenName(spec.table.text, spec.noun))
  return row
}

/** The columns that a body may set: null counts as left out, and a unique name has its key. */
function bodyColumns({ fields, hasUniqueName }: Resource, verb: BodyVerb, body: PlainRow) {
  const named = Object.entries(fields).filter(([, field]) => field[verb])
  const made = Object.values(fields).flatMap(({ column, createFrom }) =>
    verb === 'create' && createFrom ? [{ column, value: createFrom(body) }] : [],
  )
  const sent = named.map(([name, { column }]) => ({ column, value: body[name] ?? null }))
  const columns = [...sent, ...made]
  const key = typeof body.name === 'string' ? nameKey(body.name) : null
  return hasUniqueName ? [...columns, { column: sql`name_key`, value: key }] : columns
}

const changeStatements: Readonly<Record<Verb, (spec: Resource, rowWrite: RowWrite) => Sql>> = {
  create(spec, { locationId, id, body, now }) {
    const sent = bodyColumns(spec, 'create', body).filter(({ value }) => value !== null)
    const columns = sent.map(({ column }) => sql`, ${column}`)
    const values = sent.map(({ value }) => sql`, ${value}`)
    return sql`
      insert into ${spec.table} as r (location_id, id, created_at, updated_at ${join(columns, sql``)})
      values (${locationId}, ${id}, ${now}, ${now} ${join(values, sql``)})
      returning ${columnsOf(spec)}`
  },
  update(spec, { locationId, id, body, now }) {
    const assignments = bodyColumns(spec, 'update', body).map(
      ({ column, value }) => sql`, ${column} = coalesce(${value}, r.${column})`,
    )
    return sql`
      update ${spec.table} r set updated_at = ${now} ${join(assignments, sql``)}
      where ${isNamedRow(spec, locationId, id)}
      returning ${columnsOf(spec)}`
  },
  delete(spec, { locationId, id, now }) {
    const rowCondition = sql`where ${isNamedRow(spec, locationId, id)} returning ${columnsOf(spec)}`
    if (spec.deletion === 'hard') return sql`delete from ${spec.table} r ${rowCondition}`
    return sql`update ${spec.table} r set deleted_at = ${now}, updated_at = ${now} ${rowCondition}`
  },
}
