import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { limits } from '../limits.ts'
import { frameworkError } from './errors.ts'
import { malformedQuery, parseQuery } from './query.ts'

/** The type of a form that holds no files. */
export const formType = 'application/x-www-form-urlencoded'

/**
 * Reads forms, for the routes of this instance and those under it; a repeated name holds a list. A
 * form that is not UTF-8, badly encoded, or holds NUL is refused.
 */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    /^application\/x-www-form-urlencoded(?:;|$)/i,
    { parseAs: 'buffer', bodyLimit: limits.formBytesMax },
    (_request, bytes: Buffer, done) => {
      if (!isUtf8(bytes)) return done(frameworkError(400, 'The body is not valid UTF-8'))
      const form = parseQuery(bytes.toString())
      if (malformedQuery in form) return done(frameworkError(400, 'URI malformed'))
      const holdsNul = Object.entries(form).flat(2).join('').includes('\0')
      done(holdsNul ? frameworkError(400, 'The body holds a NUL character') : null, form)
    },
  )
}
