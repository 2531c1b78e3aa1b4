import type { Queryable } from '../../../db/database.ts'
import type { RawQuery } from '../../../http/query.ts'
import { type App, findApp } from '../installs/apps.ts'

/** A checked request of an app: each value may be shown, stored and acted upon. */
export type Authorization = {
  app: App
  redirectUri: string
  scopes: readonly string[]
  state: string | undefined
  challenge: { codeChallenge: string; codeChallengeMethod: 'S256' | 'plain' } | undefined
  /** The parameters as a query string, for the address of the next page. */
  query: string
}

/** A valid request, an error for the app, or an error that only the person may see. */
export type AuthorizationOutcome =
  | { kind: 'accepted'; authorization: Authorization }
  | { kind: 'answered'; location: string }
  | { kind: 'refused'; reason: string }

type AuthorizationFault = { error: string; description: string }

/** All known parameters; others are ignored, as RFC 6749 §3.1 wants. */
const parameterNames = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  // UPSTREAM: behaviour.md §6.1. DEVIATION: a version is tolerated, and not needed.
  'version_id',
  'loginWindowOpenMode',
] as const

/**
 * Reads the parameters of an authorization request. Until the app and its redirect address are
 * known to belong together, nothing is sent to that address (RFC 6749 §4.1.2.1).
 */
export async function readAuthorization(
  db: Queryable,
  query: RawQuery,
): Promise<AuthorizationOutcome> {
  const clientId = singleValue(query.client_id)
  if (clientId === undefined) return refuse('This address must have a client_id, and only one.')
  const app = await findApp(db, clientId)
  if (!app) return refuse('There is no app with the client_id in this address.')
  const redirectUri = singleValue(query.redirect_uri)
  if (redirectUri === undefined) {
    return refuse('This address must have a redirect_uri, and only one.')
  }
  // Only an exact match is safe: a similar address may belong to somebody else.
  if (!app.redirectUris.includes(redirectUri)) {
    return refuse(
      `The redirect_uri in this address is not one that ${app.name} has registered. ` +
        'It must be the same to the letter.',
    )
  }
  const state = singleValue(query.state)
  const scopes = askedScopesOf(query, app)
  const fault = authorizationFault(query, scopes, app)
  if (fault) {
    const { error, description } = fault
    const answer = { error, error_description: description, state }
    return { kind: 'answered', location: answerAddress(redirectUri, answer) }
  }
  const challenge = challengeOf(query)
  const repeatedQuery = repeatQuery(query)
  return {
    kind: 'accepted',
    authorization: { app, redirectUri, scopes, state, challenge, query: repeatedQuery },
  }
}

/** Adds an answer to the query of the redirect address, which stays as it was. */
export function answerAddress(
  redirectUri: string,
  answer: Record<string, string | undefined>,
): string {
  const addedQuery = Object.entries(answer)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    .join('&')
  const separator = !redirectUri.includes('?') ? '?' : /[?&]$/.test(redirectUri) ? '' : '&'
  // The address goes into a header, which must be ASCII.
  return (redirectUri + separator + addedQuery).replace(/[^\x21-\x7e]/gu, encodeURIComponent)
}

/** The value of a parameter that was sent once; an empty one counts as missing (RFC 6749 §3.1). */
export function singleValue(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** DEVIATION: without `scope`, all scopes that the app is registered with. */
function askedScopesOf(query: RawQuery, app: App): string[] {
  const askedScopes = (singleValue(query.scope) ?? '').split(' ').filter((scope) => scope !== '')
  return askedScopes.length > 0 ? [...new Set(askedScopes)] : app.scopes
}

/** The first thing wrong with a request, in the words of RFC 6749 §4.1.2.1 and RFC 7636 §4.4.1. */
function authorizationFault(
  query: RawQuery,
  scopes: readonly string[],
  app: App,
): AuthorizationFault | undefined {
  const repeatedName = parameterNames.find((name) => Array.isArray(query[name]))
  if (repeatedName) return invalidRequest(`${repeatedName} is given more than once`)
  const type = singleValue(query.response_type)
  if (type === undefined) return invalidRequest('response_type is missing')
  if (type !== 'code') {
    return { error: 'unsupported_response_type', description: 'response_type must be code' }
  }
  return scopeFault(scopes, app) ?? challengeFault(query)
}

function scopeFault(scopes: readonly string[], app: App): AuthorizationFault | undefined {
  const unregisteredScopes = scopes.filter((scope) => !app.scopes.includes(scope))
  if (unregisteredScopes.length === 0 && scopes.length > 0) return undefined
  const names = unregisteredScopes
    .filter((scope) => /^[\w./,;|+-]+$/.test(scope))
    .join(' ')
    // The description goes into a header.
    .slice(0, 1600)
  const hint = /[,;|+]/.test(names) ? '. Scopes are separated by blanks' : ''
  const description = `The app does not have these scopes${names && `: ${names}`}${hint}`
  return { error: 'invalid_scope', description }
}

function challengeFault(query: RawQuery): AuthorizationFault | undefined {
  const challenge = singleValue(query.code_challenge)
  const method = singleValue(query.code_challenge_method)
  if (method !== undefined && method !== 'S256' && method !== 'plain') {
    return invalidRequest('code_challenge_method must be S256 or plain')
  }
  if (challenge === undefined) {
    return method && invalidRequest('code_challenge_method is given without code_challenge')
  }
  const isWellFormed = /^[\w.~-]{43,128}$/.test(challenge)
  return isWellFormed
    ? undefined
    : invalidRequest('code_challenge must be 43 to 128 unreserved characters')
}

function challengeOf(query: RawQuery): Authorization['challenge'] {
  const codeChallenge = singleValue(query.code_challenge)
  if (codeChallenge === undefined) return undefined
  const codeChallengeMethod = singleValue(query.code_challenge_method) === 'S256' ? 'S256' : 'plain'
  return { codeChallenge, codeChallengeMethod }
}

function repeatQuery(query: RawQuery): string {
  return parameterNames
    .flatMap((name) => {
      const value = singleValue(query[name])
      return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]
    })
    .join('&')
}

function invalidRequest(description: string): AuthorizationFault {
  return { error: 'invalid_request', description }
}

function refuse(reason: string): AuthorizationOutcome {
  return { kind: 'refused', reason }
}
