import { frameworkError, unprocessable } from '../../../http/errors.ts'
import { notFound } from '../../../resource/refusals.ts'

export const pipelineNotFound = () => notFound('Pipeline')

/** DEVIATION: two stages of one name. */
export const stageNamesTaken = () => badRequest('Stage names must be unique within the pipeline.')

/** DEVIATION: a stage id that the pipeline does not have. */
export const stageInvalid = () => badRequest('The pipeline stage id is invalid.')

/** DEVIATION: a color that is none. `places` are those of the stages in the list. */
export const colorsInvalid = (indexes: readonly number[]) =>
  unprocessable(indexes.map((i) => `stages.${i}.color must be a hexadecimal color`))

/** DEVIATION: too many pipelines. */
export const tooManyPipelines = () => badRequest('This location cannot have more pipelines.')

const badRequest = (message: string) => frameworkError(400, message)
