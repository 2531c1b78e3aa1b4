import type { onRequestHookHandler } from 'fastify'
import { notFound } from '../http/errors.ts'

/** UPSTREAM: some paths of OAuth are not there before v3. behaviour.md §1.2 */
export const onlyInV3: onRequestHookHandler = (request, reply, done) => {
  if (request.version === 'v3') done()
  else notFound(request, reply)
}
