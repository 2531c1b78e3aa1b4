import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Html, htmlText } from '../../../http/html.ts'

/**
 * What each answer of the page carries. There is no Cross-Origin-Opener-Policy: apps open this
 * page in a window of their own and hear from it through `window.opener`.
 */
const headers = {
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const

export function guardAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}

/** Sends a page; `redirectUri` is where one of its forms may end. */
export function sendPage(
  reply: FastifyReply,
  status: number,
  page: Html,
  redirectUri?: string,
): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy(redirectUri))
    .send(htmlText(page))
}

/**
 * Chromium applies `form-action` to all redirects that follow a form, the app's own among them:
 * its callback may send people on to another host, so that the scheme is all that can be named.
 */
function policy(redirectUri: string | undefined): string {
  const isHttp = redirectUri?.startsWith('http:')
  const schemes = redirectUri === undefined ? '' : isHttp ? ' http: https:' : ' https:'
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    `form-action 'self'${schemes}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}
