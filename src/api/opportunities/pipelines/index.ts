import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { clearPipelines, type RecordsInStages } from './clearing.ts'
import { createPipeline } from './create.ts'
import { deletePipeline } from './delete.ts'
import { getPipeline } from './get.ts'
import { listPipelines } from './list.ts'
import { updatePipeline } from './update.ts'

/** `records` are what stands in the stages of pipelines, and goes with them. */
export function pipelines(app: Server, context: AppContext, records: RecordsInStages): void {
  const clearing = clearPipelines(app, context, records)
  listPipelines(app, context)
  getPipeline(app, context)
  createPipeline(app, context)
  updatePipeline(app, context, clearing)
  deletePipeline(app, context, clearing)
}
