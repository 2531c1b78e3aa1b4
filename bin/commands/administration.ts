import {
  createPrivateIntegration,
  listPrivateIntegrations,
  revokeTokens,
} from '../../src/auth/private-integrations.ts'
import { isScope, scopes } from '../../src/auth/scopes.ts'
import { createCompany, listCompanies } from '../../src/companies/create.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import { sql } from '../../src/db/sql.ts'
import { databaseError, sqlstate } from '../../src/db/sqlstate.ts'
import { StartupError } from '../../src/db/startup-error.ts'
import { createLocation, listLocations } from '../../src/locations/create.ts'
import { openProduction, openSandbox } from '../../src/main.ts'
import { createUser, listUsers } from '../../src/users/create.ts'

type Flags = Record<string, string | boolean | undefined>
type Verb = (db: Database, flags: Flags) => Promise<object>

const text = { type: 'string' } as const
const yes = { type: 'boolean' } as const

/** `groundlevel migrate`. The database is brought up to date wherever one is opened. */
export function migrate(args: string[]): Promise<number> {
  return administer(args, {}, async (db) => ({ upToDate: true, engine: db.engine.name }))
}

/** `groundlevel token create|list|revoke`: private integrations and their tokens. */
export function token(args: string[]): Promise<number> {
  const flags = { name: text, location: text, company: text, scopes: text, id: text, token: text }
  return administer(args, flags, { create: createToken, list: listPrivateIntegrations, revoke })
}

async function createToken(db: Database, flags: Flags): Promise<object> {
  const wanted = required(flags, 'scopes').split(',')
  const unknown = wanted.filter((scope) => !isScope(scope))
  if (unknown.length > 0) {
    throw new StartupError(`There is no scope ${unknown.join(', ')}. All: ${scopes.join(', ')}.`)
  }
  const name = required(flags, 'name')
  const place = await placeOf(db, flags)
  const integration = { name, ...place, scopes: wanted.filter(isScope) }
  return { ...(await createPrivateIntegration(db, integration, new Date())), ...integration }
}

/** The location that a token is for, with its company; or the company, for an agency's token. */
async function placeOf(db: Database, flags: Flags) {
  if (!flags.location) {
    const companyId = required(flags, 'company')
    const companies = await listCompanies(db)
    if (companies.some(({ id }) => id === companyId)) return { companyId, locationId: null }
    throw new StartupError(`There is no company ${companyId}.`)
  }
  const locationId = required(flags, 'location')
  const location = (await listLocations(db)).find(({ id }) => id === locationId)
  if (!location) throw new StartupError(`There is no location ${locationId}.`)
  return { companyId: location.companyId, locationId }
}

async function revoke(db: Database, flags: Flags): Promise<object> {
  const which = flags.token ? { token: required(flags, 'token') } : { id: required(flags, 'id') }
  const revoked = await revokeTokens(db, which, new Date())
  if (revoked === 0) throw new StartupError('There is no such token, or it was revoked before.')
  return { revoked }
}

/** `groundlevel location create|list`. */
export function location(args: string[]): Promise<number> {
  const flags = { name: text, company: text, 'company-name': text, timezone: text }
  return administer(args, flags, {
    list: listLocations,
    async create(db, given) {
      const companyId = await companyOf(db, given)
      const timezone = String(given.timezone ?? 'UTC')
      const name = required(given, 'name')
      return createLocation(db, { companyId, name, timezone }, new Date())
    },
  })
}

/** The agency named, or the only one there is; the first location makes one. */
async function companyOf(db: Database, flags: Flags): Promise<string> {
  const companies = await listCompanies(db)
  const named = flags.company
  if (named) {
    if (companies.some(({ id }) => id === named)) return String(named)
    throw new StartupError(`There is no company ${named}.`)
  }
  const [only, another] = companies
  if (another) {
    const all = companies.map(({ id, name }) => `${id} (${name})`).join(', ')
    throw new StartupError(`Say which company with --company: ${all}.`)
  }
  return only?.id ?? createCompany(db, String(flags['company-name'] ?? 'My agency'), new Date())
}

/** `groundlevel user create|list`. */
export function user(args: string[]): Promise<number> {
  const flags = { location: text, email: text, 'first-name': text, 'last-name': text, admin: yes }
  return administer(args, flags, {
    list: listUsers,
    async create(db, given) {
      const locationId = required(given, 'location')
      const email = required(given, 'email')
      const firstName = required(given, 'first-name')
      const lastName = required(given, 'last-name')
      const role = given.admin === true ? 'admin' : 'user'
      const wanted = { locationId, email, firstName, lastName, role } as const
      const id = await createUser(db, wanted, new Date()).catch((error) => {
        if (databaseError(error)?.code !== sqlstate.uniqueViolation) throw error
        throw new StartupError(`There is a user with the e-mail address ${email} already.`)
      })
      if (!id) throw new StartupError(`There is no location ${locationId}.`)
      return { id, ...wanted }
    },
  })
}

/** `groundlevel doctor`: what this machine and this database are. */
export function doctor(args: string[]): Promise<number> {
  return administer(args, {}, async (db) => {
    const [row] = await db.query<{ version: string; size: number }>(sql`
      select version(), pg_database_size(current_database()) as size`)
    const [counts] = await db.query<object>(sql`
      select (select count(*) from locations) as locations,
        (select count(*) from opportunities) as opportunities,
        (select count(*) from outbox) as events`)
    const database = { engine: db.engine.name, version: row?.version, bytes: row?.size }
    return { node: process.version, database, ...counts }
  })
}

/** Opens the database, runs the verb that the command line names, and prints what it returns. */
async function administer(
  args: string[],
  own: Record<string, { type: 'string' | 'boolean' }>,
  verbs: Verb | Record<string, Verb>,
): Promise<number> {
  const { config, flags, rest } = readConfig(args, process.env, own)
  const verb = typeof verbs === 'function' ? verbs : verbs[rest[0] ?? '']
  if (!verb) throw new StartupError(`Say one of ${Object.keys(verbs).join(', ')}. See --help.`)
  const db = config.databaseUrl ? await openProduction(config) : await openSandbox(config)
  try {
    print(config, await verb(db, flags))
  } finally {
    await db.close()
  }
  return 0
}

function print({ json }: Config, result: object): void {
  process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`)
}

function required(flags: Flags, name: string): string {
  const value = flags[name]
  if (typeof value === 'string' && value !== '') return value
  throw new StartupError(`--${name} is missing. See --help.`)
}
