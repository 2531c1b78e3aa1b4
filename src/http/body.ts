import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { frameworkError } from './errors.ts'

/**
 * Reads JSON bodies, on DELETE too. An empty one is no body; one that is not UTF-8, not JSON, or
 * holds `__proto__` or NUL is refused.
 */
export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:;|$)/i,
    { parseAs: 'buffer' },
    (request, bytes: Buffer, done) => {
      if (bytes.length === 0) return done(null, undefined)
      if (!isUtf8(bytes)) return done(frameworkError(400, 'The body is not valid UTF-8'))
      const text = bytes.toString()
      parse(request, text, (error, body) => {
        if (error) return done(frameworkError(400, error.message))
        if (text.includes('\\u0000') && holdsNul(body)) {
          return done(frameworkError(400, 'The body holds a NUL character'))
        }
        done(null, body)
      })
    },
  )
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => key.includes('\0') || holdsNul(item))
}
