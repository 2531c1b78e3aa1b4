import { type TProperties, type TSchema, Type } from 'typebox'
import type { Scope } from '../auth/scopes.ts'
import type { AppContext } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import { nameKey } from '../db/name-key.ts'
import { join, type Sql, sql } from '../db/sql.ts'
import { commitChange, type EventOfChange } from '../events/outbox.ts'
import { cannotBeUndefined } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { Answer, Strict } from '../http/shapes.ts'
import { newId } from '../ids.ts'
import { limits } from '../limits.ts'
import { type Address, type AnyAddress, operation, ownOperation } from './operation.ts'
import { nameTaken, notFound, refuseTakenName } from './refusals.ts'
import { Flag, Id, Numeric, Text } from './words.ts'

/** A member of a row: its column, and its shape in answers and in the bodies that set it. */
export type Field = { column: Sql; shown: TSchema; create?: TSchema; update?: TSchema }

/** A parameter of a list, and what it asks of a row `r`; nothing: of none. */
export type ListFilter = { shape: TSchema; where: (value: never) => Sql | undefined }

/** An address of the official contract, the older and v3's own, or one of ours with its facts. */
export type At =
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
  /** The member of an answer that holds a row; left out, the row is the answer. */
  envelope?: string
  events?: Partial<Record<Verb, readonly EventOfChange[]>>
  /** What own operations stand under in the description, and ask for. */
  own?: { tags: readonly string[]; scope: Scope }
  operations: {
    list?: List
    get?: { at: At }
    create?: { at: At }
    update?: { at: At }
    delete?: { at: At; flag: 'success' | 'succeded' }
  }
}

/** A list in the order of creation; its pages go by `skip` and `limit`, and have a `total`. */
type List = {
  at: At
  rows: string
  filters?: Readonly<Record<string, ListFilter>>
  hasPages?: true
}

type Verb = 'create' | 'update' | 'delete'
type Row = Readonly<Record<string, unknown>>
type Asked = { locationId: string } & Record<'params' | 'query' | 'body', Row>

const location = 've9EPM428h8vShlRW1KT'
const LocationId = Id(location)
const Moment = Text('2023-06-19T12:04:22.488Z', undefined, { format: 'date-time' })
const described = { description: 'Successful response' }

/**
 * The operations of a plain table: a row is a record of a location, which stands in the address, or
 * else in a list's query and a creation's body. What is not plain is written by hand.
 */
export function resource(it: Resource): (app: Server, context: AppContext) => void {
  return (app, { db, now }) => {
    const { list, get, create, update, delete: remove } = it.operations
    const answer = answerOf(it)
    const refuses = [() => notFound(it.noun)]
    const idOf = ({ params }: Asked) => String(params[it.id.param])

    if (list) addList(app, db, it, list)
    if (get) {
      add(app, it, get.at, { answer, refuses }, async (asked) => {
        const which = isRow(it, asked.locationId, idOf(asked))
        const [row] = await db.query<Row>(sql`
          select ${columnsOf(it)} from ${it.table} r where ${which}`)
        return oneOf(it, row)
      })
    }
    if (create) {
      const body = bodyOf(it, 'create', create.at)
      const taken = it.hasUniqueName ? [() => nameTaken(it.noun)] : []
      add(app, it, create.at, { body, answer, status: 201, refuses: taken }, async (asked) =>
        oneOf(it, await write(db, it, 'create', { ...asked, id: newId(), at: now() })),
      )
    }
    if (update) {
      const body = bodyOf(it, 'update', update.at)
      add(app, it, update.at, { body, answer, refuses }, async (asked) =>
        oneOf(it, await write(db, it, 'update', { ...asked, id: idOf(asked), at: now() })),
      )
    }
    if (remove) {
      const flag = Answer({ [remove.flag]: Flag(true) }, described)
      add(app, it, remove.at, { answer: flag, refuses }, async (asked) => {
        oneOf(it, await write(db, it, 'delete', { ...asked, id: idOf(asked), at: now() }))
        return { [remove.flag]: true }
      })
    }
  }
}

