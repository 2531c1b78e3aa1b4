import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { clearPipelines, type RecordsInStages } from './clearing.ts'
import { createPipeline } from './create.ts'
import { deletePipeline } from './delete.ts'
import { getPipeline } from './get.ts'
import { listPipelines } from './list.ts'
import { updatePipeline } from './update.ts'

/** `records` are what stands in the stages of pipelines, and goes with them. */
export function pipelines(app: Server, house: House, records: RecordsInStages): void {
  const clearing = clearPipelines(app, house, records)
  listPipelines(app, house)
  getPipeline(app, house)
  createPipeline(app, house)
  updatePipeline(app, house, clearing)
  deletePipeline(app, house, clearing)
}
