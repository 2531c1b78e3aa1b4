import assert from 'node:assert/strict'
import type { Ask, TestServer } from '../test-server.ts'

type Call = { body?: object; status?: number }

/** Calls as one client does: with its headers and version; what it gets must be what it wants. */
export function caller(server: TestServer, client: Ask = {}) {
  return async (method: string, path: string, { body, status = 200 }: Call = {}) => {
    const answer = await server.ask(method, path, { ...client, ...(body && { body }) })
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 1_000)}`)
    return answer.body
  }
}
