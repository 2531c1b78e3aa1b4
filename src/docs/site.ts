import type { AppContext } from '../context.ts'
import { withComponents } from '../http/openapi/components.ts'
import type { Server } from '../http/server.ts'
import { pack, readAssets } from './assets.ts'
import {
  type Description,
  type Generation,
  type Outline,
  outlineOf,
  placesOf,
} from './description.ts'
import { readGuides } from './guides.ts'
import { llmsText, operationPage } from './markdown.ts'
import { referenceOf } from './reference.ts'

/** All that the pages show. It is made when somebody first opens one: a start waits for none. */
export async function openSite(app: Server, { demoTokens: tokens }: AppContext) {
  const described = JSON.parse(JSON.stringify(app.swagger())) as Description
  const guides = readGuides(described)
  const assets = await readAssets()
  const placesIn = (generation: Generation) =>
    new Map(placesOf(described, generation).map((place) => [place.operation.operationId, place]))
  const places = { v3: placesIn('v3'), v2: placesIn('v2') }
  /** Of the address that was last asked for: a server has one, or a few. */
  const references = new Map<Generation, { origin: string; packed: Promise<Buffer> }>()
  return {
    assets,
    guides,
    places,
    outlines: {
      v3: outlineOf([...places.v3.values()]),
      v2: outlineOf([...places.v2.values()]),
    } satisfies Record<Generation, Outline>,
    reference(generation: Generation, origin: string): Promise<Buffer> {
      const known = references.get(generation)
      if (known?.origin === origin) return known.packed
      const shown = withComponents(referenceOf(described, generation, origin, tokens))
      const packed = pack(JSON.stringify(shown))
      references.set(generation, { origin, packed })
      return packed
    },
    /** Undefined: there is no such operation. */
    operation(operationId: string, generation: Generation, origin: string): string | undefined {
      const place = places[generation].get(operationId)
      return place && operationPage(place, described, { generation, origin, tokens })
    },
    llms: (origin: string) => llmsText(described, guides, origin),
  }
}

export type Site = Awaited<ReturnType<typeof openSite>>
