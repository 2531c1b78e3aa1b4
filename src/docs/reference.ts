import {
  type Description,
  deepLink,
  type Endpoint,
  endpointsOf,
  type Generation,
  generations,
  type Operation,
  outlineOf,
  type Parameter,
  requirementsOf,
  tagsOf,
} from './description.ts'
import { titleOf } from './guides.ts'
import { requirementsBlock } from './markdown.ts'
import { samplesOf, type Tokens } from './samples.ts'

/**
 * The description that the reference component reads: one generation, with the requirements at the
 * head of each operation, samples that run, and the address of this server.
 */
export function referenceOf(
  document: Description,
  generation: Generation,
  origin: string,
  tokens: Tokens | undefined,
): object {
  const { version } = generations[generation]
  const endpoints = endpointsOf(document, generation)
  const footers = pageFooters(endpoints, generation)
  const shownEndpoints = endpoints.map((endpoint) => {
    const { operation } = endpoint
    const { description = '', parameters = [] } = operation
    const requirements = requirementsOf(operation, document)
    return {
      ...endpoint,
      operation: {
        ...operation,
        description: `${requirementsBlock(requirements)}\n\n${description}`,
        parameters: parameters.map((parameter) => withExample(parameter, version)),
        'x-codeSamples': samplesOf(endpoint, requirements, { origin, version, tokens }),
        'x-page': footers.get(operation.operationId),
      },
    }
  })
  const paths: Record<string, Record<string, object>> = {}
  for (const { path, method, operation } of shownEndpoints) {
    paths[path] = { ...paths[path], [method]: operation }
  }
  const description = 'The page may call the server that it comes from, and no other.'
  return {
    ...document,
    info: { ...document.info, description: introduction },
    servers: [{ url: '{baseUrl}', description, variables: { baseUrl: { default: origin } } }],
    // The first page shows the token of most operations; each operation names its own.
    security: [{ bearer: [] }],
    tags: tagsOf(shownEndpoints),
    paths,
  }
}

/** The component fills in examples, so those of optional parameters start disabled. */
function withExample({ example, ...parameter }: Parameter, version: string): Parameter {
  if (parameter.name === 'Version') return { ...parameter, example: version }
  if (example === undefined || parameter.required) return { ...parameter, example }
  return { ...parameter, examples: { default: { value: example, 'x-disabled': true } } }
}

/** The links at the end of each operation: to its page in Markdown, and its neighbours. */
function pageFooters(endpoints: readonly Endpoint[], generation: Generation): Map<string, object> {
  const operations = outlineOf(endpoints).flatMap((part) =>
    part.endpoints.map(({ operation }) => operation),
  )
  const linkTo = (operation: Operation | undefined) =>
    operation && { title: titleOf(operation), address: deepLink(operation, generation) }
  return new Map(
    operations.map(({ operationId }, i) => [
      operationId,
      {
        operationId,
        markdown: `${generations[generation].address}/${operationId}.md`,
        previous: linkTo(operations[i - 1]),
        next: linkTo(operations[i + 1]),
      },
    ]),
  )
}

const introduction = `The HighLevel API on your own ground. **Test Request** talks to this very server.

New here? [Getting started](/docs/guide/getting-started) ·
[Point a client at it](/docs/guide/clients) · [Authentication](/docs/guide/authentication) ·
[Errors](/docs/guide/errors) · [All pages as Markdown](/llms.txt)`
