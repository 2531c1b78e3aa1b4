import {
  type Description,
  type Operation,
  operationsOf,
  type Schema,
} from '../../scripts/description.ts'

const types = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']

/** What OpenAPI 3.1 left behind when it took JSON Schema 2020-12 in. */
const removedKeywords = ['nullable', 'example', '$id', 'definitions']

/** What in a description OpenAPI 3.1 forbids, or a reader would miss. */
export function problemsOf(description: Description): string[] {
  const operations = operationsOf(description)
  const ids = operations.map(({ operation }) => operation.operationId)
  const schemes = Object.keys(description.components?.securitySchemes ?? {})
  const problems = operations.flatMap(({ method, path, operation }) =>
    [
      ...operationProblems(operation, schemes),
      ...parameterProblems(path, operation),
      ...schemasOf(operation).flatMap(([where, schema]) => schemaProblems(where, schema)),
    ].map((problem) => `${method.toUpperCase()} ${path}: ${problem}`),
  )
  return [
    ...(description.openapi.startsWith('3.1.') ? [] : ['openapi is not 3.1']),
    ...(description.info.title && description.info.version ? [] : ['info is not complete']),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `operationId ${id} twice`),
    ...Object.keys(description.paths)
      .filter((path) => !/^\/[^:*?#]*$/.test(path))
      .map((path) => `${path} is no path`),
    ...problems,
  ]
}

function operationProblems(operation: Operation, schemes: readonly string[]): string[] {
  const { operationId, summary, tags, responses, security } = operation
  const statuses = Object.entries(responses)
  const required = security?.flatMap((one) => Object.keys(one)) ?? []
  return [
    ...(operationId ? [] : ['no operationId']),
    ...(summary ? [] : ['no summary']),
    ...(tags?.length ? [] : ['no tag']),
    ...(security ? [] : ['no security']),
    ...required.filter((name) => !schemes.includes(name)).map((name) => `security ${name}`),
    ...(statuses.some(([status]) => status.startsWith('2')) ? [] : ['no successful response']),
    ...statuses
      .filter(([status, { description }]) => !/^[1-5]\d\d$/.test(status) || !description)
      .map(([status]) => `response ${status} has no meaning`),
    ...statuses
      .filter(([, { content }]) => !content?.['application/json']?.schema)
      .map(([status]) => `response ${status} has no schema`),
  ]
}

function parameterProblems(path: string, { parameters = [] }: Operation): string[] {
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => `path ${name}`)
  const declared = parameters.map(({ in: place, name }) => `${place} ${name}`)
  return [
    ...inPath.filter((name) => !declared.includes(name)).map((name) => `${name} is not declared`),
    ...parameters
      .filter(({ in: place, required }) => place === 'path' && !required)
      .map(({ name }) => `path ${name} is not required`),
    ...declared
      .filter((name) => name.startsWith('path ') && !inPath.includes(name))
      .map((name) => `${name} is not in the path`),
    ...declared.filter((name, i) => declared.indexOf(name) !== i).map((name) => `${name} twice`),
    ...parameters.filter(({ schema }) => !schema).map(({ name }) => `${name} has no schema`),
  ]
}

/** Every schema of an operation with the place where it is. */
export function schemasOf(operation: Operation): [where: string, schema: Schema][] {
  const { parameters = [], requestBody, responses } = operation
  const contents = [
    ['body', requestBody?.content] as const,
    ...Object.entries(responses).map(([status, { content }]) => [status, content] as const),
  ]
  return [
    ...parameters.map(({ name, schema }): [string, Schema] => [name, schema]),
    ...contents.flatMap(([where, content = {}]) =>
      Object.values(content).map(({ schema }): [string, Schema] => [where, schema]),
    ),
  ]
}

function schemaProblems(where: string, schema: Schema): string[] {
  const { type = [], properties = {}, required = [], items } = schema
  const named = [type].flat()
  return [
    ...named.filter((name) => !types.includes(name)).map((name) => `${where}: type ${name}`),
    ...required
      .filter((name) => !(name in properties))
      .map((name) => `${where}: ${name} is required but not described`),
    ...(named.includes('array') && !items ? [`${where}: a list of nobody knows what`] : []),
    ...removedKeywords
      .filter((word) => word in schema)
      .map((word) => `${where}: ${word} is not 3.1`),
    ...('$ref' in schema ? [`${where}: a reference that this check cannot follow`] : []),
    ...Object.entries(properties).flatMap(([name, part]) =>
      schemaProblems(`${where}.${name}`, part),
    ),
    ...(items ? schemaProblems(`${where}[]`, items) : []),
  ]
}
