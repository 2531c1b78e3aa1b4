import net from 'node:net'
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
    help: 'encrypts the signing keys; serve wants 32 characters or more',
  },
  rateLimit: {
    flag: 'rate-limit',
    env: ['GROUNDLEVEL_RATE_LIMIT'],
    type: 'string',
    value: 'PROFILE',
    help: 'production (what serve does), sandbox, or off (what dev does)',
  },
  rateLimitMax: {
    flag: 'rate-limit-max',
    env: ['GROUNDLEVEL_RATE_LIMIT_MAX'],
    type: 'string',
    value: 'N',
    help: 'requests of an app on a location in 10 s, instead of 100 or 25',
  },
  rateLimitDaily: {
    flag: 'rate-limit-daily',
    env: ['GROUNDLEVEL_RATE_LIMIT_DAILY'],
    type: 'string',
    value: 'N',
    help: 'the same in a day, instead of 200,000 or (sandbox) 10,000',
  },
  rateLimitRefused: {
    flag: 'rate-limit-refused',
    env: ['GROUNDLEVEL_RATE_LIMIT_REFUSED'],
    type: 'string',
    value: 'N',
    help: 'refusals that one address without a token gets in 10 s, not 100',
  },
  redisUrl: {
    flag: 'redis-url',
    env: ['GROUNDLEVEL_REDIS_URL', 'REDIS_URL'],
    type: 'string',
    value: 'URL',
    help: 'Redis or Valkey to count requests in, instead of the database',
  },
  trustProxy: {
    flag: 'trust-proxy',
    env: ['GROUNDLEVEL_TRUST_PROXY'],
    type: 'string',
    value: 'ADDRESSES',
    help: 'reverse proxies whose X-Forwarded-For counts, commas between',
  },
  strict: {
    flag: 'strict',
    env: ['GROUNDLEVEL_STRICT'],
    type: 'boolean',
    help: 'refuse what upstream refuses even where that trips known clients',
  },
  extraOpportunityUpdate: {
    flag: 'extra-opportunity-update',
    env: ['GROUNDLEVEL_EXTRA_OPPORTUNITY_UPDATE'],
    type: 'string',
    default: 'on',
    value: 'on|off',
    help: 'OpportunityUpdate with every other event of an opportunity',
  },
  noFeedback: {
    flag: 'no-feedback',
    env: ['GROUNDLEVEL_NO_FEEDBACK'],
    type: 'boolean',
    help: 'do not ask readers of /docs what they think of its pages',
  },
  logLevel: {
    flag: 'log-level',
    env: ['GROUNDLEVEL_LOG_LEVEL'],
    type: 'string',
    default: 'info',
    value: 'LEVEL',
    help: 'trace, debug, info, warn, error or silent; JSON lines on stderr',
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
  /** Undefined: the command's own. */
  rateLimit: RateLimitProfile | undefined
  rateLimitMax: number | undefined
  rateLimitDaily: number | undefined
  rateLimitRefused: number | undefined
  redisUrl: string | undefined
  /** Addresses of proxies, with commas between; undefined: none is believed. */
  trustProxy: string | undefined
  strict: boolean
  /** Whether `OpportunityUpdate` comes with every other event of an opportunity. */
  extraOpportunityUpdate: boolean
  noFeedback: boolean
  logLevel: string
  json: boolean
}

const profiles = ['production', 'sandbox', 'off'] as const
export type RateLimitProfile = (typeof profiles)[number]

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
  const isSet = ({ flag, env: [name = ''] }: Option) =>
    flags[flag] === true || /^(1|true|yes)$/i.test(env[name] ?? '')
  const config = {
    port: port(given(options.port) ?? ''),
    host: given(options.host) ?? '',
    dataDir: given(options.dataDir) === 'memory' ? undefined : given(options.dataDir),
    databaseUrl: given(options.databaseUrl),
    secretKey: given(options.secretKey),
    rateLimit: rateLimitProfile(given(options.rateLimit)),
    rateLimitMax: rate(options.rateLimitMax.flag, given(options.rateLimitMax)),
    rateLimitDaily: rate(options.rateLimitDaily.flag, given(options.rateLimitDaily)),
    rateLimitRefused: rate(options.rateLimitRefused.flag, given(options.rateLimitRefused)),
    redisUrl: redisUrl(given(options.redisUrl)),
    trustProxy: proxies(given(options.trustProxy)),
    strict: isSet(options.strict),
    extraOpportunityUpdate: isOn(options.extraOpportunityUpdate, given),
    noFeedback: isSet(options.noFeedback),
    logLevel: given(options.logLevel) ?? '',
    json: isSet(options.json),
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

function isOn(option: Option, given: (option: Option) => string | undefined): boolean {
  const text = given(option) ?? ''
  if (text !== 'on' && text !== 'off') throw new StartupError(`--${option.flag} is on or off.`)
  return text === 'on'
}

function rateLimitProfile(text: string | undefined): RateLimitProfile | undefined {
  const profile = profiles.find((known) => known === text)
  if (text === undefined || profile) return profile
  throw new StartupError(`--rate-limit is one of ${profiles.join(', ')}.`)
}

function rate(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new StartupError(`--${flag} is a number of requests from 1, not "${text}".`)
}

/** What is wrong with it is not repeated: a password may stand in it. */
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

/** Addresses and networks as the web framework takes them. */
function proxies(text: string | undefined): string | undefined {
  const isKnown = (part: string) =>
    /^(loopback|linklocal|uniquelocal)$/.test(part) || net.isIP(part.replace(/\/\d{1,3}$/, ''))
  if (!text || text.split(',').every((part) => isKnown(part.trim()))) return text
  throw new StartupError(
    '--trust-proxy is the addresses or networks of reverse proxies, as in 10.0.0.0/8 or ' +
      `loopback, not "${text}".`,
  )
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