type Declared = {
  query?: TSchema
  body?: TSchema
  answer: TSchema
  status?: number
  refuses?: readonly (() => Error)[]
  refusesFirst?: (request: { query: unknown }) => Error | undefined
}

/** Adds an operation with the parameters of its address; fields are no types, nor are handlers'. */
function add(
  app: Server,
  { id, own }: Resource,
  at: At,
  declared: Declared,
  handler: (asked: Asked) => Promise<object>,
): void {
  const named = [...addressOf(at).matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const shapes = named.map((name) => [name, name === id.param ? id.shape : LocationId])
  const params = named.length > 0 && { params: Type.Object(Object.fromEntries(shapes)) }
  const route = { ...declared, ...params }
  if (typeof at === 'object' && 'own' in at) {
    const { own: address, ...stated } = at
    ownOperation(app, address as never, { ...own, ...stated, ...route } as never, handler as never)
  } else operation(app, at, route as never, handler as never)
}

function addressOf(at: At): string {
  if (typeof at === 'string') return at
  return 'own' in at ? at.own : at[0]
}

const isInAddress = (at: At) => addressOf(at).includes('/:locationId/')

function rowShape({ id, fields }: Resource) {
  const shown = Object.entries(fields).map(([name, field]) => [name, field.shown])
  const times = { createdAt: Moment, updatedAt: Moment }
  const locationId = Text(location, 'location id')
  return { id: id.shape, ...(Object.fromEntries(shown) as TProperties), locationId, ...times }
}

function answerOf(it: Resource): TSchema {
  const shape = rowShape(it)
  return Answer(it.envelope ? { [it.envelope]: Type.Object(shape) } : shape, described)
}

function bodyOf({ fields }: Resource, verb: 'create' | 'update', at: At): TSchema {
  const given = Object.entries(fields).flatMap(([name, { [verb]: shape }]) =>
    shape ? [[name, shape]] : [],
  )
  const location = verb === 'create' && !isInAddress(at) && { locationId: LocationId }
  return Strict({ ...location, ...(Object.fromEntries(given) as TProperties) })
}

/** A stored row as it is answered, or the refusal of one that is not there. */
function oneOf(it: Resource, row: Row | undefined): object {
  if (!row) throw notFound(it.noun)
  return it.envelope ? { [it.envelope]: wireOf(it, row) } : wireOf(it, row)
}

function wireOf({ fields }: Resource, row: Row): Row {
  const own = Object.entries(fields).map(([name, { column }]) => [name, row[column.text]])
  const { id, location_id: locationId, created_at: createdAt, updated_at: updatedAt } = row
  return { id, ...Object.fromEntries(own), locationId, createdAt, updatedAt }
}

function addList(app: Server, db: Queryable, it: Resource, { at, ...list }: List): void {
  const { rows, hasPages, filters = {} } = list
  const shapes = Object.entries(filters).map(([name, { shape }]) => [name, shape])
  const inQuery = !isInAddress(at)
  const query = Strict({
    ...(inQuery && { locationId: LocationId }),
    ...(Object.fromEntries(shapes) as TProperties),
    ...(hasPages && pageParameters),
  })
  const description = `Total number of ${it.noun.toLowerCase()}s matching the query`
  const total = Type.Optional(Numeric(100, description))
  const members = { [rows]: Type.Array(Type.Object(rowShape(it))) }
  const answer = Answer(hasPages ? { ...members, total } : members, described)
  const refusesFirst = ({ query }: { query: unknown }) =>
    (query as Row).locationId ? undefined : cannotBeUndefined('locationId')
  const first = inQuery && { refusesFirst }
  add(app, it, at, { query, answer, ...first }, async ({ locationId, query: asked }) => {
    const { skip = 0, limit = 100, getCount } = asked
    const from = passing(it, filters, locationId, asked)
    const rowsMax = hasPages ? Math.min(Number(limit), limits.plainRowsMax) : limits.plainRowsMax
    const [found, [count]] = await Promise.all([
      db.query<Row>(sql`
        select ${columnsOf(it)} ${from} order by r.created_at, r.id limit ${rowsMax} offset ${skip}`),
      hasPages && getCount !== false
        ? db.query<{ total: number }>(sql`select count(*) as total ${from}`)
        : [],
    ])
    return { [rows]: found.map((row) => wireOf(it, row)), ...count }
  })
}

const pageParameters = {
  skip: Type.Optional(
    Type.Integer({ minimum: 0, maximum: limits.skipMax, default: 0, examples: [1] }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 100, examples: [10] })),
  getCount: Type.Optional(Type.Boolean({ description: 'False leaves out the total' })),
}

