import { parseArgs } from 'node:util'
import { StartupError } from './db/startup-error.ts'

type Option = {
  flag: string
  env: readonly string[]
  type: 'string' | 'boolean'
  default?: string
  /** How the value is called in the help. */
  value?: string
  help: string
}

/** Every option once: its flag, its environment variables (the first that is set counts). */
export const options = {
  port: {
    flag: 'port',
    env: ['GROUNDLEVEL_PORT', 'PORT'],
    type: 'string',
    default: '4680',
    value: 'N',
    help: 'port to listen on; 0 picks a free one',
  },
  host: {
    flag: 'host',
    env: ['GROUNDLEVEL_HOST'],
    type: 'string',
    default: '127.0.0.1',
    value: 'H',
    help: 'address to listen on',
  },
  dataDir: {
    flag: 'data-dir',
    env: ['GROUNDLEVEL_DATA_DIR'],
    type: 'string',
    default: './.groundlevel',
    value: 'DIR',
    help: 'directory of the embedded database, or "memory" to keep nothing',
  },
  databaseUrl: {
    flag: 'database-url',
    env: ['GROUNDLEVEL_DATABASE_URL', 'DATABASE_URL'],
    type: 'string',
    value: 'URL',
    help: 'PostgreSQL (15 or newer) to use instead of the embedded database',
  },
  secretKey: {
    flag: 'secret-key',
    env: ['GROUNDLEVEL_SECRET_KEY'],
    type: 'string',
    value: 'TEXT',
    help: 'encrypts the signing keys in the database; serve wants one, of 32 characters or more',
  },
  logLevel: {
    flag: 'log-level',
    env: ['GROUNDLEVEL_LOG_LEVEL'],
    type: 'string',
    default: 'info',
    value: 'LEVEL',
    help: 'trace, debug, info, warn, error or silent; logs are lines of JSON on stderr',
  },
  json: {
    flag: 'json',
    env: ['GROUNDLEVEL_JSON'],
    type: 'boolean',
    help: 'print one line of JSON on stdout instead of text',
  },
} as const satisfies Record<string, Option>

export type Config = {
  port: number
  host: string
  /** Undefined: in memory. */
  dataDir: string | undefined
  databaseUrl: string | undefined
  secretKey: string | undefined
  logLevel: string
  json: boolean
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Reads flags and environment, the flag before the variable; `own` are the flags of one command,
 * and `rest` what stands on the command line beside flags. Throws `StartupError` in a sentence.
 */
export function readConfig(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  own: Record<string, { type: 'string' | 'boolean' }> = {},
): { config: Config; flags: Record<string, string | boolean | undefined>; rest: string[] } {
  const { values: flags, positionals: rest } = parse(args, own)
  const given = (option: Option): string | undefined => {
    const flag = flags[option.flag]
    if (typeof flag === 'string') return flag
    return option.env.map((name) => env[name]).find((value) => value) ?? option.default
  }
  const config = {
    port: port(given(options.port) ?? ''),
    host: given(options.host) ?? '',
    dataDir: given(options.dataDir) === 'memory' ? undefined : given(options.dataDir),
    databaseUrl: given(options.databaseUrl),
    secretKey: given(options.secretKey),
    logLevel: given(options.logLevel) ?? '',
    json: flags.json === true || /^(1|true|yes)$/i.test(env.GROUNDLEVEL_JSON ?? ''),
  }
  if (!logLevels.includes(config.logLevel)) {
    throw new StartupError(`--log-level is one of ${logLevels.join(', ')}.`)
  }
  return { config, flags, rest }
}

function parse(args: readonly string[], own: Record<string, { type: 'string' | 'boolean' }>) {
  const known = Object.values<Option>(options).map(({ flag, type }) => [flag, { type }] as const)
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(known), ...own },
      allowPositionals: true,
    }) as { values: Record<string, string | boolean | undefined>; positionals: string[] }
  } catch (error) {
    throw new StartupError(`${error instanceof Error ? error.message : error}. See --help.`)
  }
}

function port(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > 65_535) {
    throw new StartupError(`--port is a number from 0 to 65535, not "${text}".`)
  }
  return number
}

/** The lines of `--help` about options. */
export function optionsHelp(): string {
  return Object.values<Option>(options)
    .map(({ flag, value, env, help, ...option }) => {
      const left = `  --${flag}${value ? ` ${value}` : ''}`.padEnd(22)
      const fallback = option.default ? `, default ${option.default}` : ''
      return `${left}${help}\n${' '.repeat(22)}(${env.join(' or ')}${fallback})`
    })
    .join('\n')
}
