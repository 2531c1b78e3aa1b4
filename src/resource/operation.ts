import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import contract from '../../generated/contract.json' with { type: 'json' }
import type { Access, Requirements } from '../auth/access.ts'
import type { Caller, LocationCaller } from '../auth/caller.ts'
import { isScope, type Scope } from '../auth/scopes.ts'
import type { Server } from '../http/server.ts'
import { NoQuery, type Refusal, refused, refusedFirst } from '../http/shapes.ts'
import { checkVersionIfSent, type Generation, generationOf } from '../http/version.ts'

type Contract = typeof contract
/** An address of the official contract, such as `DELETE /opportunities/:id/followers`. */
export type Address = keyof Contract
export type AnyAddress = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/** What the official contract states of an operation. */
type Facts = {
  operationId: string
  summary: string
  tags: readonly string[]
  /** The scopes that each security scheme asks for. */
  security: Readonly<Record<string, readonly string[]>>
  status: number
}
const facts: Readonly<Record<Address, Facts>> = contract

type Nothing = TObject<Record<never, never>>
type Names = Readonly<Record<string, string>>
/** Names of v3 with the older ones. */
type Renamings = { query?: Names; body?: Names; answer?: Names }

/** What an operation takes and answers, whoever asks. */
type Shapes<Q extends TSchema, R extends TSchema> = {
  /** Left out, any query is refused; `ignored` takes any, and reads none of it. */
  query?: Q | 'ignored'
  /** In v3's spelling, where names are `renamed`. */
  answer: R
  /**
   * Why it refuses, by a status or by an error to be shown. Of their own accord all that ask for a
   * token refuse by 400, 401 and 422, and by 403 when a request names its location.
   */
  refuses?: readonly Refusal[]
  /** The refusals of a form of their own. */
  refusesAs?: Readonly<Record<number, TSchema>>
}

/** What a file says of its operation beside what the contract does. */
type Declared<
  P extends TSchema,
  Q extends TSchema,
  B extends TSchema,
  R extends TSchema,
  Q3 extends TSchema,
  R3 extends TSchema,
  N extends Renamings,
  S extends Access,
  U extends Public | false,
> = Shapes<Q, R> &
  Pick<Requirements, 'scope' | 'refusesAgencyAs'> & {
    params?: P
    body?: B
    /** The title serves where there is none. */
    description?: string
    /** Looked at before anything else that was sent. UPSTREAM: behaviour.md §1.4 */
    refusesFirst?: (request: FastifyRequest) => Error | undefined
    /** The handler reads and answers the names of v3 alone. */
    renamed?: N
    /** What is otherwise at the second address. */
    v3?: Partial<Shapes<Q3, R3>>
    access?: readonly S[]
    status?: number
    /** Asks for no token, nor for a version; `versioned` checks one that is sent. */
    public?: U
    answersSecret?: true
    consumes?: readonly string[]
  }

type Public = true | 'versioned'

// biome-ignore format: a table of conditions
type Who<S, U> =
  U extends Public ? unknown :
  [S] extends ['bearer' | `Location-${string}`] ? { caller: LocationCaller; locationId: string } :
  { caller: Caller }

/** Without the older ones of two spellings. */
type Renamed<T, N extends Renamings, Part extends keyof Renamings> =
  N extends Record<Part, infer Found extends Names> ? Omit<T, Found[keyof Found]> : T

/** What a handler is handed of a request. */
type Asked<P extends TSchema, Q extends TSchema, B extends TSchema, N extends Renamings> = {
  params: Static<P>
  query: Renamed<Static<Q>, N, 'query'>
  body: Renamed<Static<B>, N, 'body'>
  generation: Generation
  request: FastifyRequest
  reply: FastifyReply
}

type SchemesOf<A extends Address> = keyof Contract[A]['security'] & Access

/**
 * Adds an operation of the official contract: its title, tags, scope, callers and status are the
 * contract's unless the call says otherwise. Where v3 has moved it, both addresses are named, the
 * older one first; which spelling a request has goes by the address then, else by its `Version`.
 */
export function operation<
  const A extends Address,
  R extends TSchema,
  P extends TSchema = Nothing,
  Q extends TSchema = Nothing,
  B extends TSchema = Nothing,
  Q3 extends TSchema = Q,
  R3 extends TSchema = R,
  const N extends Renamings = Record<never, never>,
  S extends Access = SchemesOf<A>,
  U extends Public | false = false,
>(
  app: Server,
  address: A | readonly [v2: A, v3: A],
  declared: Declared<P, Q, B, R, Q3, R3, N, S, U>,
  handler: (
    asked: Asked<P, Q | Q3, B, N> & Who<S, U>,
  ) => Promise<Renamed<Static<R | R3>, N, 'answer'>>,
): void {
  const [v2, v3] = typeof address === 'string' ? [address] : address
  const route = { ...statedOf(v2), ...declared }
  if (v3) {
    const answer = inV2(declared.answer, declared.renamed?.answer)
    addRoute(app, v2, { ...route, answer }, handler as Handler, 'v2')
    const { operationId, ...others } = statedOf(v3)
    const moved = { ...others, operationId: `${operationId}-v3`, ...declared, ...declared.v3 }
    addRoute(app, v3, { ...moved, since: 'v3' }, handler as Handler, 'v3')
  } else addRoute(app, v2, route, handler as Handler)
}