/** Rows `r` of a location that pass what a query asks of them. */
function passing(
  { table, deletion }: Resource,
  filters: NonNullable<List['filters']>,
  locationId: string,
  asked: Row,
): Sql {
  const conditions = Object.entries(filters).map(([name, { where }]) => where(asked[name] as never))
  // A list that may be asked for deleted rows says by itself which are meant.
  const alive =
    deletion === 'soft' && !('deleted' in filters) ? sql`r.deleted_at is null` : undefined
  const all = [sql`r.location_id = ${locationId}`, alive, ...conditions]
  return sql`from ${table} r where ${join(
    all.filter((one) => one !== undefined),
    sql` and `,
  )}`
}

const columnsOf = ({ fields }: Resource): Sql =>
  join(
    [
      sql`r.id, r.location_id, r.created_at, r.updated_at`,
      ...Object.values(fields).map(({ column }) => sql`r.${column}`),
    ],
    sql`, `,
  )

const isRow = ({ deletion }: Resource, locationId: string, id: string) =>
  sql`r.location_id = ${locationId} and r.id = ${id} ${deletion === 'soft' ? isAlive : sql``}`
const isAlive = sql`and r.deleted_at is null`

type Write = { locationId: string; id: string; body: Row; at: Date }

/** Writes a row with what it tells, in one commit; none when there is no such row. */
async function write(
  db: AppContext['db'],
  it: Resource,
  verb: Verb,
  given: Write,
): Promise<Row | undefined> {
  const { locationId, at: now } = given
  const change = changes[verb](it, given)
  const events = it.events?.[verb]
  const answer = sql`select * from changed`
  const written = events
    ? commitChange<Row>(db, { locationId, now, change, events, answer })
    : db.query<Row>(change)
  const [row] = await written.catch(refuseTakenName(it.table.text, it.noun))
  return row
}

/** What a body sets: null counts as left out, and a unique name comes with its key. */
function settings({ fields, hasUniqueName }: Resource, body: Row): [column: Sql, value: unknown][] {
  const given = Object.entries(fields).filter(([name]) => (body[name] ?? undefined) !== undefined)
  const set = given.map(([name, { column }]): [Sql, unknown] => [column, body[name]])
  const isNamed = hasUniqueName && typeof body.name === 'string'
  return isNamed ? [...set, [sql`name_key`, nameKey(String(body.name))]] : set
}

const changes: Readonly<Record<Verb, (it: Resource, given: Write) => Sql>> = {
  create(it, { locationId, id, body, at }) {
    const given = settings(it, body)
    const columns = given.map(([column]) => sql`, ${column}`)
    const values = given.map(([, value]) => sql`, ${value}`)
    return sql`
      insert into ${it.table} as r (location_id, id, created_at, updated_at ${join(columns, sql``)})
      values (${locationId}, ${id}, ${at}, ${at} ${join(values, sql``)})
      returning ${columnsOf(it)}`
  },
  update(it, { locationId, id, body, at }) {
    const given = settings(it, body).map(([column, value]) => sql`, ${column} = ${value}`)
    return sql`
      update ${it.table} r set updated_at = ${at} ${join(given, sql``)}
      where ${isRow(it, locationId, id)}
      returning ${columnsOf(it)}`
  },
  delete(it, { locationId, id, at }) {
    const which = sql`where ${isRow(it, locationId, id)} returning ${columnsOf(it)}`
    if (it.deletion === 'hard') return sql`delete from ${it.table} r ${which}`
    return sql`update ${it.table} r set deleted_at = ${at}, updated_at = ${at} ${which}`
  },
}
