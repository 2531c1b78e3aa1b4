import { Type } from 'typebox'
import { Answer, Named, Strict } from '../../../http/shapes.ts'
import { Flag, Id, Numeric, OneOf, Optional, OptionalOneOf, Text } from '../../../resource/words.ts'
import { opportunityLimits } from '../limits.ts'

const colorRenderModes = ['dot', 'bg-tint', 'none'] as const
const pipelineId = { examples: ['aWdODOBVOlH1RUFKWQke'] }
const name = { pattern: '\\S', maxLength: opportunityLimits.nameCharsMax }

const Stage = Named('PipelineStage', {
  id: Text('7915dedc-8f18-44d5-8bc3-77c04e994a10'),
  name: Text('New lead'),
  originId: Type.Optional(Type.String()),
  position: Numeric(0),
  showInFunnel: Type.Boolean(),
  showInPieChart: Type.Boolean(),
  stageWinProbability: Numeric(14.29),
  color: Type.Optional(Text('#155EEF')),
})

const pipeline = {
  id: Type.String({ ...pipelineId, description: 'Unique identifier of the pipeline' }),
  name: Text('new pipeline', 'Name of the pipeline'),
  originId: Type.Optional(Type.String()),
  stages: Type.Array(Stage, { description: 'Stages belonging to this pipeline' }),
  showInFunnel: Flag(false),
  showInPieChart: Flag(true),
  locationId: Text('ve9EPM428h8vShlRW1KT'),
  useOpportunityProbability: Type.Boolean(),
  colorRenderMode: OneOf(colorRenderModes),
  position: Text('a0V', 'Fractional-index key used to sort pipelines'),
  dateAdded: Text('2021-08-03T04:55:17.355Z'),
  dateUpdated: Text('2021-08-03T04:55:17.355Z'),
}

/** UPSTREAM: the row of behaviour.md §2.6. */
export const PipelinesAnswer = Answer(
  { pipelines: Type.Array(Named('Pipeline', pipeline)) },
  { description: 'Successful response' },
)

/** One pipeline is answered bare. UPSTREAM: behaviour.md §2.6 */
export const PipelineAnswer = Answer(pipeline, {
  title: 'PipelineAnswer',
  description: 'Successful response',
})

export const PipelineDeletedAnswer = Answer(
  {
    success: Flag(true, 'Whether the pipeline was successfully deleted'),
  },
  { description: 'Successful response' },
)

export const PipelineParams = Type.Object({
  pipelineId: Type.String({ ...pipelineId, description: 'The unique identifier of the pipeline' }),
})

export const StageInput = Strict({
  id: Optional(
    Type.String({
      description: 'Keeps a stage that the pipeline has; left out, a new one is made',
    }),
  ),
  name: Type.String({ ...name, examples: ['stage 1'] }),
  position: Optional(
    Type.Integer({
      minimum: 0,
      maximum: opportunityLimits.stagePositionMax,
      examples: [1],
      description: 'Left out: its place in the list',
    }),
  ),
  showInFunnel: Optional(Flag(true)),
  showInPieChart: Optional(Flag(true)),
  stageWinProbability: Optional(
    Type.Number({
      minimum: 0,
      maximum: 100,
      examples: [20],
      description: 'Unless every stage has one, all are spread by position',
    }),
  ),
  color: Optional(Text('#155EEF', '#RRGGBB')),
})

const stages = Type.Array(StageInput, {
  minItems: 1,
  maxItems: opportunityLimits.pipelineStagesMax,
  examples: [[{ name: 'stage 1', position: 1, showInFunnel: true }]],
  description: 'List of stages belonging to this pipeline',
})

const settings = {
  showInFunnel: Optional(Flag(false, 'Whether the pipeline is shown in the funnel view')),
  showInPieChart: Optional(Flag(true, 'Whether the pipeline is shown in the pie chart view')),
  useOpportunityProbability: Optional(
    Flag(true, 'Whether stage-level win probability is enabled for this pipeline'),
  ),
  colorRenderMode: OptionalOneOf(colorRenderModes, {
    examples: ['dot'],
    description: 'How pipeline/stage colors are rendered',
  }),
}

const pipelineName = { ...name, examples: ['pipeline'], description: 'Name of the pipeline' }

export const CreatePipelineBody = Strict({
  name: Type.String(pipelineName),
  stages,
  locationId: Id(
    've9EPM428h8vShlRW1KT',
    'Identifier of the location (sub-account) this pipeline belongs to',
  ),
  ...settings,
})

export const UpdatePipelineBody = Strict({
  name: Optional(Type.String({ ...pipelineName, examples: ['renamed pipeline'] })),
  stages: Optional(stages),
  ...settings,
})
