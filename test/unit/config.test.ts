import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { optionsHelp, readConfig, options as table } from '../../src/config.ts'
import { StartupError } from '../../src/db/startup-error.ts'

const read = (args: string[], env: NodeJS.ProcessEnv = {}) => readConfig(args, env).config

/** What whoever typed this is told. */
function startupError(args: string[], env: NodeJS.ProcessEnv = {}): string {
  try {
    readConfig(args, env)
  } catch (error) {
    assert.ok(error instanceof StartupError)
    return error.message
  }
  throw new assert.AssertionError({ message: `${args} was accepted` })
}

describe('readConfig', () => {
  test('has a default for what nobody says', () => {
    assert.deepEqual(read([]), {
      port: 4680,
      host: '127.0.0.1',
      dataDir: './.groundlevel',
      databaseUrl: undefined,
      secretKey: undefined,
      rateLimit: undefined,
      rateLimitMax: undefined,
      rateLimitDaily: undefined,
      rateLimitRefused: undefined,
      redisUrl: undefined,
      trustProxy: undefined,
      strict: false,
      extraOpportunityUpdate: true,
      noFeedback: false,
      logLevel: 'info',
      debug: [],
      json: false,
    })
  })

  test('takes each option from its flag, before its variable, before its default', () => {
    const env = {
      GROUNDLEVEL_PORT: '1',
      GROUNDLEVEL_HOST: 'env',
      GROUNDLEVEL_DATA_DIR: 'env',
      GROUNDLEVEL_DATABASE_URL: 'postgres://env',
      GROUNDLEVEL_SECRET_KEY: 'env',
      GROUNDLEVEL_RATE_LIMIT: 'off',
      GROUNDLEVEL_RATE_LIMIT_MAX: '1',
      GROUNDLEVEL_RATE_LIMIT_DAILY: '1',
      GROUNDLEVEL_RATE_LIMIT_REFUSED: '1',
      GROUNDLEVEL_REDIS_URL: 'redis://env',
      GROUNDLEVEL_TRUST_PROXY: 'loopback',
      GROUNDLEVEL_STRICT: '1',
      GROUNDLEVEL_EXTRA_OPPORTUNITY_UPDATE: 'off',
      GROUNDLEVEL_NO_FEEDBACK: 'yes',
      GROUNDLEVEL_LOG_LEVEL: 'warn',
      GROUNDLEVEL_DEBUG: 'sql',
      GROUNDLEVEL_JSON: 'true',
    }
    assert.deepEqual(read([], env), {
      port: 1,
      host: 'env',
      dataDir: 'env',
      databaseUrl: 'postgres://env',
      secretKey: 'env',
      rateLimit: 'off',
      rateLimitMax: 1,
      rateLimitDaily: 1,
      rateLimitRefused: 1,
      redisUrl: 'redis://env',
      trustProxy: 'loopback',
      strict: true,
      extraOpportunityUpdate: false,
      noFeedback: true,
      logLevel: 'warn',
      debug: ['sql'],
      json: true,
    })
    const flags =
      '--port 2 --host flag --data-dir flag --database-url postgres://flag ' +
      '--rate-limit sandbox --rate-limit-max 2 --rate-limit-daily 2 --rate-limit-refused 2 ' +
      '--redis-url rediss://flag --trust-proxy 10.0.0.0/8 --log-level error ' +
      '--debug auth,http --extra-opportunity-update on'
    assert.deepEqual(read(flags.split(' '), env), {
      port: 2,
      host: 'flag',
      dataDir: 'flag',
      databaseUrl: 'postgres://flag',
      secretKey: 'env',
      rateLimit: 'sandbox',
      rateLimitMax: 2,
      rateLimitDaily: 2,
      rateLimitRefused: 2,
      redisUrl: 'rediss://flag',
      trustProxy: '10.0.0.0/8',
      strict: true,
      extraOpportunityUpdate: true,
      noFeedback: true,
      logLevel: 'error',
      debug: ['http', 'auth'],
      json: true,
    })
    assert.equal(read(['--json']).json, true)
    assert.equal(read(['--strict']).strict, true)
  })

  test('honours PORT, DATABASE_URL and REDIS_URL, its own variables before them', () => {
    const env = { PORT: '8080', DATABASE_URL: 'postgres://shared', REDIS_URL: 'redis://shared' }
    assert.equal(read([], env).port, 8080)
    assert.equal(read([], env).databaseUrl, 'postgres://shared')
    assert.equal(read([], env).redisUrl, 'redis://shared')
    const own = {
      ...env,
      GROUNDLEVEL_PORT: '0',
      GROUNDLEVEL_DATABASE_URL: 'postgres://own',
      GROUNDLEVEL_REDIS_URL: 'redis://own',
    }
    assert.equal(read([], own).port, 0)
    assert.equal(read([], own).databaseUrl, 'postgres://own')
    assert.equal(read([], own).redisUrl, 'redis://own')
  })

  test('takes a variable that is empty for one that is not set', () => {
    assert.equal(read([], { GROUNDLEVEL_PORT: '', PORT: '' }).port, 4680)
    assert.equal(read([], { GROUNDLEVEL_PORT: '', PORT: '81' }).port, 81)
    assert.equal(read([], { DATABASE_URL: '' }).databaseUrl, undefined)
    assert.equal(read([], { GROUNDLEVEL_JSON: '' }).json, false)
    assert.equal(read([], { GROUNDLEVEL_JSON: '0' }).json, false)
    assert.equal(
      startupError([], { GROUNDLEVEL_STRICT: 'maybe' }),
      'GROUNDLEVEL_STRICT is true or false, not "maybe".',
    )
  })

  test('keeps nothing with --data-dir memory', () => {
    assert.equal(read(['--data-dir', 'memory']).dataDir, undefined)
    assert.equal(read([], { GROUNDLEVEL_DATA_DIR: 'memory' }).dataDir, undefined)
    assert.equal(read(['--data-dir', './memory']).dataDir, './memory')
  })

  test('refuses a port that is none, wherever it stands', () => {
    for (const port of ['x', '65536', '1.5', '1e3', '0x10', ' 80']) {
      const sentence = `--port is a number from 0 to 65535, not "${port}".`
      assert.equal(startupError([`--port=${port}`]), sentence)
      assert.equal(startupError([], { PORT: port }), sentence)
    }
    assert.equal(startupError(['--port=']), '--port is empty. See --help.')
    assert.equal(read(['--port', '65535']).port, 65_535)
  })

  test('refuses a word too many', () => {
    assert.equal(startupError(['memory']), '"memory" is one word too many. See --help.')
    assert.deepEqual(readConfig(['list'], {}, {}, 1).rest, ['list'])
  })

  test('refuses a flag that it does not know, and names it', () => {
    assert.match(startupError(['--nope']), /'--nope'.*\. See --help\.$/)
    assert.match(startupError(['-x']), /'-x'.*\. See --help\.$/)
    assert.match(startupError(['--port']), /'--port <value>'.*\. See --help\.$/)
  })

  test('refuses a log level that is none', () => {
    assert.match(startupError(['--log-level', 'loud']), /^--log-level is one of .*debug.*silent\.$/)
    assert.match(startupError([], { GROUNDLEVEL_LOG_LEVEL: 'INFO' }), /^--log-level is one of /)
  })

  test('looks at all areas with --debug all, and refuses one that is none', () => {
    assert.deepEqual(read(['--debug', 'all']).debug, ['http', 'sql', 'events', 'auth'])
    assert.deepEqual(read([], { GROUNDLEVEL_DEBUG: ' sql , http' }).debug, ['http', 'sql'])
    for (const text of ['sqk', 'sql,', 'SQL']) {
      assert.match(
        startupError(['--debug', text]),
        /^--debug is some of http, sql, events, auth, or all, not/,
      )
    }
  })

  test('refuses an address of Redis that is none, and does not repeat its password', () => {
    const good = ['redis://h', 'rediss://user:p%40ss@h:6380/2', 'redis://[::1]:6379/', '']
    for (const url of good) assert.equal(read([], { REDIS_URL: url }).redisUrl, url || undefined)
    const bad = ['h:6379', 'http://h', 'redis://', 'redis:h', 'redis://:secret%@h', 'redis://h/x']
    for (const url of bad) {
      assert.match(startupError([], { REDIS_URL: url }), /^--redis-url is an address as in /)
      assert.doesNotMatch(startupError(['--redis-url', url]), /secret%/)
    }
  })

  test('refuses a secret in an argument, and does not repeat it', () => {
    const refused = [
      ['--secret-key', 'secret'],
      ['--database-url', 'postgres://user:secret@host/database'],
      ['--database-url', 'postgres://:secret@host'],
      ['--database-url', 'postgres://host/database?user=a&password=secret'],
      ['--database-url', 'postgres://user:sec#ret@host'],
      ['--redis-url', 'redis://:secret@host:6379'],
      ['--redis-url', 'rediss://user:secret@host'],
    ] as const
    for (const [flag, text] of refused) {
      const said = startupError([flag, text])
      assert.match(said, /would show a secret to all who can list processes: set GROUNDLEVEL_/)
      assert.doesNotMatch(said, /secret@|=secret|sec#ret/)
    }
    for (const url of ['postgres://user@host:5432/database', 'postgres:///database?host=/run']) {
      assert.equal(read(['--database-url', url]).databaseUrl, url)
    }
  })

  test('refuses a switch that is neither on nor off', () => {
    for (const text of ['yes', 'ON', '1']) {
      const said = startupError(['--extra-opportunity-update', text])
      assert.equal(said, '--extra-opportunity-update is on or off.')
    }
  })

  test('knows the flags of one command for that command alone', () => {
    const own = { name: { type: 'string' }, admin: { type: 'boolean' } } as const
    const { flags, rest } = readConfig(['create', '--name', 'A', '--admin'], {}, own, 1)
    assert.deepEqual({ ...flags }, { name: 'A', admin: true })
    assert.deepEqual(rest, ['create'])
    assert.match(startupError(['--name', 'A']), /'--name'/)
  })
})

test('the help says of every option what it is called in flags and environment', () => {
  const help = optionsHelp()
  for (const option of Object.values(table)) {
    assert.ok(help.includes(`--${option.flag}`), option.flag)
    for (const variable of option.env) assert.ok(help.includes(variable), variable)
    assert.ok(help.includes(option.help), option.help)
  }
  for (const line of help.split('\n')) assert.ok(line.length <= 100, line)
})
