import { before } from 'node:test'
import { tokensOfAllKinds } from '../oauth/client.ts'
import { type Operation, operationsOf, type Parts, partsFor, send } from '../security/operations.ts'
import type { Answer, TestServer } from '../test-server.ts'

/** Asks each operation for something of the demo location, with something else in its parts. */
export function askEach(server: TestServer) {
  let tokens: readonly string[]
  before(async () => {
    tokens = await tokensOfAllKinds(server)
  })
  return {
    operations: () => operationsOf(server).filter(({ isPublic }) => !isPublic),
    /** With the first token that opens the operation. */
    async ask(operation: Operation, { query, body }: Partial<Parts>): Promise<Answer> {
      const parts = partsFor(operation)
      const version = operation.id.endsWith('-v3') ? 'v3' : '2021-07-28'
      const request = {
        ...parts,
        query: { ...parts.query, ...query },
        body: parts.body && { ...parts.body, ...body },
      }
      for (const token of tokens) {
        const answer = await send(server, operation, request, token, version)
        if (answer.status !== 401) return answer
      }
      throw new Error(`No token opens ${operation.id}`)
    },
  }
}
