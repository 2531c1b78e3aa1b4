import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Overloaded, serverItself } from '../../src/db/lanes/tenant.ts'
import { fairQueue } from '../../src/db/lanes/turns.ts'

/** Work that ends when the test says so, in a queue that runs one at a time. */
function controlled(waitingMax: number) {
  const run = fairQueue({ runningMax: 1, waitingMax })
  const started: string[] = []
  const ends: (() => void)[] = []
  const add = (tenant: string, name = tenant) =>
    run(tenant, () => {
      started.push(name)
      return new Promise<void>((resolve) => ends.push(resolve))
    })
  const endAll = async () => {
    for (let end = ends.shift(); end; end = ends.shift()) {
      end()
      await new Promise(setImmediate)
    }
  }
  return { add, started, endAll }
}

const blame = (tenant: 'tenant' | 'everybody') => (error: unknown) =>
  error instanceof Overloaded && error.blame === tenant

test('tenants take turns, however many of one wait', async () => {
  const { add, started, endAll } = controlled(64)
  const all = [
    ...Array.from({ length: 5 }, (_, i) => add('noisy', `noisy ${i}`)),
    add('quiet', 'quiet 0'),
    add('quiet', 'quiet 1'),
    add('other'),
  ]
  await endAll()
  await Promise.all(all)
  const expected = 'noisy 0, noisy 1, quiet 0, other, noisy 2, quiet 1, noisy 3, noisy 4'
  assert.equal(started.join(', '), expected)
})

test('a tenant waits with half of what may wait, and others still find room', async () => {
  const { add, endAll } = controlled(8)
  const waiting = Array.from({ length: 5 }, () => add('noisy'))
  await assert.rejects(add('noisy'), blame('tenant'))
  waiting.push(add('second'), add('second'))
  await assert.rejects(add('second'), blame('tenant'))
  waiting.push(add('third'), add('fourth'))
  await assert.rejects(add('fifth'), blame('everybody'))
  await endAll()
  await Promise.all(waiting)
  await Promise.all([add('noisy'), endAll()])
})

test("the server's own work is never refused", async () => {
  const { add, endAll } = controlled(2)
  const own = Array.from({ length: 50 }, () => add(serverItself))
  await endAll()
  await Promise.all(own)
})

test('work that fails makes room for the next', async () => {
  const run = fairQueue({ runningMax: 1, waitingMax: 8 })
  const failure = new Error('never mind')
  const failing = ['a', 'a', 'b'].map((tenant) => run(tenant, () => Promise.reject(failure)))
  for (const outcome of await Promise.allSettled(failing)) {
    assert.deepEqual(outcome, { status: 'rejected', reason: failure })
  }
  assert.equal(await run('c', async () => 'done'), 'done')
})
