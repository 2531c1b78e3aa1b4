import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { Query } from '../../../http/shapes.ts'
import { operation, ownOperation } from '../../../resource/operation.ts'
import { refuseMissingLocationId } from '../../../resource/refusals.ts'
import { Id } from '../../../resource/words.ts'
import { pipelineNotFound } from './errors.ts'
import { PipelineAnswer, PipelineParams, PipelinesAnswer } from './shapes.ts'
import { findPipeline, findPipelines } from './statements.ts'

const PipelinesQuery = Query({
  locationId: Id('ve9EPM428h8vShlRW1KT'),
})

export function listPipelines(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /opportunities/pipelines',
    {
      query: PipelinesQuery,
      answer: PipelinesAnswer,
      refusesFirst: refuseMissingLocationId,
    },
    async ({ locationId }) => ({ pipelines: await findPipelines(db, locationId) }),
  )
}

export function getPipeline(app: Server, { db }: AppContext): void {
  ownOperation(
    app,
    'GET /opportunities/pipelines/:pipelineId',
    {
      operationId: 'get-pipeline',
      summary: 'Get Pipeline',
      description:
        'Retrieves a single pipeline by its ID, including all its stages and configuration.',
      tags: ['Pipelines'],
      scope: 'opportunities.readonly',
      params: PipelineParams,
      answer: PipelineAnswer,
      refuses: [pipelineNotFound],
    },
    async ({ locationId, params }) => {
      const pipeline = await findPipeline(db, locationId, params.pipelineId)
      if (!pipeline) throw pipelineNotFound()
      return pipeline
    },
  )
}
