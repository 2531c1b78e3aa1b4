import type { FastifyReply } from 'fastify'
import type { AppContext } from '../context.ts'
import { routeNotFound } from '../http/errors.ts'
import { type Html, htmlText } from '../http/html.ts'
import { originOf } from '../http/origin.ts'
import type { Server } from '../http/server.ts'
import { deepLink, generationNames, generations } from './description.ts'
import { takeFeedback } from './feedback.ts'
import type { Site } from './site.ts'

const route = { config: { public: true }, schema: { hide: true } } as const
const json = 'application/json; charset=utf-8'
const markdown = 'text/markdown; charset=utf-8'

/** Options of the pages. */
export type DocsOptions = { feedback?: boolean }

/** Serves `/docs`: the interactive reference and the guide, as pages and as Markdown. */
export function docs(
  app: Server,
  context: AppContext,
  { feedback = true }: DocsOptions = {},
): void {
  let openedSite: Promise<Site> | undefined
  const site = () => {
    openedSite ??= import('./site.ts').then(({ openSite }) => openSite(app, context))
    return openedSite
  }
  if (feedback) takeFeedback(app, context, async (id) => (await site()).places.v3.has(id))

  app.get('/', route, (request, reply) => {
    if (!String(request.headers.accept).includes('text/html')) throw routeNotFound(request)
    return reply.redirect('/docs')
  })
  for (const generation of generationNames) {
    const { address } = generations[generation]
    app.get(address, route, async (_request, reply) => {
      const { referencePage } = await import('./layout.ts')
      const { assets, outlines } = await site()
      const options = { tokens: context.demoTokens, feedback, outline: outlines[generation] }
      return sendPage(reply, referencePage(assets, generation, options), inlineStyle)
    })
    app.get<{ Params: { page: string } }>(`${address}/:page`, route, async (request, reply) => {
      const { page } = request.params
      const { operation, places } = await site()
      if (page.endsWith('.md')) {
        const text = operation(page.slice(0, -3), generation, originOf(request))
        if (text !== undefined) return reply.headers(securityHeaders).type(markdown).send(text)
      }
      const endpoint = places[generation].get(page)
      if (endpoint) return reply.redirect(deepLink(endpoint.operation, generation))
      throw routeNotFound(request)
    })
  }
  app.get<{ Params: { name: string } }>('/docs/assets/:name', route, async (request, reply) => {
    const { sendPacked } = await import('./assets.ts')
    const asset = Object.values((await site()).assets).find(
      ({ address }) => address === `/docs/assets/${request.params.name}`,
    )
    if (!asset) throw routeNotFound(request)
    reply.headers({ ...securityHeaders, 'cache-control': 'public, max-age=31536000, immutable' })
    return sendPacked(request, reply, asset)
  })
  app.get<{ Params: { generation: string } }>(
    '/docs/openapi/:generation',
    route,
    async (request, reply) => {
      const { sendPacked } = await import('./assets.ts')
      const generation = generationNames.find(
        (known) => `${known}.json` === request.params.generation,
      )
      if (!generation) throw routeNotFound(request)
      const brotli = await (await site()).reference(generation, originOf(request))
      return sendPacked(request, reply.headers(securityHeaders), { type: json, brotli })
    },
  )
  app.get<{ Params: { page: string } }>('/docs/guide/:page', route, async (request, reply) => {
    const { guidePage } = await import('./layout.ts')
    const { assets, guides } = await site()
    const { page } = request.params
    const guide = guides.find(({ name }) => name === page.replace(/\.md$/, ''))
    if (!guide) throw routeNotFound(request)
    if (page.endsWith('.md')) return reply.headers(securityHeaders).type(markdown).send(guide.text)
    return sendPage(reply, guidePage(assets, guides, guide))
  })
  app.get('/llms.txt', route, async (request, reply) =>
    reply
      .headers(securityHeaders)
      .type('text/plain; charset=utf-8')
      .send((await site()).llms(originOf(request))),
  )
}

const securityHeaders = {
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const

/** The component writes its styles into the page, while scripts are only our own files. */
const inlineStyle = "'self' 'unsafe-inline'"

function sendPage(reply: FastifyReply, page: Html, styles = "'self'"): FastifyReply {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
  return reply
    .headers(securityHeaders)
    .header('x-frame-options', 'DENY')
    .header('content-security-policy', policy)
    .type('text/html; charset=utf-8')
    .send(htmlText(page))
}