/** Adds an operation that the official contract does not have. */
export function ownOperation<
  const A extends AnyAddress,
  R extends TSchema,
  P extends TSchema = Nothing,
  Q extends TSchema = Nothing,
  B extends TSchema = Nothing,
  const N extends Renamings = Record<never, never>,
  S extends Access = 'bearer',
  U extends Public | false = false,
>(
  app: Server,
  address: A extends Address ? never : A,
  declared: Omit<Declared<P, Q, B, R, Q, R, N, S, U>, 'v3'> & OwnFacts,
  handler: (asked: Asked<P, Q, B, N> & Who<S, U>) => Promise<Renamed<Static<R>, N, 'answer'>>,
): void {
  addRoute(app, address, { access: ['bearer'], status: 200, ...declared }, handler as Handler)
}

/** What the contract would say of it. */
type OwnFacts = Pick<Facts, 'operationId' | 'summary' | 'tags'>

/** The contract's facts as routes have them. */
function statedOf(address: Address) {
  const { security, ...stated } = facts[address]
  const [scope] = Object.values(security).flat()
  const access = Object.keys(security) as Access[]
  return { description: stated.summary, ...stated, access, ...(scope && { scope }) }
}

type Handler = (asked: object) => Promise<object>

/** All that a route is made from. */
type Route = Omit<
  Declared<TSchema, TSchema, TSchema, TSchema, TSchema, TSchema, Renamings, Access, Public | false>,
  'scope' | 'v3'
> &
  OwnFacts & { scope?: string; access: readonly Access[]; status: number; since?: 'v3' }

function addRoute(
  app: Server,
  address: string,
  route: Route,
  handler: Handler,
  spelling?: Generation,
): void {
  const [method = '', url = ''] = address.split(' ')
  const { status, refusesFirst, renamed = {} } = route
  const locationIn = placeOfLocation(route)
  app.route({
    method,
    url,
    config: configOf(address, route, locationIn),
    schema: schemaOf(route, locationIn),
    ...(route.public === 'versioned' && { onRequest: checkVersionIfSent }),
    ...(refusesFirst && { preValidation: (request, _, done) => done(refusesFirst(request)) }),
    handler: (request, reply) => {
      const generation = spelling ?? generationOf(request)
      const { params, caller } = request
      const query = readNames(renamed.query, generation, request.query)
      const body = readNames(renamed.body, generation, request.body)
      reply.code(status)
      const locationId = caller?.locationId
      const asked = { caller, locationId, params, query, body, generation, request, reply }
      const answered = handler(asked)
      if (!renamed.answer || generation === 'v3') return answered
      return answered.then((answer) => writeNames(renamed.answer, answer))
    },
  })
}

function configOf(address: string, route: Route, locationIn: Place | undefined) {
  const { scope, access, since, refusesAgencyAs, answersSecret } = route
  if (route.public) return { public: true } as const
  if (access.length === 0) throw new Error(`The contract does not say who may call ${address}`)
  if (scope && !isScope(scope)) throw new Error(`${address} asks for an unknown scope: ${scope}`)
  return {
    ...(scope && { scope: scope as Scope }),
    access,
    ...(locationIn && { locationIn }),
    ...(since && { since }),
    ...(refusesAgencyAs && { refusesAgencyAs }),
    ...(answersSecret && { answersSecret }),
  }
}

type Place = 'params' | 'query' | 'body'

/** Where a request names the location; a sub-account's token may only name its own. */
function placeOfLocation({ access, params, query, body }: Route): Place | undefined {
  if (access.every((one) => one.startsWith('Agency'))) return undefined
  const namesLocation = (shape: TSchema | 'ignored' | undefined) =>
    shape !== 'ignored' && (shape as Partial<TObject> | undefined)?.properties?.locationId
  if (namesLocation(params)) return 'params'
  if (namesLocation(query)) return 'query'
  return namesLocation(body) ? 'body' : undefined
}

function schemaOf(route: Route, locationIn: Place | undefined): FastifySchema {
  const { operationId, summary, description, tags, consumes, params, query = NoQuery } = route
  const { body, status, answer, refuses = [], refusesFirst } = route
  return {
    operationId,
    summary,
    ...(description && { description }),
    tags,
    ...(consumes && { consumes }),
    ...(params && { params }),
    ...(query !== 'ignored' && { querystring: query }),
    ...(body && { body }),
    response: {
      [status]: answer,
      ...(route.public ? {} : refused(400, 401, 422)),
      ...(locationIn && refused(403)),
      ...refused(...refuses),
      ...(refusesFirst && refusedFirst),
      ...route.refusesAs,
    },
  }
}

/** Gives what was sent v3's names; of two spellings the generation's own counts. */
function readNames(renamed: Names | undefined, generation: Generation, sent: unknown): unknown {
  if (!renamed) return sent
  const read: Record<string, unknown> = { ...(sent as object | undefined) }
  for (const [newer, older] of Object.entries(renamed)) {
    const [own, other] =
      generation === 'v3' ? [read[newer], read[older]] : [read[older], read[newer]]
    const value = own || (other ?? own)
    delete read[older]
    if (value !== undefined) read[newer] = value
  }
  return read
}

/** Gives an answer v2's names. */
function writeNames(renamed: Names = {}, answer: object): object {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [renamed[name] ?? name, value]),
  )
}

/** The answer of the older of two addresses. */
function inV2(answer: TSchema, renamed: Names | undefined): TSchema {
  if (!renamed) return answer
  const { properties, type: _, required: __, ...options } = answer as TObject
  return Type.Object(writeNames(renamed, properties) as TProperties, options)
}
