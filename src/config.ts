import net from 'node:net'
import { parseArgs } from 'node:util'
import { StartupError } from './db/startup-error.ts'

type Option<Value = unknown> = {
  flag: string
  env: readonly string[]
  default?: string
  /** The name of the value in the help; an option without one is a switch. */
  value?: string
  help: string
  /** Whether a text is a secret, or holds one: then it may be set by a variable alone. */
  isSecret?(text: string): boolean
  /** The value of its text, which is 'true' for the flag of a switch. Throws `StartupError`. */
  read(text: string | undefined, option: Option): Value
}

/** Every option once: its flag, its environment variables (the first that is set counts). */
export const options = {
  port: {
    flag: 'port',
    env: ['GROUNDLEVEL_PORT', 'PORT'],
    default: '4680',
    value: 'N',
    help: 'port to listen on; 0 picks a free one',
    read: port,
  },
  host: {
    flag: 'host',
    env: ['GROUNDLEVEL_HOST'],
    default: '127.0.0.1',
    value: 'H',
    help: 'address to listen on',
    read: (text = '') => text,
  },
  dataDir: {
    flag: 'data-dir',
    env: ['GROUNDLEVEL_DATA_DIR'],
    default: './.groundlevel',
    value: 'DIR',
    help: 'directory of the embedded database, or "memory" to keep nothing',
    /** Undefined: in memory. */
    read: (text) => (text === 'memory' ? undefined : text),
  },
  databaseUrl: {
    flag: 'database-url',
    env: ['GROUNDLEVEL_DATABASE_URL', 'DATABASE_URL'],
    value: 'URL',
    help: 'PostgreSQL (15 or newer) to use instead of the embedded database',
    isSecret: hasPassword,
    read: (text) => text,
  },
  secretKey: {
    flag: 'secret-key',
    env: ['GROUNDLEVEL_SECRET_KEY'],
    value: 'TEXT',
    help: 'encrypts the signing keys; serve wants 32 characters or more',
    isSecret: () => true,
    read: (text) => text,
  },
  rateLimit: {
    flag: 'rate-limit',
    env: ['GROUNDLEVEL_RATE_LIMIT'],
    value: 'PROFILE',
    help: 'production (what serve does), sandbox, or off (what dev does)',
    read: rateLimitProfile,
  },
  rateLimitMax: {
    flag: 'rate-limit-max',
    env: ['GROUNDLEVEL_RATE_LIMIT_MAX'],
    value: 'N',
    help: 'requests of an app on a location in 10 s, instead of 100 or 25',
    read: rate,
  },
  rateLimitDaily: {
    flag: 'rate-limit-daily',
    env: ['GROUNDLEVEL_RATE_LIMIT_DAILY'],
    value: 'N',
    help: 'the same in a day, instead of 200,000 or (sandbox) 10,000',
    read: rate,
  },
  rateLimitRefused: {
    flag: 'rate-limit-refused',
    env: ['GROUNDLEVEL_RATE_LIMIT_REFUSED'],
    value: 'N',
    help: 'refusals that one address without a token gets in 10 s, not 100',
    read: rate,
  },
  redisUrl: {
    flag: 'redis-url',
    env: ['GROUNDLEVEL_REDIS_URL', 'REDIS_URL'],
    value: 'URL',
    help: 'Redis or Valkey to count requests in, instead of the database',
    isSecret: hasPassword,
    read: redisUrl,
  },
  trustProxy: {
    flag: 'trust-proxy',
    env: ['GROUNDLEVEL_TRUST_PROXY'],
    value: 'ADDRESSES',
    help: 'reverse proxies whose X-Forwarded-For counts, commas between',
    read: proxies,
  },
  strict: {
    flag: 'strict',
    env: ['GROUNDLEVEL_STRICT'],
    help: 'refuse what upstream refuses even where that trips known clients',
    read: isYes,
  },
  extraOpportunityUpdate: {
    flag: 'extra-opportunity-update',
    env: ['GROUNDLEVEL_EXTRA_OPPORTUNITY_UPDATE'],
    default: 'on',
    value: 'on|off',
    help: 'OpportunityUpdate with every other event of an opportunity',
    read: isOn,
  },
  noFeedback: {
    flag: 'no-feedback',
    env: ['GROUNDLEVEL_NO_FEEDBACK'],
    help: 'do not ask readers of /docs what they think of its pages',
    read: isYes,
  },
  logLevel: {
    flag: 'log-level',
    env: ['GROUNDLEVEL_LOG_LEVEL'],
    default: 'info',
    value: 'LEVEL',
    help: 'trace, debug (all of --debug), info, warn, error or silent',
    read: logLevel,
  },
  debug: {
    flag: 'debug',
    env: ['GROUNDLEVEL_DEBUG'],
    value: 'AREAS',
    help: 'log every step of: http, sql, events, auth (commas between) or all',
    read: debugAreas,
  },
  json: {
    flag: 'json',
    env: ['GROUNDLEVEL_JSON'],
    help: 'print one line of JSON on stdout instead of text',
    read: isYes,
  },
} as const satisfies Record<string, Option>

type Options = typeof options
export type Config = { -readonly [Name in keyof Options]: ReturnType<Options[Name]['read']> }

const profiles = ['production', 'sandbox', 'off'] as const
export type RateLimitProfile = (typeof profiles)[number]

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

const areas = ['http', 'sql', 'events', 'auth'] as const
/** What `--debug` can log step by step. */
export type DebugArea = (typeof areas)[number]

/**
 * Reads flags and environment, the flag before the variable. `commandFlags` are the flags of one
 * command, and `rest` its arguments, at most `argumentsMax`. Throws
 * `StartupError` in a sentence.
 */
