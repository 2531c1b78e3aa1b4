import { locationCallerOf } from '../../../auth/bearer.ts'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { NoQuery, refused } from '../../../http/shapes.ts'
import { pipelineNotFound } from './errors.ts'
import { PipelineAnswer, PipelineParams } from './shapes.ts'
import { findPipeline } from './statements.ts'

export function getPipeline(app: Server, { db }: AppContext): void {
  app.get(
    '/opportunities/pipelines/:pipelineId',
    {
      config: { scope: 'opportunities.readonly' },
      schema: {
        operationId: 'get-pipeline',
        summary: 'Get Pipeline',
        description:
          'Retrieves a single pipeline by its ID, including all its stages and configuration.',
        tags: ['Pipelines'],
        params: PipelineParams,
        querystring: NoQuery,
        response: { 200: PipelineAnswer, ...refused(400, 401, 404, 422) },
      },
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      const pipeline = await findPipeline(db, locationId, request.params.pipelineId)
      if (!pipeline) throw pipelineNotFound()
      return pipeline
    },
  )
}
