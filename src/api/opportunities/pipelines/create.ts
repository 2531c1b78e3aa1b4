import { generateKeyBetween } from 'fractional-indexing'
import type { Static } from 'typebox'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { newId } from '../../../ids.ts'
import { ownOperation } from '../../../resource/operation.ts'
import { settleRaces } from '../../../resource/races.ts'
import { refuseTakenName } from '../../../resource/refusals.ts'
import { opportunityLimits } from '../limits.ts'
import { tooManyPipelines } from './errors.ts'
import { CreatePipelineBody, PipelineAnswer } from './shapes.ts'
import { arrangeStages } from './stages.ts'
import {
  findPipeline,
  insertPipeline,
  lockPipelineOrder,
  type Pipeline,
  writeStages,
} from './statements.ts'

export function createPipeline(app: Server, context: AppContext): void {
  ownOperation(
    app,
    'POST /opportunities/pipelines',
    {
      operationId: 'create-pipeline',
      summary: 'Create Pipeline',
      description:
        'Creates a new pipeline with at least one stage for a given location. Pipeline names ' +
        'must be unique per location, and stage names within the pipeline, ignoring case. ' +
        'Unless every stage has a `stageWinProbability`, all are spread by position.',
      tags: ['Pipelines'],
      scope: 'pipelines.create',
      status: 201,
      body: CreatePipelineBody,
      answer: PipelineAnswer,
    },
    async ({ locationId, body }) => create(context, locationId, body),
  )
}

function create(
  { db, now: clock }: AppContext,
  locationId: string,
  { stages, ...values }: Static<typeof CreatePipelineBody>,
): Promise<Pipeline> {
  const [id, now] = [newId(), clock()]
  const arranged = arrangeStages(stages, [])
  return settleRaces(() =>
    db
      .transaction(async (tx) => {
        const { count, last } = await lockPipelineOrder(tx, locationId)
        if (count >= opportunityLimits.pipelinesMax) throw tooManyPipelines()
        const position = generateKeyBetween(last, null)
        await insertPipeline(tx, locationId, { ...values, id, position }, now)
        await writeStages(tx, locationId, id, arranged, now)
        return findPipeline(tx, locationId, id)
      })
      .catch(refuseTakenName('pipelines', 'Pipeline')),
  )
}
