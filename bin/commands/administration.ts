import { createCompany, listCompanies } from '../../src/api/companies.ts'
import { reactionsOfFamilies } from '../../src/api/index.ts'
import { insertLocation, listLocations } from '../../src/api/locations/statements.ts'
import { isTimezone } from '../../src/api/locations/timezones.ts'
import { addUser } from '../../src/api/users/create.ts'
import { isEmail } from '../../src/api/users/reach.ts'
import { userLimits } from '../../src/api/users/shapes.ts'
import { listUsers } from '../../src/api/users/statements.ts'
import { hashPassword, passwordCost } from '../../src/auth/password.ts'
import { isScope, type Scope, scopes } from '../../src/auth/scopes.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import { StartupError } from '../../src/db/startup-error.ts'
import { listFeedback } from '../../src/docs/feedback.ts'
import { openProduction, openSandbox } from '../../src/main.ts'

export type Flags = Record<string, string | boolean | undefined>
type Verb = (db: Database, flags: Flags, config: Config) => Promise<object>

const text = { type: 'string' } as const
const yes = { type: 'boolean' } as const

/** `groundlevel migrate`. The database is brought up to date wherever one is opened. */
export function migrate(args: string[]): Promise<number> {
  return administer(args, {}, async (db) => ({ upToDate: true, engine: db.engine.name }))
}

/** `groundlevel location create|list`. */
export function location(args: string[]): Promise<number> {
  const flags = { name: text, company: text, 'company-name': text, timezone: text }
  return administer(args, flags, {
    list: listLocations,
    async create(db, given) {
      const companyId = await companyOf(db, given)
      const timezone = String(given.timezone ?? 'UTC')
      if (!isTimezone(timezone)) throw new StartupError(`There is no time zone ${timezone}.`)
      const name = required(given, 'name')
      const values = { name, timezone }
      const made = await insertLocation(db, companyId, values, new Date(), reactionsOfFamilies({}))
      return { id: made?.id, companyId, name, timezone }
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
  const flags = {
    location: text,
    company: text,
    email: text,
    'first-name': text,
    'last-name': text,
    password: text,
    admin: yes,
  }
  return administer(args, flags, { list: listUsers, create: createUser })
}

/** Somebody who works in a location; with a company and no location, one of the agency. */
async function createUser(db: Database, given: Flags): Promise<object> {
  const email = required(given, 'email')
  const firstName = required(given, 'first-name')
  const lastName = required(given, 'last-name')
  const role = given.admin === true ? 'admin' : 'user'
  if (email.length > userLimits.emailCharsMax || !isEmail(email)) {
    throw new StartupError(`"${email}" is no e-mail address.`)
  }
  const { companyId, locationId } = await placeOf(db, given)
  const password = String(given.password ?? '')
  const { passwordCharsMin: min, passwordCharsMax: max } = userLimits
  if (password && (password.length < min || password.length > max)) {
    throw new StartupError(`--password is of ${min} to ${max} characters.`)
  }
  const passwordHash = password ? await hashPassword(password, passwordCost) : null
  const type = locationId === null ? 'agency' : 'account'
  const user = { email, firstName, lastName, role, type, passwordHash } as const
  const place = { companyId, locationId: undefined }
  const made = await addUser(db, place, user, locationId === null ? [] : [locationId], new Date())
  if (!made) throw new StartupError(`There is a user with the e-mail address ${email} already.`)
  return { id: made.id, companyId, locationId, email, firstName, lastName, type, role }
}

/** The location that is named, with its company; or the company, for what is the agency's own. */
export async function placeOf(db: Database, flags: Flags) {
  if (flags.location && flags.company) throw eitherOr()
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

export const eitherOr = () => new StartupError('Say --location or --company, not both.')

/** The scopes that are named, with commas or blanks between, or all there are. */
export function scopesOf(flags: Flags): readonly Scope[] {
  const wanted = required(flags, 'scopes')
    .split(/[\s,]+/)
    .filter((scope) => scope !== '')
  if (wanted.join() === 'all') return scopes
  const unknown = wanted.filter((scope) => !isScope(scope))
  if (unknown.length === 0 && wanted.length > 0) return [...new Set(wanted.filter(isScope))]
  throw new StartupError(
    `There is no scope "${unknown.join(', ')}". All: ${scopes.join(', ')}; or say "all".`,
  )
}

/** `groundlevel feedback`: what readers of the reference think of its pages. */
export function feedback(args: string[]): Promise<number> {
  return administer(args, {}, listFeedback)
}

/** Opens the database, runs the verb that the command line names, and prints what it returns. */
export async function administer(
  args: string[],
  own: Record<string, { type: 'string' | 'boolean' }>,
  verbs: Verb | Record<string, Verb>,
): Promise<number> {
  const words = typeof verbs === 'function' ? 0 : 1
  const { config, flags, rest } = readConfig(args, process.env, own, words)
  const verb = typeof verbs === 'function' ? verbs : verbs[rest[0] ?? '']
  if (!verb) throw new StartupError(`Say one of ${Object.keys(verbs).join(', ')}. See --help.`)
  const db = await (isEmbedded(config, flags) ? openSandbox(config) : openProduction(config))
  try {
    print(config, await verb(db, flags, config))
  } finally {
    await db.close()
  }
  return 0
}

/** Whether the database is the one in a directory, by what the command line and environment say. */
export function isEmbedded({ databaseUrl }: Config, flags: Flags): boolean {
  if (flags['data-dir'] && flags['database-url']) {
    throw new StartupError('Say --database-url or --data-dir, not both.')
  }
  // A flag counts before a variable, and DATABASE_URL may be one.
  return flags['data-dir'] !== undefined || !databaseUrl
}

function print({ json }: Config, result: object): void {
  process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`)
}

export function required(flags: Flags, name: string): string {
  const value = flags[name]
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new StartupError(`--${name} is missing. See --help.`)
}
