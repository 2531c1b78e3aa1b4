import { ApiError, frameworkError, unprocessable } from '../../../http/errors.ts'

/** DEVIATION: a missing pipeline. */
export const pipelineNotFound = () =>
  new ApiError({
    statusCode: 404,
    error: 'Not Found',
    message: 'Pipeline not found',
    code: 'PIPELINE_NOT_FOUND',
  })

/** DEVIATION: a name that another pipeline has. */
export const pipelineNameTaken = () => badRequest('A pipeline with this name already exists.')

/** DEVIATION: two stages of one name. */
export const stageNamesTaken = () => badRequest('Stage names must be unique within the pipeline.')

/** DEVIATION: a stage id that the pipeline does not have. */
export const stageInvalid = () => badRequest('The pipeline stage id is invalid.')

/** DEVIATION: a color that is none. `places` are those of the stages in the list. */
export const colorsInvalid = (places: readonly number[]) =>
  unprocessable(places.map((i) => `stages.${i}.color must be a hexadecimal color`))

/** DEVIATION: too many pipelines. */
export const tooManyPipelines = () => badRequest('This location cannot have more pipelines.')

const badRequest = (message: string) => frameworkError(400, message)
