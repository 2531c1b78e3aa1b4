import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { finishLeftovers, type Leftover, type LeftoverContext } from '../../src/events/leftovers.ts'
import type { Server } from '../../src/http/server.ts'
import { limits } from '../../src/limits.ts'

/** An app of which only the log and the hooks are used. */
function fakeApp() {
  const hooks = new Map<string, (done: () => void) => unknown>()
  const logged: string[] = []
  const app = {
    log: { error: (_: object, message: string) => logged.push(message) },
    addHook: (name: string, hook: (done: () => void) => unknown) => hooks.set(name, hook),
  } as unknown as Pick<Server, 'addHook' | 'log'>
  return { app, logged, run: (name: string) => hooks.get(name)?.(() => undefined) }
}

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
