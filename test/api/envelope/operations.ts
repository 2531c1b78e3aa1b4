import assert from 'node:assert/strict'
import type { Answer, TestServer } from '../test-server.ts'

/** An operation that asks for a token, with the address of something that is not there. */
export type Operation = { name: string; method: string; path: string; scopes: readonly string[] }

type Described = { operationId: string; security: { bearer: string[] }[] }

/** All of them, from the server's own description: a new operation is tested without a word. */
export async function operations(server: TestServer): Promise<Operation[]> {
  const response = await fetch(`${server.url}/openapi.json`)
  const { paths } = (await response.json()) as {
    paths: Record<string, Record<string, Described>>
  }
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId: name, security }]) => {
      const [asked] = security
      if (!asked) return []
      const address = path.replaceAll(/\{\w+\}/g, 'nobody-knows-me')
      return [{ name, method: method.toUpperCase(), path: address, scopes: asked.bearer }]
    }),
  )
  assert.ok(found.some(({ name }) => name === 'remove-followers-opportunity'))
  return found
}

/** Whether an operation itself answered: it has nothing of that name, or asks for its input. */
export function wasLetIn({ status, text }: Pick<Answer, 'status' | 'text'>): boolean {
  return [200, 400, 404, 422].includes(status) && !text.includes('"message":"Cannot ')
}
