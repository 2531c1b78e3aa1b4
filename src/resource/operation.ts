import type { FastifyReply, FastifyRequest, FastifySchema, preValidationHookHandler } from 'fastify'
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import contract from '../../generated/contract.json' with { type: 'json' }
import type { Access, Requirements } from '../auth/access.ts'
import type { Caller, LocationCaller } from '../auth/caller.ts'
import { isScope, type Scope } from '../auth/scopes.ts'
import { type NameMap, otherSpellings } from '../http/query.ts'
import type { Server } from '../http/server.ts'
import {
  type DocumentedRefusal,
  describeRefusals,
  NoQuery,
  unprocessableParameter,
} from '../http/shapes.ts'
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

type NoProperties = TObject<Record<never, never>>
/** The names of v3, each with its older one. */
type Renamings = { query?: NameMap; body?: NameMap; answer?: NameMap }

/** The shapes of what an operation takes and answers. */
type Shapes<Q extends TSchema, R extends TSchema> = {
  /**
   * Left out, none of a query is read. What the shape does not name is refused where it is `Strict`,
   * and everywhere by `--strict`, but for `ignored`.
   */
  query?: Q | 'ignored'
  /** In v3's spelling, where names are `renamed`. */
  answer: R
  /**
   * Why it refuses, by a status or by an error to be shown. Of their own accord all that ask for a
   * token refuse by 400, 401 and 422, and by 403 when a request names its location.
   */
  refuses?: readonly DocumentedRefusal[]
  /** The refusals of a form of their own. */
  refusesAs?: Readonly<Record<number, TSchema>>
}

/** What a file declares of its operation beyond the facts of the contract. */
type Declaration<
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
    /** Checked before anything else that was sent. UPSTREAM: behaviour.md §1.4 */
    refusesFirst?: (request: FastifyRequest) => Error | undefined
    /** Other spellings of the body's names, which clients send; the names themselves win. */
    bodyAliases?: NameMap
    /** The handler reads and answers the names of v3 alone. */
    renamings?: N
    /** What differs at the second address. */
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
type CallerFields<S, U> =
  U extends Public ? unknown :
  [S] extends ['bearer' | `Location-${string}`] ? { caller: LocationCaller; locationId: string } :
  { caller: Caller }

/** A type without the v2 names of what is renamed. */
type Renamed<T, N extends Renamings, Part extends keyof Renamings> =
  N extends Record<Part, infer Found extends NameMap> ? Omit<T, Found[keyof Found]> : T

/** The parts of a request that a handler gets. */
type OperationInput<
  P extends TSchema,
  Q extends TSchema,
  B extends TSchema,
  N extends Renamings,
> = {
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
  P extends TSchema = NoProperties,
  Q extends TSchema = NoProperties,
  B extends TSchema = NoProperties,
  Q3 extends TSchema = Q,
  R3 extends TSchema = R,
  const N extends Renamings = Record<never, never>,
  S extends Access = SchemesOf<A>,
  U extends Public | false = false,
>(
  app: Server,
  address: A | readonly [v2: A, v3: A],
  declaration: Declaration<P, Q, B, R, Q3, R3, N, S, U>,
  handler: (
    input: OperationInput<P, Q | Q3, B, N> & CallerFields<S, U>,
  ) => Promise<Renamed<Static<R | R3>, N, 'answer'>>,
): void {
  const [v2, v3] = typeof address === 'string' ? [address] : address
  const route = { ...contractFacts(v2), ...declaration }
  if (v3) {
    const answer = v2AnswerOf(declaration.answer, declaration.renamings?.answer)
    addRoute(app, v2, { ...route, answer }, handler as Handler, 'v2')
    const { operationId, ...v3Facts } = contractFacts(v3)
    const v3Route = {
      ...v3Facts,
      operationId: `${operationId}-v3`,
      ...declaration,
      ...declaration.v3,
    }
    addRoute(app, v3, { ...v3Route, since: 'v3' }, handler as Handler, 'v3')
  } else addRoute(app, v2, route, handler as Handler)
}

/** Adds an operation that the official contract does not have. */
export function ownOperation<
  const A extends AnyAddress,
  R extends TSchema,
  P extends TSchema = NoProperties,
  Q extends TSchema = NoProperties,
  B extends TSchema = NoProperties,
  const N extends Renamings = Record<never, never>,
  S extends Access = 'bearer',
  U extends Public | false = false,
>(
  app: Server,
  address: A extends Address ? never : A,
  declaration: Omit<Declaration<P, Q, B, R, Q, R, N, S, U>, 'v3'> & OwnFacts,
  handler: (
    input: OperationInput<P, Q, B, N> & CallerFields<S, U>,
  ) => Promise<Renamed<Static<R>, N, 'answer'>>,
): void {
  addRoute(app, address, { access: ['bearer'], status: 200, ...declaration }, handler as Handler)
}

/** The facts of an operation that the contract does not have. */
type OwnFacts = Pick<Facts, 'operationId' | 'summary' | 'tags'>

/** The contract's facts in the form of a route. */
function contractFacts(address: Address) {
  const { security, ...statedFacts } = facts[address]
  const [scope] = Object.values(security).flat()
  const access = Object.keys(security) as Access[]
  return { description: statedFacts.summary, ...statedFacts, access, ...(scope && { scope }) }
}

type Handler = (input: object) => Promise<object>

/** All that a route is made from. */
type Route = Omit<
  Declaration<
    TSchema,
    TSchema,
    TSchema,
    TSchema,
    TSchema,
    TSchema,
    Renamings,
    Access,
    Public | false
  >,
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
  const { status, renamings: renamed = {} } = route
  const locationIn = locationSourceOf(route)
  app.route({
    method,
    url,
    config: configOf(address, route, locationIn),
    schema: schemaOf(route, locationIn),
    ...(route.public === 'versioned' && { onRequest: checkVersionIfSent }),
    ...preValidationOf(route, spelling),
    handler: (request, reply) => {
      const generation = spelling ?? generationOf(request)
      const { params, caller } = request
      const query = readNames(renamed.query, generation, request.query)
      const body = readNames(renamed.body, generation, request.body)
      reply.code(status)
      const locationId = caller?.locationId
      const input = { caller, locationId, params, query, body, generation, request, reply }
      const pendingAnswer = handler(input)
      if (!renamed.answer || generation === 'v3') return pendingAnswer
      return pendingAnswer.then((answer) => writeNames(renamed.answer, answer))
    },
  })
}