export function readConfig(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  commandFlags: Record<string, { type: 'string' | 'boolean' }> = {},
  argumentsMax = 0,
): { config: Config; flags: Record<string, string | boolean | undefined>; rest: string[] } {
  const { values: flags, positionals: rest } = parseFlags(args, commandFlags)
  const extra = rest[argumentsMax]
  if (extra !== undefined) throw new StartupError(`"${extra}" is one word too many. See --help.`)
  const optionText = (option: Option): string | undefined =>
    flagText(flags, option) ??
    option.env.map((name) => env[name]).find((value) => value) ??
    option.default
  const read = Object.entries<Option>(options).map(
    ([name, option]) => [name, option.read(optionText(option), option)] as const,
  )
  return { config: Object.fromEntries(read) as Config, flags, rest }
}

/** The text of a flag. Whoever uses the machine can list arguments, and so a secret is refused. */
function flagText(
  flags: Record<string, string | boolean | undefined>,
  { flag, env, isSecret }: Option,
): string | undefined {
  const text = flags[flag]?.toString()
  if (text === undefined || !isSecret?.(text)) return text
  throw new StartupError(
    `--${flag} would show a secret to all who can list processes: set ${env.join(' or ')} instead.`,
  )
}

/** Whether an address holds a password, also where it is no good address. */
function hasPassword(url: string): boolean {
  return /:[^/@]*@|[?&]password=/i.test(url.replace(/^\w+:\/\//, ''))
}

function parseFlags(
  args: readonly string[],
  commandFlags: Record<string, { type: 'string' | 'boolean' }>,
) {
  const optionTypes = Object.values<Option>(options).map(
    ({ flag, value }) => [flag, { type: value ? 'string' : 'boolean' }] as const,
  )
  const { values, positionals } = parseOrThrow(args, {
    ...Object.fromEntries(optionTypes),
    ...commandFlags,
  })
  // A variable of the shell that is not set gives an empty flag, and the default is a wrong guess.
  const empty = Object.keys(values).find((flag) => values[flag] === '')
  if (empty) throw new StartupError(`--${empty} is empty. See --help.`)
  return { values, positionals }
}

function parseOrThrow(
  args: readonly string[],
  options: Record<string, { type: 'string' | 'boolean' }>,
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new StartupError(`${error instanceof Error ? error.message : error}. See --help.`)
  }
}

function isYes(text = '', { env: [name] }: Option): boolean {
  if (/^(1|true|yes)$/i.test(text)) return true
  if (/^(0|false|no)?$/i.test(text)) return false
  throw new StartupError(`${name} is true or false, not "${text}".`)
}

function isOn(text: string | undefined, { flag }: Option): boolean {
  if (text !== 'on' && text !== 'off') throw new StartupError(`--${flag} is on or off.`)
  return text === 'on'
}

function port(text = ''): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > 65_535) {
    throw new StartupError(`--port is a number from 0 to 65535, not "${text}".`)
  }
  return number
}

/** Returns undefined when none is set: each command has its own default. */
function rateLimitProfile(text: string | undefined): RateLimitProfile | undefined {
  const profile = profiles.find((known) => known === text)
  if (text === undefined || profile) return profile
  throw new StartupError(`--rate-limit is one of ${profiles.join(', ')}.`)
}

function rate(text: string | undefined, { flag }: Option): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new StartupError(`--${flag} is a number of requests from 1, not "${text}".`)
}

function logLevel(text = ''): string {
  if (logLevels.includes(text)) return text
  throw new StartupError(`--log-level is one of ${logLevels.join(', ')}.`)
}

function debugAreas(text: string | undefined): readonly DebugArea[] {
  const names = text?.split(',').map((word) => word.trim()) ?? []
  const unknown = names.find((name) => name !== 'all' && !areas.some((area) => area === name))
  if (unknown === undefined) {
    return areas.filter((area) => names.includes('all') || names.includes(area))
  }
  throw new StartupError(`--debug is some of ${areas.join(', ')}, or all, not "${unknown}".`)
}

/** The error does not quote the address, as it may hold a password. */
function redisUrl(text: string | undefined): string | undefined {
  if (text === undefined || isRedisUrl(text)) return text
  throw new StartupError(
    '--redis-url is an address as in redis://user:password@host:6379/0, or rediss:// for TLS; ' +
      'special characters of the password are written as in %40.',
  )
}

function isRedisUrl(text: string): boolean {
  try {
    const { protocol, hostname, pathname, username, password } = new URL(text)
    decodeURIComponent(username)
    decodeURIComponent(password)
    return /^rediss?:$/.test(protocol) && hostname !== '' && /^(\/\d*)?$/.test(pathname)
  } catch {
    return false
  }
}

/** Addresses and networks in the form that the web framework takes. */
function proxies(text: string | undefined): string | undefined {
  if (!text || text.split(',').every((part) => isNetwork(part.trim()))) return text
  throw new StartupError(
    '--trust-proxy is the addresses or networks of reverse proxies, as in 10.0.0.0/8 or ' +
      `loopback, not "${text}".`,
  )
}

function isNetwork(text: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true
  const [, address = '', digits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? []
  const bits = { 4: 32, 6: 128 }[net.isIP(address)] ?? 0
  const prefix = Number(digits ?? bits)
  return prefix >= 1 && prefix <= bits
}

/** The lines of `--help` about options. */
export function optionsHelp(): string {
  return Object.values<Option>(options)
    .map(({ flag, value, env, help, ...option }) => {
      const left = `  --${flag}${value ? ` ${value}` : ''}`.padEnd(31)
      const fallback = option.default ? `, default ${option.default}` : ''
      return `${left} ${help}\n${' '.repeat(32)}(${env.join(' or ')}${fallback})`
    })
    .join('\n')
}
