import { hash } from 'node:crypto'
import fs from 'node:fs'
import type { FastifyInstance } from 'fastify'

const directory = new URL('../../../../web/oauth/', import.meta.url)

/** A file of `web/oauth/`, under an address that changes with what is in it. */
function asset(name: string, type: string) {
  const body = fs.readFileSync(new URL(name, directory))
  const [stem, extension] = name.split('.')
  const address = `/oauth/assets/${stem}-${hash('sha256', body).slice(0, 16)}.${extension}`
  return { address, body, type }
}

export const assets = {
  style: asset('page.css', 'text/css; charset=utf-8'),
  script: asset('page.js', 'text/javascript; charset=utf-8'),
  icon: asset('icon.svg', 'image/svg+xml'),
}

/** `GET /oauth/assets/…`: what the page is drawn with. */
export function serveAssets(app: FastifyInstance): void {
  for (const { address, body, type } of Object.values(assets)) {
    app.get(address, { config: { public: true }, schema: { hide: true } }, (_request, reply) => {
      reply
        .type(type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('x-content-type-options', 'nosniff')
        .send(body)
    })
  }
}
