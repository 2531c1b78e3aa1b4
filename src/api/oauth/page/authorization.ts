import type { Queryable } from '../../../db/database.ts'
import type { RawQuery } from '../../../http/query.ts'
import { type App, findApp } from '../installs/apps.ts'

/** What an app asks for, checked: everything in it may be shown, kept and acted upon. */
export type Authorization = {
  app: App
  redirectUri: string
  scopes: readonly string[]
  state: string | undefined
  challenge: { codeChallenge: string; codeChallengeMethod: 'S256' | 'plain' } | undefined
  /** The parameters once more, for the address of the next step. */
  query: string
}

/** A request that is in order; one that the app is told about; one that only the person is. */
export type Reading =
  | { kind: 'accepted'; authorization: Authorization }
  | { kind: 'answered'; location: string }
  | { kind: 'refused'; why: string }

type Fault = { error: string; description: string }

/** All parameters there are; what else is sent is ignored, as RFC 6749 §3.1 wants. */
const names = [
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
export async function readAuthorization(db: Queryable, query: RawQuery): Promise<Reading> {
  const clientId = only(query.client_id)
  if (clientId === undefined) return refused('This address must have a client_id, and only one.')
  const app = await findApp(db, clientId)
  if (!app) return refused('There is no app with the client_id in this address.')
  const redirectUri = only(query.redirect_uri)
  if (redirectUri === undefined) {
    return refused('This address must have a redirect_uri, and only one.')
  }
  // Letter by letter: nothing about an address that is only similar is known to be the app's.
  if (!app.redirectUris.includes(redirectUri)) {
    return refused(
      `The redirect_uri in this address is not one that ${app.name} has registered. ` +
        'It must be the same to the letter.',
    )
  }
  const state = only(query.state)
  const scopes = scopesOf(query, app)
  const fault = faultOf(query, scopes, app)
  if (fault) {
    const { error, description } = fault
    const answer = { error, error_description: description, state }
    return { kind: 'answered', location: answerAddress(redirectUri, answer) }
  }
  const challenge = challengeOf(query)
  const again = sentAgain(query)
  return {
    kind: 'accepted',
    authorization: { app, redirectUri, scopes, state, challenge, query: again },
  }
}

/** The redirect address with an answer in its query; what was there stays as it is. */
export function answerAddress(
  redirectUri: string,
  answer: Record<string, string | undefined>,
): string {
  const added = Object.entries(answer)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    .join('&')
  const joint = !redirectUri.includes('?') ? '?' : /[?&]$/.test(redirectUri) ? '' : '&'
  // A header is ASCII.
  return (redirectUri + joint + added).replace(/[^\x21-\x7e]/gu, encodeURIComponent)
}

/** A parameter that was sent once; without a value it counts as not sent (RFC 6749 §3.1). */
export function only(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** DEVIATION: without `scope`, all scopes that the app is registered with. */
function scopesOf(query: RawQuery, app: App): string[] {
  const asked = (only(query.scope) ?? '').split(' ').filter((scope) => scope !== '')
  return asked.length > 0 ? [...new Set(asked)] : app.scopes
}

/** The first thing wrong with a request, in the words of RFC 6749 §4.1.2.1 and RFC 7636 §4.4.1. */
function faultOf(query: RawQuery, scopes: readonly string[], app: App): Fault | undefined {
  const twice = names.find((name) => Array.isArray(query[name]))
  if (twice) return invalid(`${twice} is given more than once`)
  const type = only(query.response_type)
  if (type === undefined) return invalid('response_type is missing')
  if (type !== 'code') {
    return { error: 'unsupported_response_type', description: 'response_type must be code' }
  }
  const foreign = scopes.filter((scope) => !app.scopes.includes(scope))
  if (foreign.length > 0 || scopes.length === 0) {
    const named = foreign.filter((scope) => /^[\w./-]{1,80}$/.test(scope)).slice(0, 20)
    const which = named.length > 0 ? `: ${named.join(' ')}` : ''
    return { error: 'invalid_scope', description: `The app does not have these scopes${which}` }
  }
  return challengeFault(query)
}

function challengeFault(query: RawQuery): Fault | undefined {
  const challenge = only(query.code_challenge)
  const method = only(query.code_challenge_method)
  if (method !== undefined && method !== 'S256' && method !== 'plain') {
    return invalid('code_challenge_method must be S256 or plain')
  }
  if (challenge === undefined) {
    return method && invalid('code_challenge_method is given without code_challenge')
  }
  const isWhole = /^[\w.~-]{43,128}$/.test(challenge)
  return isWhole ? undefined : invalid('code_challenge must be 43 to 128 unreserved characters')
}

function challengeOf(query: RawQuery): Authorization['challenge'] {
  const codeChallenge = only(query.code_challenge)
  if (codeChallenge === undefined) return undefined
  const codeChallengeMethod = only(query.code_challenge_method) === 'S256' ? 'S256' : 'plain'
  return { codeChallenge, codeChallengeMethod }
}

function sentAgain(query: RawQuery): string {
  return names
    .flatMap((name) => {
      const value = only(query[name])
      return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]
    })
    .join('&')
}

function invalid(description: string): Fault {
  return { error: 'invalid_request', description }
}

function refused(why: string): Reading {
  return { kind: 'refused', why }
}
