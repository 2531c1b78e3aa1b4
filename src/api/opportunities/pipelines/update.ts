import type { Static } from 'typebox'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { ownOperation } from '../../../resource/operation.ts'
import { refuseTakenName } from '../../../resource/refusals.ts'
import { clearOrRecord, unfinishedPipelines } from './clearing.ts'
import { pipelineNotFound } from './errors.ts'
import { PipelineAnswer, PipelineParams, UpdatePipelineBody } from './shapes.ts'
import { arrangeStages } from './stages.ts'
import {
  findPipeline,
  findStages,
  lockPipeline,
  updatePipelineRow,
  writeStages,
} from './statements.ts'

export function updatePipeline(app: Server, context: AppContext): void {
  ownOperation(
    app,
    'PUT /opportunities/pipelines/:pipelineId',
    {
      operationId: 'update-pipeline',
      summary: 'Update Pipeline',
      description:
        'Updates an existing pipeline. The `stages` array is a full replacement: a stage with ' +
        'its `id` is kept, one without is made, and one left out is removed. Opportunities in ' +
        'removed stages move to the remaining stage of the lowest position.',
      tags: ['Pipelines'],
      scope: 'pipelines.write',
      params: PipelineParams,
      body: UpdatePipelineBody,
      answer: PipelineAnswer,
      refuses: [pipelineNotFound],
    },
    async ({ locationId, params: { pipelineId }, body }) => {
      const isDone = await update(context, locationId, pipelineId, body)
      if (!isDone) await context.finish(unfinishedPipelines)
      const pipeline = await findPipeline(context.db, locationId, pipelineId)
      if (!pipeline) throw pipelineNotFound()
      return pipeline
    },
  )
}

/** Changes the pipeline; true when nothing is left to clear after the commit. */
function update(
  { db, now: clock, reactions }: AppContext,
  locationId: string,
  id: string,
  { stages, ...values }: Static<typeof UpdatePipelineBody>,
): Promise<boolean> {
  const now = clock()
  return db
    .transaction(async (tx) => {
      const pipeline = await lockPipeline(tx, locationId, id)
      if (!pipeline || pipeline.isDeleted) throw pipelineNotFound()
      await updatePipelineRow(tx, locationId, id, values, now)
      if (!stages) return true
      const arranged = arrangeStages(stages, await findStages(tx, locationId, id))
      await writeStages(tx, locationId, id, arranged, now)
      return clearOrRecord(tx, reactions, { locationId, pipelineId: id }, now)
    })
    .catch(refuseTakenName('pipelines', 'Pipeline'))
}
