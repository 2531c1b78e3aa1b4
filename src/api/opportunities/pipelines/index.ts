import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { createPipeline } from './create.ts'
import { deletePipeline } from './delete.ts'
import { getPipeline, listPipelines } from './read.ts'
import { updatePipeline } from './update.ts'

export function pipelines(app: Server, context: AppContext): void {
  listPipelines(app, context)
  getPipeline(app, context)
  createPipeline(app, context)
  updatePipeline(app, context)
  deletePipeline(app, context)
}
