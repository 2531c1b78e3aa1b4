import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { createLostReason } from './create.ts'
import { removeLostReason } from './delete.ts'
import { listLostReasons } from './list.ts'
import { updateLostReason } from './update.ts'

export function lostReasons(app: Server, house: House): void {
  listLostReasons(app, house)
  createLostReason(app, house)
  updateLostReason(app, house)
  removeLostReason(app, house)
}
