import { hash } from 'node:crypto'
import fs from 'node:fs'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readComponent } from './component.ts'

const directory = new URL('../../web/docs/', import.meta.url)

/** A file of the pages, compressed once; the few clients without Brotli get it decompressed. */
export type Asset = { address: string; type: string; brotli: Buffer }

const script = 'text/javascript; charset=utf-8'

/** Reads the scripts and styles of the pages; each address changes with the content. */
export async function readAssets() {
  const { name, brotli } = await readComponent()
  const component = { address: `/docs/assets/${name}`, type: script, brotli }
  const [style, reference, theme, icon] = await Promise.all([
    readAsset('page.css', 'text/css; charset=utf-8'),
    readAsset('reference.js', script),
    readAsset('theme.js', script),
    readAsset('icon.svg', 'image/svg+xml', new URL('../oauth/', directory)),
  ])
  return { component, style, reference, theme, icon }
}

export type Assets = Awaited<ReturnType<typeof readAssets>>

async function readAsset(name: string, type: string, from = directory): Promise<Asset> {
  const body = await fs.promises.readFile(new URL(name, from))
  const [stem, extension] = name.split('.')
  const address = `/docs/assets/${stem}-${hash('sha256', body).slice(0, 16)}.${extension}`
  return { address, type, brotli: await pack(body) }
}

/** Compresses what often changes: quickly, and outside the thread that answers. */
export function pack(body: string | Buffer): Promise<Buffer> {
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 }
  return promisify(zlib.brotliCompress)(body, { params })
}

const plainBodies = new WeakMap<Buffer, Promise<Buffer>>()
const gzipBodies = new WeakMap<Buffer, Promise<Buffer>>()

/** Sends a compressed body in an encoding that the client accepts. */
export async function sendPacked(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, brotli }: Pick<Asset, 'type' | 'brotli'>,
): Promise<FastifyReply> {
  reply.type(type).header('vary', 'accept-encoding')
  const accepted = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(brotli)
  const plain = remembered(plainBodies, brotli, () => promisify(zlib.brotliDecompress)(brotli))
  // Browsers accept Brotli only from localhost and over TLS.
  if (!/\bgzip\b/.test(accepted)) return reply.send(await plain)
  const gzip = remembered(gzipBodies, brotli, async () =>
    promisify(zlib.gzip)(await plain, { level: 9 }),
  )
  return reply.header('content-encoding', 'gzip').send(await gzip)
}

function remembered<V>(known: WeakMap<Buffer, V>, key: Buffer, make: () => V): V {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
