import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { limits } from '../limits.ts'
import { encodingUnsupported, frameworkError } from './errors.ts'

/**
 * Reads JSON bodies, on DELETE too. An empty body counts as none, whatever its type; one that is not
 * UTF-8, not JSON, or holds `__proto__` or NUL is refused.
 */
export function acceptJson(app: FastifyInstance): void {
  app.addHook('onRequest', forgetTypeOfNothing)
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:;|$)/i,
    { parseAs: 'buffer' },
    (request, bytes: Buffer, done) => {
      if (bytes.length === 0) return done(null, undefined)
      const { 'content-encoding': encoding = 'identity' } = request.headers
      if (encoding !== 'identity') return done(encodingUnsupported())
      if (!isUtf8(bytes)) return done(frameworkError(400, 'The body is not valid UTF-8'))
      const text = bytes.toString()
      parse(request, text, (error, body) => {
        if (error) return done(frameworkError(400, error.message))
        const fault = storageFault(body, text.includes('\\u'))
        if (fault) return done(frameworkError(400, fault))
        done(null, body)
      })
    },
  )
}

/** Many clients send a type of body by default, even where there is none. */
const forgetTypeOfNothing: onRequestHookHandler = ({ raw: { headers } }, _reply, done) => {
  const length = Number(headers['content-length'] ?? 0)
  if (length === 0 && headers['transfer-encoding'] === undefined) delete headers['content-type']
  done()
}

/** Why a body cannot be stored. A loop, as recursion would overflow on deep nesting. */
function storageFault(body: unknown, isEscaped: boolean): string | undefined {
  let level = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.bodyDepthMax) return 'The body is nested too deeply'
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value === 'object' && value !== null) {
        if (isEscaped && !Array.isArray(value)) for (const key of Object.keys(value)) next.push(key)
        for (const item of Object.values(value))
          if (isEscaped || typeof item === 'object') next.push(item)
      } else if (typeof value === 'string' && isEscaped) {
        if (value.includes('\0')) return 'The body holds a NUL character'
        if (!value.isWellFormed()) return 'The body holds half a surrogate pair'
      }
    }
    level = next
  }
  return undefined
}
