import type { onRequestHookHandler } from 'fastify'
import { cannot } from '../http/errors.ts'

/** UPSTREAM: some paths of OAuth are not there before v3. behaviour.md §1.2 */
export const onlyInV3: onRequestHookHandler = (request, _reply, done) => {
  done(request.version === 'v3' ? undefined : cannot(request))
}
