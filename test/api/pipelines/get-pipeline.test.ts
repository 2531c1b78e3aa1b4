import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { listPipelines, path, pipelineNotFound } from './rows.ts'

describe('get-pipeline', () => {
  const server = testServer()

  test('200: each pipeline, bare, as it is in the list', async () => {
    const pipelines = await listPipelines(server)
    assert.equal(pipelines.length, 3)
    for (const pipeline of pipelines) {
      const answer = await server.ask('GET', `${path}/${pipeline.id}`)
      assert.equal(answer.status, 200)
      assert.equal(answer.text, JSON.stringify(pipeline))
    }
  })

  // UPSTREAM: behaviour.md §2.6, recorded under 2021-07-28
  test('200: under every version, and with a slash at the end', async () => {
    const expected = await server.ask('GET', `${path}/${demo.pipelineId}`)
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      const answer = await server.ask('GET', `${path}/${demo.pipelineId}/`, { version })
      assert.equal(answer.text, expected.text)
    }
  })

  test('404: one that is not there, and one of another location', async () => {
    const ids = ['no-such-pipeline', demo.otherLocation.pipelineId, demo.pipelineId.toLowerCase()]
    for (const id of [...ids, '%F0%9F%92%A9', "'", demo.opportunityId]) {
      const answer = await server.ask('GET', `${path}/${id}`)
      assert.equal(answer.status, 404)
      assert.equal(answer.text, pipelineNotFound)
    }
  })
})
