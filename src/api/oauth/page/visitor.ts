import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type AuthenticatedUser,
  beginSession,
  endSession,
  findSignedInUser,
  type SignedInUser,
} from '../../../auth/sessions.ts'
import type { AppContext } from '../../../context.ts'
import type { RawQuery } from '../../../http/query.ts'
import { limits } from '../../../limits.ts'
import { oauthLimits } from '../limits.ts'

/** A browser: it has a secret from its first page on, and a session once somebody signs in. */
export type Visitor = {
  secret: string
  user: SignedInUser | undefined
  /** Goes into each form; only pages of this browser can know it. */
  formToken: string
}

const sessionCookie = 'groundlevel_session'
const browserCookie = 'groundlevel_browser'
const secretPattern = /^[\w-]{43}$/
/** The page has two addresses, and no other route needs to see the cookie. */
const cookiePaths = ['/oauth', '/v2/oauth']

/** Recognises a browser, or gives a new one its cookie. */
export async function identifyVisitor(
  { db, keys, now }: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visitor> {
  const knownSecret = readCookie(request)
  const secret = knownSecret ?? newSecret()
  if (knownSecret === undefined) setCookie(request, reply, secret)
  const user =
    knownSecret === undefined ? undefined : await findSignedInUser(db, knownSecret, now())
  return { secret, user, formToken: keys.derive(`oauth-page:${secret}`) }
}

/** Whether a form was sent from one of our pages, by the browser that we gave that page to. */
export function isOwnForm(request: FastifyRequest, visitor: Visitor, form: RawQuery): boolean {
  const site = request.headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return false
  const sent = Buffer.from(String(form.form_token))
  const expected = Buffer.from(visitor.formToken)
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

/**
 * Signs a user in under a new secret, because somebody else may have planted the old one in the
 * browser; the old session ends. False when the user may not sign in any more.
 */
export async function signIn(
  { db, now }: AppContext,
  { secret: oldSecret }: Visitor,
  user: AuthenticatedUser,
  [request, reply]: readonly [FastifyRequest, FastifyReply],
): Promise<boolean> {
  const secret = newSecret()
  if (!(await beginSession(db, secret, user, now()))) return false
  await endSession(db, oldSecret)
  setCookie(request, reply, secret, limits.sessionSecondsMax)
  return true
}

/** Ends the session, and the browser gets another cookie with its next page. */
export async function signOut(
  { db }: AppContext,
  { secret }: Visitor,
  [request, reply]: readonly [FastifyRequest, FastifyReply],
): Promise<void> {
  await endSession(db, secret)
  setCookie(request, reply, '', 0)
}

/** Keeps in a browser that this user has signed in there, as only this server can write it. */
export function rememberBrowser(
  context: Pick<AppContext, 'keys'>,
  userId: string,
  [request, reply]: readonly [FastifyRequest, FastifyReply],
): void {
  const mark = browserMark(context, userId)
  setCookie(request, reply, mark, oauthLimits.browserKnownSeconds, browserCookie)
}

export function isKnownBrowser(
  context: Pick<AppContext, 'keys'>,
  request: FastifyRequest,
  userId: string,
): boolean {
  const sent = Buffer.from(readCookie(request, browserCookie) ?? '')
  const expected = Buffer.from(browserMark(context, userId))
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

const browserMark = ({ keys }: Pick<AppContext, 'keys'>, userId: string) =>
  keys.fingerprint(`a browser of ${userId}`)

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function readCookie(request: FastifyRequest, cookie = sessionCookie): string | undefined {
  return (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter(([name]) => name === cookie)
    .map(([, value]) => value)
    .find((value) => value !== undefined && secretPattern.test(value))
}

/** Without an age the cookie lasts until the browser is closed. */
function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
  ageSeconds?: number,
  cookie = sessionCookie,
): void {
  const age = ageSeconds === undefined ? '' : `; Max-Age=${ageSeconds}`
  const secure = isHttps(request) ? '; Secure' : ''
  for (const path of cookiePaths) {
    reply.header(
      'set-cookie',
      `${cookie}=${secret}; Path=${path}${age}; HttpOnly; SameSite=Lax${secure}`,
    )
  }
}

/** Whether the browser speaks https, to us or to a proxy. A false header harms only its sender. */
function isHttps(request: FastifyRequest): boolean {
  const forwarded = String(request.headers['x-forwarded-proto'] ?? '').split(',')[0]
  return request.protocol === 'https' || forwarded?.trim().toLowerCase() === 'https'
}
