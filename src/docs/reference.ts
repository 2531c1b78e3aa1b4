import {
  type Description,
  deepLink,
  type Generation,
  generations,
  type Operation,
  outlineOf,
  type Parameter,
  type Place,
  placesOf,
  requirementsOf,
  tagsOf,
} from './description.ts'
import { titleOf } from './guides.ts'
import { requirementsBlock } from './markdown.ts'
import { samplesOf, type Tokens } from './samples.ts'

/**
 * The description that the reference component reads: that of one generation, with what somebody
 * needs at the head of each operation, samples that run, and this server as the address.
 */
export function referenceOf(
  described: Description,
  generation: Generation,
  origin: string,
  tokens: Tokens | undefined,
): object {
  const { version } = generations[generation]
  const known = placesOf(described, generation)
  const ends = pageEnds(known, generation)
  const places = known.map((place) => {
    const { operation } = place
    const { description = '', parameters = [] } = operation
    const requirements = requirementsOf(operation, described)
    return {
      ...place,
      operation: {
        ...operation,
        description: `${requirementsBlock(requirements)}\n\n${description}`,
        parameters: parameters.map((parameter) => shown(parameter, version)),
        'x-codeSamples': samplesOf(place, requirements, { origin, version, tokens }),
        'x-page': ends.get(operation.operationId),
      },
    }
  })
  const paths: Record<string, Record<string, object>> = {}
  for (const { path, method, operation } of places) {
    paths[path] = { ...paths[path], [method]: operation }
  }
  const description = 'The page may call the server that it comes from, and no other.'
  return {
    ...described,
    info: { ...described.info, description: introduction },
    servers: [{ url: '{baseUrl}', description, variables: { baseUrl: { default: origin } } }],
    // The first page shows the token that most operations take; each says itself what it takes.
    security: [{ bearer: [] }],
    tags: tagsOf(places),
    paths,
  }
}

/** The component fills examples in; what may be left out stays out until somebody asks for it. */
function shown({ example, ...parameter }: Parameter, version: string): Parameter {
  if (parameter.name === 'Version') return { ...parameter, example: version }
  if (example === undefined || parameter.required) return { ...parameter, example }
  return { ...parameter, examples: { default: { value: example, 'x-disabled': true } } }
}

/** What stands at the end of each operation: its page in Markdown, and its neighbours. */
function pageEnds(places: readonly Place[], generation: Generation): Map<string, object> {
  const shown = outlineOf(places).flatMap((part) => part.places.map(({ operation }) => operation))
  const linkTo = (operation: Operation | undefined) =>
    operation && { title: titleOf(operation), address: deepLink(operation, generation) }
  return new Map(
    shown.map(({ operationId }, i) => [
      operationId,
      {
        operationId,
        markdown: `${generations[generation].address}/${operationId}.md`,
        previous: linkTo(shown[i - 1]),
        next: linkTo(shown[i + 1]),
      },
    ]),
  )
}

const introduction = `The HighLevel API on your own ground. **Test Request** talks to this very server.

New here? [Getting started](/docs/guide/getting-started) ·
[Point a client at it](/docs/guide/clients) · [Authentication](/docs/guide/authentication) ·
[Errors](/docs/guide/errors) · [All pages as Markdown](/llms.txt)`
