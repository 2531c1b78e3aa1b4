import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import fastify from 'fastify'

const cache = fileURLToPath(new URL('../../node_modules/.cache/groundlevel/', import.meta.url))
const manifest = new URL('../package.json', import.meta.resolve('@scalar/fastify-api-reference'))
const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string }

/** The reference component's script in Brotli, under a name that changes with its version. */
export type Component = { name: string; brotli: Buffer }

/**
 * Reads the reference component's browser build. The best compression takes seconds, which `npm ci`
 * spends; where its result could not be kept, a quick compression runs in another thread.
 */
export async function readComponent(): Promise<Component> {
  const name = `scalar-${version}.js`
  const file = `${cache}${name}.br`
  if (fs.existsSync(file)) return { name, brotli: await fs.promises.readFile(file) }
  return { name, brotli: await pack(await readScript(), 9) }
}

/** Compresses the component once, into the cache beside the installed packages. */
export async function prepareComponent(): Promise<void> {
  const file = `${cache}scalar-${version}.js.br`
  if (fs.existsSync(file)) return
  const packed = await pack(await readScript(), zlib.constants.BROTLI_MAX_QUALITY)
  fs.mkdirSync(cache, { recursive: true })
  // It gets its name only when complete, as a server may be reading.
  fs.writeFileSync(`${file}.${process.pid}`, packed)
  fs.renameSync(`${file}.${process.pid}`, file)
}

/** The plugin offers the build only through its route, so a server for one request is started. */
async function readScript(): Promise<string> {
  const { default: plugin } = await import('@scalar/fastify-api-reference')
  const app = fastify()
  await app.register(plugin, { routePrefix: '/', configuration: { url: '/openapi.json' } })
  const { rawPayload, statusCode } = await app.inject('/js/scalar.js')
  await app.close()
  if (statusCode !== 200) throw new Error(`The reference component answers ${statusCode}`)
  return rawPayload.toString()
}

function pack(text: string, quality: number): Promise<Buffer> {
  const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
  const params = {
    [BROTLI_PARAM_QUALITY]: quality,
    [BROTLI_PARAM_LGWIN]: zlib.constants.BROTLI_MAX_WINDOW_BITS,
    [BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
  }
  return promisify(zlib.brotliCompress)(text, { params })
}
