import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createPrivateIntegration } from '../../../src/auth/private-integrations.ts'
import { demo } from '../../../src/demo/ids.ts'
import { memoryCounts, postgresCounts } from '../../../src/http/rate-limit/counts.ts'
import { testServer } from '../test-server.ts'
import { endLimitedServers, endlessWindows, rates, startLimitedServer } from './limited.ts'

after(endLimitedServers)

describe('rate limit headers', () => {
  const server = testServer()

  test('200: the five headers, in upstream’s casing, and each request takes one', async () => {
    for (const counts of [memoryCounts(), postgresCounts(server.db)]) {
      const { ask } = await startLimitedServer(server, endlessWindows(counts), {
        max: 100,
        dailyMax: 200_000,
      })
      for (let i = 1; i <= 12; i++) {
        const answer = await ask()
        assert.equal(answer.status, 200)
        assert.deepEqual(rates(answer), [200_000, 200_000 - i, 10_000, 100, 100 - i])
      }
    }
  })

  test('4xx: a refusal of somebody who is known counts and says so', async () => {
    const { ask } = await startLimitedServer(server, endlessWindows(memoryCounts()), {
      max: 10,
      dailyMax: 20,
    })
    const readonly = await createPrivateIntegration(
      server.db,
      { name: 'Reader', ...demo, scopes: ['opportunities.readonly'] },
      server.now,
    )
    const followers = `/opportunities/${demo.opportunityId}/followers`
    const refusals = [
      [404, { path: '/opportunities/nobody-knows-me' }],
      [422, { method: 'POST', path: followers, body: {} }],
      [403, { path: `/opportunities/pipelines?locationId=${demo.otherLocation.locationId}` }],
      [415, { method: 'POST', path: followers, headers: { 'content-type': 'text/csv' }, body: 1 }],
    ] as const
    for (const [i, [status, request]] of refusals.entries()) {
      const answer = await ask(request)
      assert.equal(answer.status, status)
      assert.deepEqual(rates(answer), [20, 19 - i, 10_000, 10, 9 - i])
    }
    const unscoped = await ask({ method: 'POST', path: followers, token: readonly.token, body: {} })
    assert.equal(unscoped.status, 401)
    assert.deepEqual(rates(unscoped), [20, 19, 10_000, 10, 9])
  })

  test('an answer that counts for nobody shows an untouched allowance', async () => {
    const { ask } = await startLimitedServer(server, endlessWindows(memoryCounts()), {
      max: 10,
      dailyMax: 20,
    })
    await ask()
    const fullHeaders = [20, 20, 10_000, 10, 10]
    const requests = [
      [200, { path: '/health' }],
      [404, { path: '/nowhere' }],
      [401, { token: '' }],
      [401, { token: 'pit-5e1fdb0c-2d7a-4c1e-9f63-8b0a4d2c7e12' }],
      [401, { headers: { version: '2020-01-01' } }],
      [400, { headers: { version: 'bogus' } }],
    ] as const
    for (const [status, request] of requests) {
      const answer = await ask(request)
      assert.equal(answer.status, status)
      assert.deepEqual(rates(answer), fullHeaders)
    }
    assert.equal(rates(await ask())[4], 8, 'and takes nothing of anybody’s')
  })

  test('each app counts for itself, and on each location or company apart', async () => {
    const { ask } = await startLimitedServer(server, endlessWindows(memoryCounts()), { max: 5 })
    const another = await createPrivateIntegration(
      server.db,
      { name: 'Another', ...demo, scopes: ['opportunities.readonly'] },
      server.now,
    )
    await ask()
    await ask()
    assert.equal(rates(await ask({ token: another.token }))[4], 4)
    assert.equal(rates(await ask({ token: demo.agencyPrivateIntegrationToken }))[4], 4)
    const other = demo.otherLocation
    const path = `/opportunities/${other.opportunityId}`
    assert.equal(rates(await ask({ token: other.privateIntegrationToken, path }))[4], 4)
    assert.equal(rates(await ask())[4], 2)
  })

  test('without limits the headers are there, and nothing is counted', async () => {
    const { ask } = await startLimitedServer(server, undefined, {
      max: 2,
      dailyMax: 3,
      refusedMax: 1,
    })
    for (let i = 0; i < 5; i++) {
      const answer = await ask()
      assert.equal(answer.status, 200)
      assert.deepEqual(rates(answer), [3, 3, 10_000, 2, 2])
      assert.equal((await ask({ token: '' })).status, 401)
    }
    const { headers } = await server.ask('GET', `/opportunities/${demo.opportunityId}`)
    assert.equal(headers.get('x-ratelimit-max'), '100')
    assert.equal(headers.get('x-ratelimit-limit-daily'), '200000')
  })
})
