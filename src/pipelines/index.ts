import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { listPipelines } from './list.ts'

export function pipelines(app: Server, house: House): void {
  listPipelines(app, house)
}
