import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { finishLeftovers, type Leftover, type LeftoverContext } from '../../src/events/leftovers.ts'
import { limits } from '../../src/limits.ts'
import { fakeApp } from '../fake-app.ts'

test('work whose step failed is tried again later, and no more once the server closes', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const { app, logged, run } = fakeApp()
    let failures = 2
    const rest = ['a', 'b']
    const work: Leftover<string> = {
      failureMessage: 'it is not finished yet',
      find: async () => rest.slice(0, 1),
      runStep: async () => {
        if (failures-- > 0) throw new Error('the database was away')
        rest.shift()
        return true
      },
    }
    finishLeftovers(app, {} as LeftoverContext, [work as Leftover])
    run('onListen')
    await setImmediate()
    assert.deepEqual([rest.length, logged.length], [2, 1])
    mock.timers.tick(limits.leftoverRetryMs - 1)
    await setImmediate()
    assert.equal(logged.length, 1)
    mock.timers.tick(1)
    await setImmediate()
    assert.deepEqual([rest.length, logged.length], [2, 2])
    mock.timers.tick(limits.leftoverRetryMs)
    await setImmediate()
    assert.deepEqual([rest, logged.length], [[], 2])

    failures = 1
    rest.push('c')
    run('onListen')
    await setImmediate()
    await run('onClose')
    mock.timers.tick(2 * limits.leftoverRetryMs)
    await setImmediate()
    assert.deepEqual([rest, logged.length], [['c'], 3])
  } finally {
    mock.timers.reset()
  }
})
