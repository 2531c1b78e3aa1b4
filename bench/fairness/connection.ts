import net from 'node:net'

/** What was answered, after how long, and how long to wait then. */
export type Answer = { status: number; ms: number; retryMs: number }

export type RequestText = {
  method: string
  path: string
  token: string
  body?: object
  key?: string
}

/** A request as it goes over the wire. */
export function requestText({ method, path, token, body, key }: RequestText): string {
  const content = body === undefined ? '' : JSON.stringify(body)
  return [
    `${method} ${path} HTTP/1.1`,
    'host: bench',
    `authorization: Bearer ${token}`,
    'version: 2021-07-28',
    ...(key === undefined ? [] : [`idempotency-key: ${key}`]),
    ...(content ? ['content-type: application/json'] : []),
    `content-length: ${Buffer.byteLength(content)}`,
    '',
    content,
  ].join('\r\n')
}

/** A connection that stays open, for one request at a time. */
export async function connect(port: number): Promise<(text: string) => Promise<Answer>> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  let received = ''
  let answered: PromiseWithResolvers<Omit<Answer, 'ms'>> | undefined
  socket.setEncoding('latin1').on('data', (text) => {
    received += text
    const head = received.indexOf('\r\n\r\n')
    if (head < 0) return
    const number = (header: RegExp) => Number(header.exec(received.slice(0, head))?.[1] ?? 0)
    const length = number(/^content-length: (\d+)/im)
    if (received.length < head + 4 + length) return
    const status = Number(received.slice(9, 12))
    const retryMs = number(/^retry-after: (\d+)/im) * 1000
    received = ''
    answered?.resolve({ status, retryMs })
  })
  const fail = () => answered?.reject(new Error('The server closed a connection'))
  socket.on('error', fail).on('close', fail)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject)
  })
  return async (text) => {
    answered = Promise.withResolvers()
    const sentAt = performance.now()
    socket.write(text)
    const answer = await answered.promise
    return { ...answer, ms: performance.now() - sentAt }
  }
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN
}
