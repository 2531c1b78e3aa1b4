import { demo } from '../../../src/demo/ids.ts'
import type { Answer, Ask, TestServer } from '../test-server.ts'

export const path = '/opportunities/lost-reason'
export const listPath = `${path}?locationId=${demo.locationId}`

export type LostReason = {
  id: string
  name: string
  locationId: string
  createdAt: string
  updatedAt: string
}

export const lostReasonNotFound =
  '{"statusCode":404,"error":"Not Found","message":"Lost reason not found",' +
  '"code":"LOST_REASON_NOT_FOUND"}'

export const create = (server: TestServer, name: string, options: Ask = {}): Promise<Answer> =>
  server.ask('POST', path, { body: { locationId: demo.locationId, name }, ...options })

/** The names of the reasons that a query finds, and how many the server says there are. */
export async function find(
  server: TestServer,
  query = '',
): Promise<{ names: string[]; total: unknown }> {
  const { body } = await server.ask('GET', listPath + query)
  const { lostReasons, total } = body as { lostReasons: LostReason[]; total: unknown }
  return { names: lostReasons.map(({ name }) => name), total }
}
