import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { routeNotFound, versionMalformed, versionMissing, versionUnpublished } from './errors.ts'

/** What clients may send as `Version`, on every route alike. UPSTREAM: behaviour.md §1.2 */
export const versions = ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy'] as const
export type Version = (typeof versions)[number]

/** How names are spelt and errors worded: v3 differs from all before it. */
export type Generation = 'v2' | 'v3'

/** A public route may be called without a version, and then answers as v2. */
export function generationOf({ version }: { version: Version | undefined }): Generation {
  return version === 'v3' ? 'v3' : 'v2'
}

declare module 'fastify' {
  interface FastifyRequest {
    version: Version
  }
  interface FastifyContextConfig {
    /** The path is not there under older versions. UPSTREAM: behaviour.md §1.2 */
    since?: 'v3'
  }
}

/** Refuses a request without a `Version` that has its path. UPSTREAM: behaviour.md §1.2 */
export const checkVersion: onRequestHookHandler = (request, _reply, done) => {
  const { public: isPublic, since } = request.routeOptions.config
  if (isPublic) return done()
  const refusal = request.headers.version ? readVersion(request) : versionMissing()
  if (refusal) return done(refusal)
  done(since === undefined || request.version === since ? undefined : routeNotFound(request))
}

/** Checks the version on a public route that depends on it, where it may be left out. */
export const checkVersionIfSent: onRequestHookHandler = (request, _reply, done) => {
  done(request.headers.version ? readVersion(request) : undefined)
}

/** Sets the version of a request, or returns why the header is refused. */
function readVersion(request: FastifyRequest): Error | undefined {
  const header = String(request.headers.version)
  const version = versions.find((known) => known === header.trim())
  if (!version)
    return /^\d{4}-\d{2}-\d{2}$/.test(header) ? versionUnpublished() : versionMalformed(header)
  request.version = version
  return undefined
}
