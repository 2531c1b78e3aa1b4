import net from 'node:net'
import { demo } from '../../src/demo/ids.ts'
import { noteExchange } from '../exchanges.ts'
import { type Answer, read, type TestServer } from './test-server.ts'

/** An answer read from a socket; without a body `text` is '', and there is no trace id. */
export type WireAnswer = Pick<Answer, 'status' | 'headers' | 'text'> & {
  traceId: string | undefined
}

const hangMs = 10_000

/** The header lines that every request of the demo location's own client has. */
export const own = [
  'Host: localhost',
  `Authorization: Bearer ${demo.privateIntegrationToken}`,
  'Version: 2021-07-28',
]

/** Writes a request as it stands, whatever a real client would refuse to send. */
export function request(
  line: string,
  headers: readonly string[] = own,
  body: string | Uint8Array = '',
): Buffer {
  const head = `${line} HTTP/1.1\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)])
}

/**
 * Sends bytes on a connection of their own and returns the answers, as many as are asked for or
 * as come before the server ends the connection. A server that does neither fails the test.
 */
export async function send(
  server: TestServer,
  bytes: Uint8Array,
  { answers = 1, isHead = false }: { answers?: number; isHead?: boolean } = {},
): Promise<WireAnswer[]> {
  const { hostname, port } = new URL(server.url)
  const socket = net.connect(Number(port), hostname)
  const received: Buffer[] = []
  const found = () => parse(Buffer.concat(received).toString('latin1'), isHead)
  const enough = Promise.withResolvers<void>()
  const hanging = setTimeout(() => enough.reject(new Error('The server hangs')), hangMs)
  socket.on('data', (chunk) => {
    received.push(chunk)
    if (found().length >= answers) enough.resolve()
  })
  socket.on('close', () => enough.resolve())
  // A server that has refused a body may close before all of it was written.
  socket.on('error', () => undefined)
  socket.write(bytes)
  try {
    await enough.promise
    return found()
  } finally {
    const [status, text] = [found()[0]?.status ?? 0, Buffer.concat(received).toString('latin1')]
    noteExchange(Buffer.from(bytes).toString('latin1'), undefined, { status, text })
    clearTimeout(hanging)
    socket.destroy()
  }
}

/** The whole answers at the beginning of what was received. */
function parse(text: string, isHead: boolean): WireAnswer[] {
  const end = text.indexOf('\r\n\r\n')
  const [line = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n')
  if (end < 0) return []
  const headers = new Headers(
    lines.map((header): [string, string] => [
      header.slice(0, header.indexOf(':')),
      header.slice(header.indexOf(':') + 1).trim(),
    ]),
  )
  const status = Number(line.split(' ')[1])
  const length = isHead || status < 200 ? 0 : Number(headers.get('content-length'))
  const rest = text.slice(end + 4)
  if (rest.length < length) return []
  const body = Buffer.from(rest.slice(0, length), 'latin1').toString()
  const said = body === '' ? { text: '', traceId: undefined } : pick(body)
  return [{ status, headers, ...said }, ...parse(rest.slice(length), isHead)]
}

function pick(body: string): { text: string; traceId: string } {
  const { text, traceId } = read(body)
  return { text, traceId }
}
