import fc from 'fast-check'
import {
  anyText,
  anyValue,
  applyMutation,
  type Mutation,
  mutation,
  plausibleValue,
  texts,
  writeJson,
} from './mutations.ts'
import { type Operation, partsFor, versions } from './operations.ts'

/** A request as it goes over the wire. */
export type HostileRequest = {
  method: string
  /** Path and query, as they are sent. */
  target: string
  headers: Record<string, string>
  body: string | undefined
}

/** Stands in an address for what the test made last of its kind. */
export const lastMadeId = '@made'

const encodings = [
  encodeURIComponent,
  (text: string) => encodeURIComponent(text).replaceAll('%20', '+'),
  (text: string) => text.replace(/[^\w-]/g, (char) => encodeURIComponent(char.toWellFormed())),
  () => '%',
  () => '%00',
  () => '%ff%fe',
  (text: string) => encodeURIComponent(encodeURIComponent(text)),
]

type Pair = { name: string; suffix: string; value: string; encoding: number }

/** A query of what an operation takes, and of what it does not. */
function queryOf(operation: Operation): fc.Arbitrary<string> {
  const queryParameters = operation.parameters.filter(({ in: place }) => place === 'query')
  const { query } = partsFor(operation)
  const requiredPairs = Object.entries(query).map(([name, value]) => `${name}=${value}`)
  const pair = (name: string, value: fc.Arbitrary<unknown>) =>
    fc.record<Pair>({
      name: fc.constant(name),
      suffix: fc.constantFrom('', '', '', '', '[]', '[0]', '[a]', '[__proto__]', '.a'),
      value: value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))),
      encoding: fc.nat(30),
    })
  const pairs = queryParameters.map(({ name, schema }) =>
    pair(name, fc.oneof(plausibleValue(schema, name), anyText)),
  )
  const strange = fc.constantFrom(...texts).chain((name) => pair(encodeURIComponent(name), anyText))
  return fc
    .tuple(
      fc.subarray(requiredPairs, { minLength: Math.max(0, requiredPairs.length - 1) }),
      fc.array(fc.oneof(...pairs, ...pairs, strange), { maxLength: 4 }),
    )
    .map(([kept, extra]) => {
      const added = extra.map(
        ({ name, suffix, value, encoding }) =>
          `${name}${suffix}=${(encodings[encoding] ?? encodeURIComponent)(value.toWellFormed())}`,
      )
      return [...kept, ...added].join('&').slice(0, 8_000)
    })
}

const oddHeaders: readonly Record<string, string>[] = [
  { 'idempotency-key': 'one' },
  { 'idempotency-key': 'x'.repeat(300) },
  { 'idempotency-key': 'é' },
  { 'idempotency-key': '__proto__' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'application/json;;;=' },
  { 'content-encoding': 'gzip' },
  { 'x-forwarded-for': '__proto__', 'x-http-method-override': 'DELETE' },
  { accept: 'text/html;q=x', 'accept-encoding': '*;q=nan' },
]

/** Requests for an operation that are nearly right, and wrong somewhere. */
export function hostileRequests(operation: Operation): fc.Arbitrary<HostileRequest> {
  const names = [...operation.path.matchAll(/\{(.+?)\}/g)].map(([, name = '']) => name)
  const parts = partsFor(operation)
  const segments = names.map((name) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(String(parts.path[name])) },
      { weight: 3, arbitrary: fc.constant(lastMadeId) },
      { weight: 1, arbitrary: anyText },
    ),
  )
  return fc
    .record({
      segments: fc.tuple(...segments),
      encoding: fc.nat(60),
      query: queries(operation),
      body: bodies(operation),
      mutations: fc.oneof(
        fc.constant<Mutation[]>([]),
        fc.array(mutation, { minLength: 1, maxLength: 1 }),
        fc.array(mutation, { maxLength: 3 }),
      ),
      isBroken: fc.nat(60).map((one) => one === 0),
      version: fc.constantFrom(...versions),
      headers: fc.oneof(
        { weight: 12, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.constantFrom(...oddHeaders) },
      ),
    })
    .map(({ segments, encoding, query, body, mutations, isBroken, version, headers }) => {
      const encode = encodings[encoding] ?? encodeURIComponent
      const address = names.reduce(
        (filled, name, i) =>
          filled.replace(`{${name}}`, encode((segments[i] ?? '').toWellFormed()).slice(0, 4_000)),
        operation.path,
      )
      const changed = body === undefined ? body : mutations.reduce<unknown>(applyMutation, body)
      const text = changed === undefined ? undefined : writeJson(changed)
      return {
        method: operation.method,
        target: query ? `${address}?${query}` : address,
        headers: { version, ...(text && { 'content-type': 'application/json' }), ...headers },
        body: isBroken ? text?.slice(0, -1) : text,
      }
    })
}

function queries(operation: Operation): fc.Arbitrary<string> {
  const right = new URLSearchParams(partsFor(operation).query as Record<string, string>)
  const isRead = operation.method === 'GET'
  return fc.oneof(
    { weight: isRead ? 1 : 9, arbitrary: fc.constant(right.toString()) },
    { weight: isRead ? 9 : 1, arbitrary: queryOf(operation) },
  )
}

function bodies(operation: Operation): fc.Arbitrary<unknown> {
  // What has no body may be sent one.
  if (!operation.body) return fc.option(anyValue, { nil: undefined, freq: 20 })
  const { body } = partsFor(operation)
  const more = plausibleValue(operation.body)
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(body) },
    { weight: 4, arbitrary: more.map((one) => ({ ...(one as object), ...body })) },
    { weight: 1, arbitrary: more },
  )
}
