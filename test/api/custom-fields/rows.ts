import { demo } from '../../../src/demo/ids.ts'
import type { Answer, Ask, TestServer } from '../test-server.ts'

export const pathOf = (locationId: string) => `/locations/${locationId}/customFields`
export const path = pathOf(demo.locationId)

/** As the other location's client. */
export const there = { token: demo.otherLocation.privateIntegrationToken }

export type Row = Record<string, unknown>

/** Makes a field or a folder; the location is the token's. */
export async function create(
  server: TestServer,
  body: object,
  ask: Ask = {},
): Promise<Answer & { field: Row; id: string }> {
  const location = ask.token === there.token ? demo.otherLocation : demo
  const answer = await server.ask('POST', pathOf(location.locationId), { ...ask, body })
  const field = (answer.body.customField ?? answer.body.customFieldFolder ?? {}) as Row
  return { ...answer, field, id: String(field.id) }
}
