import { hash } from 'node:crypto'
import fs from 'node:fs'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readComponent } from './component.ts'

const directory = new URL('../../web/docs/', import.meta.url)

/** A file of the pages, packed; unpacked for the few clients that want it otherwise. */
export type Asset = { address: string; type: string; brotli: Buffer }

const script = 'text/javascript; charset=utf-8'

/** What the pages are drawn with, each under an address that changes with what is in it. */
export async function readAssets() {
  const { name, brotli } = await readComponent()
  const component = { address: `/docs/assets/${name}`, type: script, brotli }
  const [style, reference, theme, icon] = await Promise.all([
    asset('page.css', 'text/css; charset=utf-8'),
    asset('reference.js', script),
    asset('theme.js', script),
    asset('icon.svg', 'image/svg+xml', new URL('../oauth/', directory)),
  ])
  return { component, style, reference, theme, icon }
}

export type Assets = Awaited<ReturnType<typeof readAssets>>

async function asset(name: string, type: string, from = directory): Promise<Asset> {
  const body = await fs.promises.readFile(new URL(name, from))
  const [stem, extension] = name.split('.')
  const address = `/docs/assets/${stem}-${hash('sha256', body).slice(0, 16)}.${extension}`
  return { address, type, brotli: await pack(body) }
}

/** Packs what is made anew now and then: quickly, and not in the thread that answers. */
export function pack(body: string | Buffer): Promise<Buffer> {
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 }
  return promisify(zlib.brotliCompress)(body, { params })
}

const unpacked = new WeakMap<Buffer, Promise<Buffer>>()
const zipped = new WeakMap<Buffer, Promise<Buffer>>()

/** Sends what is packed in the form that the client takes. */
export async function sendPacked(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, brotli }: Pick<Asset, 'type' | 'brotli'>,
): Promise<FastifyReply> {
  reply.type(type).header('vary', 'accept-encoding')
  const accepted = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(brotli)
  const plain = once(unpacked, brotli, () => promisify(zlib.brotliDecompress)(brotli))
  // Browsers take Brotli only from their own machine and over TLS.
  if (!/\bgzip\b/.test(accepted)) return reply.send(await plain)
  const zip = once(zipped, brotli, async () => promisify(zlib.gzip)(await plain, { level: 9 }))
  return reply.header('content-encoding', 'gzip').send(await zip)
}

function once<V>(known: WeakMap<Buffer, V>, key: Buffer, make: () => V): V {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
