import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { optionsHelp, readConfig, options as table } from '../../src/config.ts'
import { StartupError } from '../../src/db/startup-error.ts'

const read = (args: string[], env: NodeJS.ProcessEnv = {}) => readConfig(args, env).config

/** What whoever typed this is told. */
function told(args: string[], env: NodeJS.ProcessEnv = {}): string {
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
      logLevel: 'info',
      json: false,
    })
  })

  test('takes each option from its flag, before its variable, before its default', () => {
    const env = {
      GROUNDLEVEL_PORT: '1',
      GROUNDLEVEL_HOST: 'env',
      GROUNDLEVEL_DATA_DIR: 'env',
      GROUNDLEVEL_DATABASE_URL: 'postgres://env',
      GROUNDLEVEL_LOG_LEVEL: 'warn',
      GROUNDLEVEL_JSON: 'true',
    }
    assert.deepEqual(read([], env), {
      port: 1,
      host: 'env',
      dataDir: 'env',
      databaseUrl: 'postgres://env',
      logLevel: 'warn',
      json: true,
    })
    const flags =
      '--port 2 --host flag --data-dir flag --database-url postgres://flag --log-level error'
    assert.deepEqual(read(flags.split(' '), env), {
      port: 2,
      host: 'flag',
      dataDir: 'flag',
      databaseUrl: 'postgres://flag',
      logLevel: 'error',
      json: true,
    })
    assert.equal(read(['--json']).json, true)
  })

  test('honours PORT and DATABASE_URL, its own variables before them', () => {
    const env = { PORT: '8080', DATABASE_URL: 'postgres://shared' }
    assert.equal(read([], env).port, 8080)
    assert.equal(read([], env).databaseUrl, 'postgres://shared')
    const own = { ...env, GROUNDLEVEL_PORT: '0', GROUNDLEVEL_DATABASE_URL: 'postgres://own' }
    assert.equal(read([], own).port, 0)
    assert.equal(read([], own).databaseUrl, 'postgres://own')
  })

  test('takes a variable that is empty for one that is not set', () => {
    assert.equal(read([], { GROUNDLEVEL_PORT: '', PORT: '' }).port, 4680)
    assert.equal(read([], { GROUNDLEVEL_PORT: '', PORT: '81' }).port, 81)
    assert.equal(read([], { DATABASE_URL: '' }).databaseUrl, undefined)
    assert.equal(read([], { GROUNDLEVEL_JSON: '' }).json, false)
    assert.equal(read([], { GROUNDLEVEL_JSON: '0' }).json, false)
  })

  test('keeps nothing with --data-dir memory', () => {
    assert.equal(read(['--data-dir', 'memory']).dataDir, undefined)
    assert.equal(read([], { GROUNDLEVEL_DATA_DIR: 'memory' }).dataDir, undefined)
    assert.equal(read(['--data-dir', './memory']).dataDir, './memory')
  })

  test('refuses a port that is none, wherever it stands', () => {
    for (const port of ['x', '65536', '1.5', '1e3', '0x10', ' 80', '']) {
      const sentence = `--port is a number from 0 to 65535, not "${port}".`
      assert.equal(told([`--port=${port}`]), sentence)
      if (port !== '') assert.equal(told([], { PORT: port }), sentence)
    }
    assert.equal(read(['--port', '65535']).port, 65_535)
  })

  test('refuses a flag that it does not know, and names it', () => {
    assert.match(told(['--nope']), /'--nope'.*\. See --help\.$/)
    assert.match(told(['-x']), /'-x'.*\. See --help\.$/)
    assert.match(told(['--port']), /'--port <value>'.*\. See --help\.$/)
  })

  test('refuses a log level that is none', () => {
    assert.match(told(['--log-level', 'loud']), /^--log-level is one of .*debug.*silent\.$/)
    assert.match(told([], { GROUNDLEVEL_LOG_LEVEL: 'INFO' }), /^--log-level is one of /)
  })

  test('knows the flags of one command for that command alone', () => {
    const own = { name: { type: 'string' }, admin: { type: 'boolean' } } as const
    const { flags, rest } = readConfig(['create', '--name', 'A', '--admin'], {}, own)
    assert.deepEqual({ ...flags }, { name: 'A', admin: true })
    assert.deepEqual(rest, ['create'])
    assert.match(told(['--name', 'A']), /'--name'/)
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
