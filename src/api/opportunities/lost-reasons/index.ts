import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { createLostReason } from './create.ts'
import { removeLostReason } from './delete.ts'
import { listLostReasons } from './list.ts'
import { updateLostReason } from './update.ts'

export function lostReasons(app: Server, context: AppContext): void {
  listLostReasons(app, context)
  createLostReason(app, context)
  updateLostReason(app, context)
  removeLostReason(app, context)
}
