import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { checkPassword } from '../../src/auth/password.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { ask, cleanUp, run, startServer, temporaryDirectory } from './groundlevel.ts'

describe('administration', { timeout: 300_000 }, () => {
  let postgres: TestPostgres
  /** What was made so far, each test going on from the one before. */
  const created: Record<string, string> = {}

  before(async () => {
    postgres = await startPostgres(['fsync=off'])
  })

  after(async () => {
    await cleanUp()
    await postgres.stop()
  })

  /** Runs a command that prints one line of JSON, and reads it. */
  async function runJson(...args: string[]) {
    const { code, stdout, stderr } = await run([...args, '--json'], { DATABASE_URL: postgres.url })
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    assert.equal(stdout.indexOf('\n'), stdout.length - 1, 'one line')
    return JSON.parse(stdout)
  }

  /** Each of these commands is refused with its sentence. */
  async function assertRefused(...refusals: [sentence: RegExp, args: string[]][]): Promise<void> {
    const env = { DATABASE_URL: postgres.url }
    const answers = refusals.map(async ([sentence, args]) => {
      const { code, stdout, stderr } = await run([...args, '--json'], env)
      assert.equal(code, 1, stdout)
      assert.equal(stdout, '')
      assert.match(stderr, /^groundlevel: [^\n]+\.\n$/)
      assert.match(stderr, sentence)
    })
    await Promise.all(answers)
  }

  /** A file with one line. */
  function fileOf(text: string): string {
    const file = path.join(temporaryDirectory(), 'secret')
    fs.writeFileSync(file, `${text}\n`, { mode: 0o600 })
    return file
  }

  test('migrate: two at once on an empty database, and both are content', async () => {
    const answers = await Promise.all([runJson('migrate'), runJson('migrate')])
    assert.deepEqual(answers, Array(2).fill({ upToDate: true, engine: 'postgres' }))
    assert.deepEqual(await runJson('location', 'list'), [])
  })

  test('location: the first makes the agency, the second joins it', async () => {
    const first = await runJson(
      'location',
      'create',
      '--name',
      'First',
      '--timezone',
      'Europe/Berlin',
    )
    assert.deepEqual(Object.keys(first), ['id', 'companyId', 'name', 'timezone'])
    assert.match(first.id, /^[0-9A-Za-z]{20}$/)
    const second = await runJson('location', 'create', '--name', 'Second')
    assert.equal(second.companyId, first.companyId)
    assert.equal(second.timezone, 'UTC')
    assert.deepEqual(await runJson('location', 'list'), [first, second])
    created.location = first.id
    created.other = second.id
    created.company = first.companyId
    await assertRefused(
      [/--name is missing/, ['location', 'create']],
      [/no company nobody/, ['location', 'create', '--name', 'A', '--company', 'nobody']],
      [/Say one of list, create/, ['location']],
      [/--name is missing/, ['location', 'create', '--name', ' ']],
      [/--name is empty/, ['location', 'create', '--name', '']],
      [/"all" is one word too many/, ['location', 'list', 'all']],
      [/"now" is one word too many/, ['migrate', 'now']],
      [
        /Say --database-url or --data-dir, not both/,
        ['doctor', '--data-dir', 'memory', '--database-url', postgres.url],
      ],
    )
    const embedded = await runJson('doctor', '--data-dir', 'memory', '--port', '0')
    assert.equal(embedded.database.engine, 'pglite', 'a flag counts before DATABASE_URL')
  })

  test('user: made once for each e-mail address, whatever its case', async () => {
    const user = (location: string, email: string) =>
      `user create --location ${location} --email ${email} --first-name Ada --last-name L`.split(
        ' ',
      )
    const ada = await runJson(...user(created.location ?? '', 'ada@agency.example'))
    assert.equal(ada.role, 'user')
    const [listed] = await runJson('user', 'list')
    assert.deepEqual(listed, {
      id: ada.id,
      email: 'ada@agency.example',
      name: 'Ada L',
      role: 'user',
      locationIds: [created.location],
    })
    created.user = ada.id
    const takenSentence = /is a user with the e-mail address Ada@agency\.example already/
    await assertRefused(
      [takenSentence, user(created.other ?? '', 'Ada@agency.example')],
      [/no location nowhere/, user('nowhere', 'eve@agency.example')],
      [/--email is missing/, ['user', 'create', '--location', created.location ?? '']],
      [
        /--password would show it to all who can list processes: say --password-stdin, or /,
        [...user(created.location ?? '', 'eve@agency.example'), '--password', 'a long secret'],
      ],
      [
        /--password-file cannot be read \(ENOENT\)/,
        [...user(created.location ?? '', 'eve@agency.example'), '--password-file', '/nowhere'],
      ],
      [/"nobody" is no e-mail address/, user(created.location ?? '', 'nobody')],
      [/is no e-mail address/, user(created.location ?? '', `${'x'.repeat(400)}@agency.example`)],
      [
        /A password is of 8 to 1024 characters/,
        [
          ...user(created.location ?? '', 'eve@agency.example'),
          '--password-file',
          fileOf('x'.repeat(1_025)),
        ],
      ],
    )
    assert.equal((await runJson('user', 'list')).length, 1)
  })

  test('user: an agency’s own, who has all of its locations', async () => {
    const place = ['--company', created.company ?? '', '--admin', '--email', 'lin@agency.example']
    const password = 'the password of Lin'
    const named = [...place, '--first-name', 'Lin', '--last-name', 'L']
    const lin = await runJson('user', 'create', ...named, '--password-file', fileOf(password))
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    const { rows } = await client.query(
      `select password_hash as kept from users where id = '${lin.id}'`,
    )
    await client.end()
    assert.ok(await checkPassword(password, rows[0].kept), 'without the end of the line')
    const { id, ...rest } = lin
    assert.deepEqual(rest, {
      companyId: created.company,
      locationId: null,
      email: 'lin@agency.example',
      firstName: 'Lin',
      lastName: 'L',
      type: 'agency',
      role: 'admin',
    })
    const listed = await runJson('user', 'list')
    assert.deepEqual([listed.at(-1)?.id, listed.at(-1)?.locationIds], [id, []])
    await assertRefused([
      /no company nobody/,
      ['user', 'create', ...place.with(1, 'nobody'), '--first-name', 'A', '--last-name', 'B'],
    ])
  })

  test('token: shown when it is made and never again, and refused by a sentence', async () => {
    const create = ['token', 'create', '--name', 'CI', '--scopes']
    const scopes = 'opportunities.readonly,opportunities.write'
    const locationArgs = ['--location', created.location ?? '']
    const integration = await runJson(...create, scopes, ...locationArgs)
    assert.match(integration.token, /^pit-[0-9a-f-]{36}$/)
    assert.deepEqual(integration.scopes, scopes.split(','))
    const spaced = await runJson(...create, scopes.replace(',', ' , '), ...locationArgs)
    assert.deepEqual(spaced.scopes, scopes.split(','))
    assert.deepEqual(await runJson('token', 'delete', '--id', spaced.id), { deleted: spaced.id })
    const agency = await runJson(...create, scopes, '--company', created.company ?? '')
    assert.equal(agency.locationId, null)
    const { stdout } = await run(['token', 'list', '--json'], { DATABASE_URL: postgres.url })
    assert.ok(!stdout.includes(integration.token) && !stdout.includes(agency.token))
    assert.deepEqual(
      JSON.parse(stdout).map(({ id, activeTokens }: Record<string, unknown>) => [id, activeTokens]),
      [
        [integration.id, 1],
        [agency.id, 1],
      ],
    )
    created.token = integration.token
    created.integration = integration.id
    await assertRefused(
      [/no scope "opportunities\.destroy"/, [...create, 'opportunities.destroy', ...locationArgs]],
      [/no location nowhere/, [...create, scopes, '--location', 'nowhere']],
      [/no company nobody/, [...create, scopes, '--company', 'nobody']],
      [/--company is missing/, [...create, scopes]],
      [
        /Say --location or --company, not both/,
        [...create, scopes, ...locationArgs, '--company', created.company ?? ''],
      ],
      [/no such token/, ['token', 'revoke', '--id', 'nobody']],
      [/--id is missing/, ['token', 'revoke']],
    )
  })

  test('token: opens a running server, until another process revokes it', async (t) => {
    const server = await startServer(['serve', '--rate-limit', 'off'], {
      DATABASE_URL: postgres.url,
    })
    const token = created.token ?? ''
    const pipelines = `/opportunities/pipelines?locationId=${created.location}`
    const statusOf = async () => (await ask(server.url, 'GET', pipelines, undefined, token)).status
    assert.equal(await statusOf(), 200)
    const otherPipelines = `/opportunities/pipelines?locationId=${created.other}`
    assert.equal((await ask(server.url, 'GET', otherPipelines, undefined, token)).status, 403)

    // Kept in use all the while, so that it is never looked up for having been forgotten.
    let acceptedAt = 0
    let isRevoked = false
    const using = (async () => {
      while (!isRevoked || performance.now() - acceptedAt < 2_000) {
        const askedAt = performance.now()
        if ((await statusOf()) === 200) acceptedAt = askedAt
      }
    })()
    const file = fileOf(token)
    assert.deepEqual(await runJson('token', 'revoke', '--token-file', file), { revoked: 1 })
    const revokedAt = performance.now()
    isRevoked = true
    await using
    const lateMs = Math.max(0, acceptedAt - revokedAt)
    t.diagnostic(`accepted until ${Math.round(lateMs)} ms after its revocation`)
    assert.ok(lateMs < 1_000)
    assert.equal(await statusOf(), 401)
    await assertRefused(
      [/no such token, or it was revoked before/, ['token', 'revoke', '--token-file', file]],
      [/no such token/, ['token', 'revoke', '--id', created.integration ?? '']],
    )
    const [listed] = await runJson('token', 'list')
    assert.equal(listed.activeTokens, 0)
    assert.deepEqual(await server.end(), { code: 0, signal: null })
    assert.ok(!server.stderr.includes(token), 'no token is logged')
  })

  test('feedback: what readers of production think is listed, and is not asked where it is off', async () => {
    const env = { DATABASE_URL: postgres.url }
    const server = await startServer(['serve'], env)
    const sentFeedback = {
      operationId: 'get-opportunity',
      stars: 2,
      text: 'More\u001b[31m\u009b31m\u007f\u202e\u2066 "quotes"\n',
    }
    assert.equal((await ask(server.url, 'POST', '/docs/feedback', sentFeedback)).status, 201)
    const { text } = await ask(server.url, 'GET', '/docs')
    assert.match(text, /"feedback":true/)
    assert.doesNotMatch(text, /pit-|"tokens"/)
    await server.end()
    const [{ createdAt, ...kept }, ...moreFeedback] = await runJson('feedback')
    assert.deepEqual([kept, moreFeedback], [sentFeedback, []])
    assert.ok(Date.now() - Date.parse(createdAt) < 60_000)
    const shown = await run(['feedback'], env)
    assert.equal(shown.code, 0)
    assert.deepEqual(JSON.parse(shown.stdout), [{ createdAt, ...sentFeedback }])
    const obeyed = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
    assert.doesNotMatch(shown.stdout, obeyed, 'it cannot write on a terminal')
    for (const args of [
      ['\u009b31m\u202e'],
      ['location', 'list', '\u009b31m'],
      ['token', '--\u202e'],
    ]) {
      const { code, stderr } = await run(args, env)
      assert.equal(code, 1)
      assert.doesNotMatch(stderr, obeyed)
      assert.match(stderr, /^groundlevel: .*\\u(009b|202e)/)
    }

    const silent = await startServer(['serve', '--no-feedback'], env)
    assert.equal((await ask(silent.url, 'POST', '/docs/feedback', sentFeedback)).status, 404)
    assert.match((await ask(silent.url, 'GET', '/docs')).text, /"feedback":false/)
    await silent.end()
    assert.equal((await runJson('feedback')).length, 1)
  })

  test('doctor: says what this machine and this database are', async () => {
    const { node, database, checks, ...counts } = await runJson('doctor', '--port', '0')
    assert.ok(checks.every(({ level }: { level: string }) => level === 'ok'))
    assert.equal(node, process.version)
    assert.equal(database.engine, 'postgres')
    assert.match(database.version, /^PostgreSQL \d+/)
    assert.ok(database.bytes > 1_000_000)
    // Two locations and two users were made.
    const expectedCounts = { locations: 2, opportunities: 0, events: 4 }
    assert.deepEqual(counts, expectedCounts)
    const recounted = await runJson('doctor', '--recount', '--port', '0')
    delete recounted.checks
    assert.deepEqual(recounted, {
      node,
      database,
      ...expectedCounts,
      recounted: { counts: 0, followers: 0 },
    })
  })

  test('a role that may not make tables is told so', async () => {
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    await client.query('create role guest login')
    await client.query('create database closed template template0')
    await client.end()
    const at = (database: string) => {
      const address = new URL(postgres.url)
      address.username = 'guest'
      address.pathname = `/${database}`
      return ['migrate', '--database-url', address.href]
    }
    await assertRefused(
      [/refuses \(permission denied for schema public\)/, at('closed')],
      [/does not answer \(database "missing" does not exist\)/, at('missing')],
    )
  })

  test('works on the embedded database of a directory as well', async () => {
    const directory = ['--data-dir', `${temporaryDirectory()}/data`]
    assert.equal((await run(['location', 'list', ...directory])).code, 0)
    const { code, stdout } = await run(['doctor', ...directory, '--port', '0', '--json'])
    assert.equal(code, 0)
    const { database, locations } = JSON.parse(stdout)
    assert.equal(database.engine, 'pglite')
    assert.equal(locations, 2)
  })
})