/** What is looked at before the shapes of what was sent. */
function preValidationOf(
  { refusesFirst, renamings, bodyAliases }: Route,
  spelling: Generation | undefined,
) {
  const names = renamings?.query
  if (!refusesFirst && !names && !bodyAliases) return {}
  const preValidation: preValidationHookHandler = (request, _reply, done) => {
    const refusal = refusesFirst?.(request)
    const { body } = request
    if (bodyAliases && typeof body === 'object' && body !== null && !Array.isArray(body)) {
      request.body = readNames(bodyAliases, 'v3', body)
    }
    if (names && (spelling ?? generationOf(request)) === 'v2') markV3Names(names, request)
    done(refusal)
  }
  return { preValidation }
}

/** A name of v3 in a query of an older version is refused with all else that is wrong there. */
function markV3Names(names: NameMap, { query }: { query: unknown }): void {
  const sent = query as Record<PropertyKey, unknown>
  const found = Object.entries(names).filter(([v3Name]) => v3Name in sent)
  if (found.length > 0) sent[otherSpellings] = Object.fromEntries(found)
}

function configOf(address: string, route: Route, locationIn: LocationSource | undefined) {
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

type LocationSource = 'params' | 'query' | 'body'

/** Where a request names the location; a sub-account's token may only name its own. */
function locationSourceOf({ access, params, query, body }: Route): LocationSource | undefined {
  if (access.every((one) => one.startsWith('Agency'))) return undefined
  const namesLocation = (shape: TSchema | 'ignored' | undefined) =>
    shape !== 'ignored' && (shape as Partial<TObject> | undefined)?.properties?.locationId
  if (namesLocation(params)) return 'params'
  if (namesLocation(query)) return 'query'
  return namesLocation(body) ? 'body' : undefined
}

function schemaOf(route: Route, locationIn: LocationSource | undefined): FastifySchema {
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
      ...(route.public ? {} : describeRefusals(400, 401, 422)),
      ...(locationIn && describeRefusals(403)),
      ...describeRefusals(...refuses),
      ...(refusesFirst && unprocessableParameter),
      ...route.refusesAs,
    },
  }
}

/** Renames what was sent to v3's names; of two spellings the generation's own wins. */
function readNames(renamed: NameMap | undefined, generation: Generation, sent: unknown): unknown {
  if (!renamed) return sent
  const read: Record<string, unknown> = { ...(sent as object | undefined) }
  for (const [v3Name, v2Name] of Object.entries(renamed)) {
    const [current, alternative] =
      generation === 'v3' ? [read[v3Name], read[v2Name]] : [read[v2Name], read[v3Name]]
    const value = current || (alternative ?? current)
    delete read[v2Name]
    if (value !== undefined) read[v3Name] = value
  }
  return read
}

/** Renames an answer to v2's names. */
function writeNames(renamed: NameMap = {}, answer: object): object {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [renamed[name] ?? name, value]),
  )
}

/** The answer of the older of two addresses. */
function v2AnswerOf(answer: TSchema, renamed: NameMap | undefined): TSchema {
  if (!renamed) return answer
  const { properties, type: _, required: __, ...options } = answer as TObject
  return Type.Object(writeNames(renamed, properties) as TProperties, options)
}
