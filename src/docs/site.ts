import type { AppContext } from '../context.ts'
import { withComponents } from '../http/openapi/components.ts'
import type { Server } from '../http/server.ts'
import { pack, readAssets } from './assets.ts'
import {
  type Description,
  endpointsOf,
  type Generation,
  type Outline,
  outlineOf,
} from './description.ts'
import { readGuides } from './guides.ts'
import { llmsText, operationPage } from './markdown.ts'
import { referenceOf } from './reference.ts'

/** All that the pages show; made when the first page is opened, so that a start need not wait. */
export async function openSite(app: Server, { demoTokens: tokens }: AppContext) {
  const document = JSON.parse(JSON.stringify(app.swagger())) as Description
  const guides = readGuides(document)
  const assets = await readAssets()
  const endpointsById = (generation: Generation) =>
    new Map(
      endpointsOf(document, generation).map((endpoint) => [
        endpoint.operation.operationId,
        endpoint,
      ]),
    )
  const endpoints = { v3: endpointsById('v3'), v2: endpointsById('v2') }
  /** The references for the last address, as a server has one address or a few. */
  const references = new Map<Generation, { origin: string; packed: Promise<Buffer> }>()
  return {
    assets,
    guides,
    places: endpoints,
    outlines: {
      v3: outlineOf([...endpoints.v3.values()]),
      v2: outlineOf([...endpoints.v2.values()]),
    } satisfies Record<Generation, Outline>,
    reference(generation: Generation, origin: string): Promise<Buffer> {
      const cached = references.get(generation)
      if (cached?.origin === origin) return cached.packed
      const reference = withComponents(referenceOf(document, generation, origin, tokens))
      const packed = pack(JSON.stringify(reference))
      references.set(generation, { origin, packed })
      return packed
    },
    /** Undefined for an unknown operation. */
    operation(operationId: string, generation: Generation, origin: string): string | undefined {
      const endpoint = endpoints[generation].get(operationId)
      return endpoint && operationPage(endpoint, document, { generation, origin, tokens })
    },
    llms: (origin: string) => llmsText(document, guides, origin),
  }
}

export type Site = Awaited<ReturnType<typeof openSite>>
