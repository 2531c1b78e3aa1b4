import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  addOpportunities,
  assertCounts,
  createPipeline,
  type Pipeline,
  path,
  stagesOf,
  typesOf,
  updatePipeline,
} from './rows.ts'

describe('pipelines, while opportunities change', () => {
  const server = testServer()

  test('changes of opportunities whose stages are all replaced are made, each once', async () => {
    const { id, stages } = await createPipeline(server, 'Replaced', ['One', 'Two'])
    const stageId = stages[1]?.id ?? ''
    const cards = await addOpportunities(server, { pipelineId: id, stageId, count: 12 })
    for (let round = 0; round < 6; round++) {
      const names = cards.map((card) => `${card} ${round}`)
      const changes = cards.map((card, i) =>
        server.ask('PUT', `/opportunities/${card}`, { body: { name: names[i] } }),
      )
      const replacing = updatePipeline(server, id, { stages: [{ name: 'New' }, { name: 'Newer' }] })
      const [replaced, ...answers] = await Promise.all([replacing, ...changes])
      assert.equal(replaced.status, 200)
      for (const { status, text } of answers) assert.equal(status, 200, text)
      const { body } = await server.ask('GET', `${path}/${id}`)
      const first = (body as Pipeline).stages[0]?.id
      assert.deepEqual([...new Set(Object.values(await stagesOf(server, id)))], [first])
      for (const [i, card] of cards.entries()) {
        const read = await server.ask('GET', `/opportunities/${card}`)
        assert.equal((read.body.opportunity as { name: string }).name, names[i])
      }
    }
    await assertCounts(server)
  })
})

describe('pipelines, where OpportunityUpdate is not extra', () => {
  const server = testServer({ extraOpportunityUpdate: false })

  test('a removed stage and a deleted pipeline are told by the specific events alone', async () => {
    const { id, stages } = await createPipeline(server, 'Quiet', ['One', 'Two'])
    const [one, two] = stages
    const cards = await addOpportunities(server, {
      pipelineId: id,
      stageId: two?.id ?? '',
      count: 2,
    })
    await server.newEvents()
    await updatePipeline(server, id, { stages: [{ id: one?.id, name: 'One' }] })
    const told = (type: string) => Object.fromEntries(cards.map((card) => [card, [type]]))
    assert.deepEqual(typesOf(await server.newEvents()), told('OpportunityStageUpdate'))
    await server.ask('DELETE', `${path}/${id}`)
    assert.deepEqual(typesOf(await server.newEvents()), told('OpportunityDelete'))
    assert.equal((await server.ask('GET', `${path}/${demo.pipelineId}`)).status, 200)
  })
})
