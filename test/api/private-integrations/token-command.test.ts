import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { listLocations } from '../../../src/api/locations/statements.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { engine } from '../../test-database.ts'
import { testServer } from '../test-server.ts'

const bin = fileURLToPath(new URL('../../../bin/groundlevel.js', import.meta.url))
const path = `/opportunities/${demo.opportunityId}`
const place = ['--location', demo.locationId]

const skip = engine === 'pglite' && 'the command opens the server’s database, here in its memory'

describe('groundlevel token', { skip }, () => {
  const server = testServer()

  type Printed = Record<string, string>

  /** What stands on the standard input of the next command. */
  let input = ''

  /** Runs the command on the test server's own database. */
  function run(...args: string[]): Promise<{ code: number; body: Printed; stderr: string }> {
    const commonArgs = ['--json', '--database-url', String(server.databaseUrl)]
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [bin, 'token', ...args, ...commonArgs],
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : 0
          resolve({ code, body: stdout ? JSON.parse(stdout) : {}, stderr })
        },
      )
      child.stdin?.end(input)
    })
  }

  /** What a token is answered, once nothing is believed of it any more. */
  async function status(token: string): Promise<number> {
    server.forgetTokens()
    return (await server.ask('GET', path, { token })).status
  }

  async function create(): Promise<{ id: string; token: string }> {
    const { body } = await run(
      'create',
      ...['--name', 'CRM', '--scopes', 'opportunities.readonly,opportunities.readonly'],
      ...place,
    )
    const { id = '', token = '', ...rest } = body
    const { companyId, locationId } = demo
    const scopes = ['opportunities.readonly']
    assert.deepEqual(rest, { name: 'CRM', companyId, locationId, scopes })
    return { id, token }
  }

  test('create shows the token once, list never, and what is used is listed so', async () => {
    const { id, token } = await create()
    assert.equal(await status(token), 200)
    await sleep(50)
    const { body } = await run('list', ...place)
    const list = body as unknown as Printed[]
    const listedIntegration = list.find((one) => one.id === id)
    assert.equal(listedIntegration?.activeTokens, 1)
    assert.equal(listedIntegration?.lastUsedAt, server.now.toISOString())
    assert.ok(!JSON.stringify(list).includes('pit-'))
    const elsewhere = await run('list', '--location', demo.otherLocation.locationId)
    assert.equal((elsewhere.body as unknown as Printed[]).length, 1)
  })

  test('an agency’s own is made for the company', async () => {
    const agency = ['--name', 'Agency', '--scopes', 'companies.readonly']
    const { body } = await run('create', ...agency, '--company', demo.companyId)
    assert.equal(body.locationId, null)
    const answer = await server.ask('GET', `/companies/${demo.companyId}`, {
      token: body.token ?? '',
    })
    assert.equal(answer.status, 200)
  })

  test('scopes, rotate, cancel-overlap, delete: each does what it says', async () => {
    const { id, token } = await create()
    const changed = await run('scopes', '--id', id, '--scopes', 'contacts.readonly')
    assert.deepEqual(changed.body, { id, scopes: ['contacts.readonly'] })
    assert.equal(await status(token), 401)
    await run('scopes', '--id', id, '--scopes', 'opportunities.readonly')
    const rotated = await run('rotate', '--id', id)
    const days = (Date.parse(rotated.body.oldTokenEndsAt ?? '') - Date.now()) / 86_400_000
    assert.ok(days > 6.99 && days <= 7, `${days} days`)
    assert.equal(await status(token), 200)
    assert.equal(await status(rotated.body.token ?? ''), 200)
    assert.deepEqual((await run('cancel-overlap', '--id', id)).body, { ended: 1 })
    assert.equal(await status(token), 401)
    const rotatedAgain = await run('rotate', '--id', id, '--now')
    assert.equal(await status(rotated.body.token ?? ''), 401)
    assert.equal(await status(rotatedAgain.body.token ?? ''), 200)
    input = `${rotatedAgain.body.token}\n`
    assert.deepEqual((await run('revoke', '--token-stdin')).body, { revoked: 1 })
    input = '\n'
    assert.match((await run('revoke', '--token-stdin')).stderr, /The token is empty/)
    const shown = await run('revoke', '--token', token)
    assert.match(shown.stderr, /^groundlevel: --token would show it to all who can list processes/)
    assert.ok(!shown.stderr.includes(token))
    assert.deepEqual((await run('delete', '--id', id)).body, { deleted: id })
  })

  test('a location or company beyond the first thousand is found, and listed', async () => {
    const farFuture = new Date('2030-01-01T00:00:00.000Z')
    await server.db.query(sql`
      insert into companies (id, name, created_at, updated_at)
      select 'company' || i, 'Agency', ${farFuture}::timestamptz + i * interval '1 s', ${farFuture}
      from generate_series(1, 1001) i`)
    await server.db.query(sql`
      insert into locations (location_id, company_id, name, created_at, updated_at)
      select 'location' || i, 'company' || i, 'Location', ${farFuture}::timestamptz + i * interval '1 s',
        ${farFuture}
      from generate_series(1, 1001) i`)
    const create = ['create', '--name', 'Late', '--scopes', 'users.readonly']
    const ofLocation = await run(...create, '--location', 'location1001')
    assert.deepEqual([ofLocation.code, ofLocation.body.companyId], [0, 'company1001'])
    const ofCompany = await run(...create, '--company', 'company1001')
    assert.deepEqual([ofCompany.code, ofCompany.body.locationId], [0, null])
    assert.equal((await listLocations(server.db)).at(-1)?.id, 'location1001')
  })

  test('a mistake is a sentence', async () => {
    const mistakes: [string[], RegExp][] = [
      [
        ['create', '--name', 'X', ...place, '--scopes', 'all.of.it'],
        /no scope "all\.of\.it"\. All: /,
      ],
      [
        ['create', '--name', 'X', '--location', 'nowhere', '--scopes', 'users.write'],
        /no location/,
      ],
      [['create', '--name', 'X', '--company', 'nobody', '--scopes', 'users.write'], /no company/],
      [['scopes', '--id', 'nobody', '--scopes', 'users.write'], /no private integration nobody/],
      [['rotate', '--id', 'nobody'], /no private integration nobody/],
      [['delete', '--id', 'nobody'], /no private integration nobody/],
      [['rotate'], /--id is missing/],
      [['revoke', '--id', 'nobody'], /no such token, or it was revoked before/],
      [['dance'], /Say one of create, list, scopes, rotate, cancel-overlap, delete, revoke/],
    ]
    await Promise.all(
      mistakes.map(async ([args, words]) => {
        const { code, stderr } = await run(...args)
        assert.equal(code, 1)
        assert.match(stderr, words)
        assert.equal(stderr.trim().split('\n').length, 1, stderr)
      }),
    )
  })
})
