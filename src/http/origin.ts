import type { FastifyRequest } from 'fastify'

/** The address that the client knows the server by; the connection's, where it does not say one. */
export function originOf({ protocol, host, socket }: FastifyRequest): string {
  if (/^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host)) return `${protocol}://${host}`
  const { localAddress = '127.0.0.1', localPort = 4680 } = socket
  const address = localAddress.replace(/^::ffff:/, '')
  return `${protocol}://${address.includes(':') ? `[${address}]` : address}:${localPort}`
}
