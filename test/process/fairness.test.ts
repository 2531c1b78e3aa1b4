import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { demo } from '../../src/demo/ids.ts'
import { limits } from '../../src/limits.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { openWithDemo } from '../test-database.ts'
import { until } from '../until.ts'
import { type Answer, ask, cleanUp, startServer } from './groundlevel.ts'

const noisy = demo
const quiet = demo.otherLocation
const noisyOpportunity = `/opportunities/${noisy.opportunityId}`
const quietOpportunity = `/opportunities/${quiet.opportunityId}`

/** What a quiet tenant's request may take beside a noisy one, on a slow machine. */
const quietMsMax = 5_000

const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status)
const count = (answers: readonly Answer[], status: number) =>
  statusesOf(answers).filter((found) => found === status).length

/** Refused at once, in the usual words, with the time to wait. */
function assertRefusals(answers: readonly Answer[]): void {
  for (const { status, headers, text } of answers.filter((answer) => answer.status >= 400)) {
    const message = { 429: 'Too Many Requests', 503: 'Service Unavailable' }[status]
    assert.ok(message !== undefined && text.includes(`"message":"${message}"`), text)
    assert.match(headers.get('retry-after') ?? '', /^[1-4]$/)
  }
}

for (const servers of [1, 2]) {
  describe(`a noisy tenant beside a quiet one, on ${servers} of one database`, {
    timeout: 300_000,
  }, () => {
    let postgres: TestPostgres
    let locker: pg.Client
    const urls: string[] = []

    before(async () => {
      postgres = await startPostgres(['fsync=off'])
      const db = await openWithDemo(postgres.url)
      await db.close()
      locker = new pg.Client({ connectionString: postgres.url })
      await locker.connect()
      for (let i = 0; i < servers; i++) {
        const env = { DATABASE_URL: postgres.url }
        urls.push((await startServer(['serve', '--rate-limit', 'off'], env)).url)
      }
    })

    after(async () => {
      await cleanUp()
      await locker.end()
      await postgres.stop()
    })

    /** Sends a request of the noisy tenant so often, and at all servers in turn. */
    const many = (length: number, one: (url: string, i: number) => Promise<Answer>) => {
      const answers: Answer[] = []
      const requests = Array.from({ length }, async (_, i) => {
        const answer = await one(urls[i % urls.length] ?? '', i)
        answers.push(answer)
        return answer
      })
      return { answers, all: Promise.all(requests) }
    }

    const noisyAsk = (url: string, method: string, path: string, body?: object, key?: string) =>
      ask(url, method, path, body, noisy.privateIntegrationToken, key)
    let key = 0
    const keyed = () => `fairness-${++key}`

    /** What the quiet tenant does all day: everything works, and nothing takes long. */
    async function assertQuiet({ writes = true } = {}): Promise<void> {
      for (const url of urls) {
        const quietAsk = (method: string, path: string, body?: object, key?: string) =>
          ask(url, method, path, body, quiet.privateIntegrationToken, key)
        const status = { status: 'open' }
        const requests = [
          () => quietAsk('GET', quietOpportunity),
          () => quietAsk('GET', `/opportunities/search?location_id=${quiet.locationId}&q=a`),
          ...(writes
            ? [
                () => quietAsk('PUT', `${quietOpportunity}/status`, status),
                () => quietAsk('PUT', `${quietOpportunity}/status`, status, keyed()),
              ]
            : []),
        ]
        for (let round = 0; round < 5; round++) {
          for (const request of requests) {
            const { status, text, ms } = await request()
            assert.ok(status < 300, text)
            assert.ok(ms < quietMsMax, `${Math.round(ms)} ms`)
          }
          // Past the time that a verified token is believed for.
          await sleep(limits.tokenFreshMs / 4)
        }
      }
    }

    /** Keeps a lock until `work` is done. */
    async function whileLocked(lock: string, work: () => Promise<void>): Promise<void> {
      await locker.query('begin')
      await locker.query(lock)
      try {
        await work()
      } finally {
        await locker.query('rollback')
      }
    }
    const rowLock = `select id from opportunities where id = '${noisy.opportunityId}' for update`

    test('ninety passwords at once: the rest is 429, and others hash too', async (t) => {
      const password = 'Another-1-password'
      const [, user = ''] = noisy.userIds
      const changes = many(90, (url) =>
        ask(
          url,
          'PUT',
          `/users/${user}`,
          { companyId: noisy.companyId, password },
          noisy.agencyPrivateIntegrationToken,
        ),
      )
      await until(() => changes.answers.length > 0)
      await assertQuiet()
      const created = await ask(
        urls[0] ?? '',
        'POST',
        '/users/',
        {
          companyId: noisy.companyId,
          firstName: 'Quiet',
          lastName: 'Person',
          email: 'quiet@person.example',
          password,
          type: 'account',
          role: 'user',
          locationIds: [quiet.locationId],
        },
        quiet.privateIntegrationToken,
      )
      assert.equal(created.status, 201, created.text)
      t.diagnostic(`${90 - changes.answers.length} changes outlasted the quiet tenant`)
      const answers = await changes.all
      assertRefusals(answers)
      assert.ok(count(answers, 200) > 0 && count(answers, 429) > 0, String(statusesOf(answers)))
    })

    test('a locked row with writes and keyed writes that wait for it', async () => {
      await whileLocked(rowLock, async () => {
        const waiting = many(48, (url, i) =>
          noisyAsk(
            url,
            'PUT',
            `${noisyOpportunity}/status`,
            { status: 'open' },
            i % 2 ? keyed() : undefined,
          ),
        )
        await assertQuiet()
        // The noisy one itself goes on reading.
        assert.equal((await noisyAsk(urls[0] ?? '', 'GET', noisyOpportunity)).status, 200)
        const answers = await waiting.all
        assertRefusals(answers)
        assert.equal(count(answers, 200), 0, 'the row is locked still')
      })
      assert.equal(
        (await noisyAsk(urls[0] ?? '', 'PUT', `${noisyOpportunity}/status`, { status: 'open' }))
          .status,
        200,
      )
    })

    test('a table that everybody writes is locked: reads go on, and writes wait bounded', async () => {
      await whileLocked('lock table outbox in access exclusive mode', async () => {
        const waiting = many(24, (url) =>
          noisyAsk(url, 'PUT', `${noisyOpportunity}/status`, { status: 'open' }),
        )
        await assertQuiet({ writes: false })
        assertRefusals(await waiting.all)
      })
      await assertQuiet()
    })

    test('more requests than may be under way: refused at once, but not those of others', async () => {
      await whileLocked(rowLock, async () => {
        const perServer = limits.requestsMax
        const flood = many(perServer * servers, (url) =>
          noisyAsk(url, 'PUT', `${noisyOpportunity}/status`, { status: 'open' }),
        )
        await until(() => count(flood.answers, 429) > 0)
        await assertQuiet()
        const answers = await flood.all
        assertRefusals(answers)
        assert.ok(count(answers, 429) > (perServer / 4) * servers, String(count(answers, 429)))
      })
      await assertQuiet()
      // Those that were refused are heard again.
      const after = many(32 * servers, (url) => noisyAsk(url, 'GET', noisyOpportunity))
      assert.equal(count(await after.all, 200), 32 * servers)
    })
  })
}
