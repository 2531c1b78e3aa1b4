import { randomUUID } from 'node:crypto'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { onRequestHookHandler } from 'fastify'
import { limits } from '../limits.ts'
import { type ApiError, frameworkError, reasonOf } from './errors.ts'

/** The answers of each connection that are not sent yet, in the order of their requests. */
const unsent = new WeakMap<Socket, Set<ServerResponse>>()

/** The answer to the last request of each connection. */
const latest = new WeakMap<Socket, ServerResponse>()

/** Why a request, and all that follow it on its connection, are refused. */
const refusals = new WeakMap<Socket, ApiError>()

/** Connections on which no further request can be read. */
const broken = new WeakSet<Socket>()

/**
 * Watches the connections of a server, so that whatever ends one ends it after the answers of the
 * requests that were read before.
 */
export function watchConnections(server: HttpServer): void {
  // Node's own switch, which it does not document: who has sent all waits for the answers.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.prependListener('request', (request, response) => {
    const { socket } = request
    const refusal = refusalOf(request)
    if (refusal && !refusals.has(socket)) refusals.set(socket, refusal)
    const responses = unsent.get(socket) ?? new Set()
    unsent.set(socket, responses.add(response))
    latest.set(socket, response)
    response.once('close', () => responses.delete(response))
  })
  server.on('checkExpectation', (request, response) => {
    refusals.set(request.socket, frameworkError(417, reasonOf(417)))
    server.emit('request', request, response)
  })
}

/** Why a request cannot be read in one way alone: RFC 9112 §3.2, §6.1. */
function refusalOf({ headers, rawHeaders, httpVersion }: IncomingMessage): ApiError | undefined {
  const isOld = httpVersion === '1.0'
  const { host, 'transfer-encoding': coding } = headers
  const isHostClear = host === undefined ? isOld : validHost.test(host) && isSingle(rawHeaders)
  if (!isHostClear) return frameworkError(400, reasonOf(400))
  if (coding === undefined) return undefined
  const codings = coding.split(',').map((name) => name.trim().toLowerCase())
  if (isOld || codings.indexOf('chunked') !== codings.length - 1) {
    return frameworkError(400, reasonOf(400))
  }
  return codings.length === 1 ? undefined : frameworkError(501, reasonOf(501))
}

/** Whether there is one `Host`; of several Node shows the first. */
function isSingle(rawHeaders: readonly string[]): boolean {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count === 1
}

/** A name, an IPv4 address or an IPv6 address in brackets, and a port: RFC 3986 §3.2. */
const validHost = /^(?:\[[\da-f:.]+\]|[\w\-.~%!$&'()*+,;=]*)(?::\d*)?$/i

/**
 * Refuses a request that two servers may read differently, and ends its connection. Requests that
 * were sent without waiting run one after the other unless they only read: RFC 9112 §9.3.2.
 */
export const takeTurn: onRequestHookHandler = ({ raw }, reply, done) => {
  const refusal = refusals.get(raw.socket)
  if (refusal) {
    reply.header('connection', 'close')
    return done(refusal)
  }
  const answers = unsent.get(raw.socket)
  if (!answers || answers.size < 2) return done()
  const before = [...answers].slice(0, [...answers].indexOf(reply.raw))
  const last = before.at(-1)
  if (!last || [raw, ...before.map(({ req }) => req)].every(isSafe)) return done()
  last.once('close', () => done())
}

const isSafe = ({ method = '' }: IncomingMessage) => method === 'GET' || method === 'HEAD'

const statusOfNodeError: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * Answers what Node refuses before there is a request (broken HTTP, long headers, timeouts), after
 * the answers of the requests that came before it on the connection.
 */
export async function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
): Promise<void> {
  if (broken.has(socket)) return
  broken.add(socket)
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const last = latest.get(socket)
  const answers = [...(unsent.get(socket) ?? [])].filter(
    ({ req, headersSent }) => req.complete || headersSent,
  )
  await Promise.all(
    answers.map((answer) => new Promise((resolve) => answer.once('close', resolve))),
  )
  // A request whose body is broken gets this refusal, unless it was answered without the body.
  const isAnswered = last?.req.complete === false && last.headersSent
  if (socket.writable) socket.end(isAnswered ? '' : refusalText(error))
  // A client that does not read the answer must not keep the connection.
  setTimeout(() => socket.destroy(), limits.lingerMsMax).unref()
}

function refusalText({ code = '' }: { code?: string }): string {
  const status = statusOfNodeError[code] ?? 400
  const reason = reasonOf(status)
  const body = JSON.stringify({ ...frameworkError(status, reason).body, traceId: randomUUID() })
  return (
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\n` +
    `content-type: application/json; charset=utf-8\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}
