import type { AppContext } from '../../../context.ts'
import { sql } from '../../../db/sql.ts'
import type { Server } from '../../../http/server.ts'
import { ownOperation } from '../../../resource/operation.ts'
import { clearOrRecord, unfinishedPipelines } from './clearing.ts'
import { pipelineNotFound } from './errors.ts'
import { PipelineDeletedAnswer, PipelineParams } from './shapes.ts'
import { lockPipeline } from './statements.ts'

export function deletePipeline(app: Server, context: AppContext): void {
  ownOperation(
    app,
    'DELETE /opportunities/pipelines/:pipelineId',
    {
      operationId: 'delete-pipeline',
      summary: 'Delete Pipeline',
      description:
        'Permanently deletes a pipeline and all opportunities within it. This action is ' +
        'irreversible.',
      tags: ['Pipelines'],
      scope: 'pipelines.write',
      params: PipelineParams,
      answer: PipelineDeletedAnswer,
      refuses: [pipelineNotFound],
    },
    async ({ locationId, params }) => {
      const isDone = await remove(context, locationId, params.pipelineId)
      if (!isDone) await context.finish(unfinishedPipelines)
      return { success: true }
    },
  )
}

/** Hides the pipeline and clears its first batch; true when nothing is left to clear. */
function remove(
  { db, now: clock, reactions }: AppContext,
  locationId: string,
  id: string,
): Promise<boolean> {
  const now = clock()
  return db.transaction(async (tx) => {
    const pipeline = await lockPipeline(tx, locationId, id)
    if (!pipeline || pipeline.isDeleted) throw pipelineNotFound()
    await tx.query(sql`
      update pipelines p set deleted_at = ${now}, updated_at = ${now}
      where p.location_id = ${locationId} and p.id = ${id}`)
    return clearOrRecord(tx, reactions, { locationId, pipelineId: id }, now)
  })
}
