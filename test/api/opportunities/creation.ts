import assert from 'node:assert/strict'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import type { TestServer } from '../test-server.ts'

/** The least that creates an opportunity; the contact has none in the demo world. */
export const creationBody = {
  pipelineId: demo.pipelineId,
  locationId: demo.locationId,
  name: 'First Opps',
  status: 'open',
  contactId: demo.contactId,
}

export type OpportunityRow = Record<string, unknown> & { id: string }

/** Deletes what the demo's contact has, so that it can be created anew, and the events of it. */
export async function clearPipeline(server: TestServer): Promise<void> {
  await server.db.query(sql`
    delete from opportunities
    where location_id = ${demo.locationId} and contact_id = ${demo.contactId}`)
  await server.newEvents()
}

/** Creates an opportunity that may be created, and returns its row. */
export async function createOpportunity(
  server: TestServer,
  more: object = {},
): Promise<OpportunityRow> {
  const body = { ...creationBody, ...more }
  const answer = await server.ask('POST', '/opportunities/', { body })
  assert.equal(answer.status, 201, answer.text.slice(0, 1_000))
  return answer.body.opportunity as OpportunityRow
}

/** The row as the server shows it afterwards. */
export async function readBack(server: TestServer, id: string): Promise<OpportunityRow> {
  const answer = await server.ask('GET', `/opportunities/${id}`)
  assert.equal(answer.status, 200)
  return answer.body.opportunity as OpportunityRow
}

/** How many opportunities there are, in every location. */
export async function countOpportunities(server: TestServer): Promise<number> {
  const [row] = await server.db.query<{ count: number }>(sql`
    select count(*) as count from opportunities`)
  return row?.count ?? -1
}

/** Asserts that a body is refused in these words, and that nothing was written or told. */
export async function assertCreationRefused(
  server: TestServer,
  body: unknown,
  status: number,
  text: string,
  token: string = demo.privateIntegrationToken,
): Promise<void> {
  const before = await countOpportunities(server)
  await server.newEvents()
  const answer = await server.ask('POST', '/opportunities/', { body, token })
  assert.equal(answer.text, text)
  assert.equal(answer.status, status)
  assert.equal(await countOpportunities(server), before)
  assert.deepEqual(await server.newEvents(), [])
}
