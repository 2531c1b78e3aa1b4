import { createCompany, findCompany, listCompanies } from '../../src/api/companies.ts'
import { reactionsOfFamilies } from '../../src/api/index.ts'
import { findCompanyOf, insertLocation, listLocations } from '../../src/api/locations/statements.ts'
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
import { visibleLines } from '../../src/http/log/visible.ts'
import { openProduction } from '../../src/main.ts'
import { isTimezone } from '../../src/resource/timezones.ts'
import { openSandbox } from '../../src/sandbox.ts'
import { type Flags, readSecret, secretFlags } from './secret-input.ts'

type Verb = (db: Database, flags: Flags, config: Config) => Promise<object>

const textFlag = { type: 'string' } as const
const booleanFlag = { type: 'boolean' } as const

/** `groundlevel migrate`. The database is brought up to date wherever one is opened. */
export function migrate(args: string[]): Promise<number> {
  return administer(args, {}, async (db) => ({ upToDate: true, engine: db.engine.name }))
}

/** `groundlevel location create|list`. */
export function location(args: string[]): Promise<number> {
  const options = {
    name: textFlag,
    company: textFlag,
    'company-name': textFlag,
    timezone: textFlag,
  }
  return administer(args, options, {
    list: listLocations,
    async create(db, flags) {
      const companyId = await findCompanyId(db, flags)
      const timezone = String(flags.timezone ?? 'UTC')
      if (!isTimezone(timezone)) throw new StartupError(`There is no time zone ${timezone}.`)
      const name = requiredFlag(flags, 'name')
      const values = { name, timezone }
      const created = await insertLocation(
        db,
        companyId,
        values,
        new Date(),
        reactionsOfFamilies({}),
      )
      return { id: created?.id, companyId, name, timezone }
    },
  })
}

/** Returns the company of --company, or the only one; the first location makes one. */
async function findCompanyId(db: Database, flags: Flags): Promise<string> {
  if (flags.company) return requireCompany(db, requiredFlag(flags, 'company'))
  const companies = await listCompanies(db)
  const [company, secondCompany] = companies
  if (secondCompany) {
    const all = companies.map(({ id, name }) => `${id} (${name})`).join(', ')
    throw new StartupError(`Say which company with --company: ${all}.`)
  }
  return company?.id ?? createCompany(db, String(flags['company-name'] ?? 'My agency'), new Date())
}

/** `groundlevel user create|list`. */
export function user(args: string[]): Promise<number> {
  const options = {
    location: textFlag,
    company: textFlag,
    email: textFlag,
    'first-name': textFlag,
    'last-name': textFlag,
    ...secretFlags('password'),
    admin: booleanFlag,
  }
  return administer(args, options, { list: listUsers, create: createUser })
}

/** Makes a user of a location, or of the agency where only --company is given. */
async function createUser(db: Database, flags: Flags): Promise<object> {
  const email = requiredFlag(flags, 'email')
  const firstName = requiredFlag(flags, 'first-name')
  const lastName = requiredFlag(flags, 'last-name')
  const role = flags.admin === true ? 'admin' : 'user'
  if (email.length > userLimits.emailCharsMax || !isEmail(email)) {
    throw new StartupError(`"${email}" is no e-mail address.`)
  }
  const { companyId, locationId } = await findTenant(db, flags)
  const password = await readSecret(flags, 'password')
  const { passwordCharsMin: min, passwordCharsMax: max } = userLimits
  if (password && (password.length < min || password.length > max)) {
    throw new StartupError(`A password is of ${min} to ${max} characters.`)
  }
  const passwordHash = password ? await hashPassword(password, passwordCost) : null
  const type = locationId === null ? 'agency' : 'account'
  const user = { email, firstName, lastName, role, type, passwordHash } as const
  const company = { companyId, locationId: undefined }
  const created = await addUser(
    db,
    company,
    user,
    locationId === null ? [] : [locationId],
    new Date(),
  )
  if (!created) throw new StartupError(`There is a user with the e-mail address ${email} already.`)
  return { id: created.id, companyId, locationId, email, firstName, lastName, type, role }
}

/** Finds the location of --location with its company, or the company of --company alone. */
export async function findTenant(db: Database, flags: Flags) {
  if (flags.location && flags.company) throw tenantAmbiguous()
  if (!flags.location) {
    return { companyId: await requireCompany(db, requiredFlag(flags, 'company')), locationId: null }
  }
  const locationId = requiredFlag(flags, 'location')
  const companyId = await findCompanyOf(db, locationId)
  if (!companyId) throw new StartupError(`There is no location ${locationId}.`)
  return { companyId, locationId }
}

async function requireCompany(db: Database, id: string): Promise<string> {
  if (await findCompany(db, id)) return id
  throw new StartupError(`There is no company ${id}.`)
}

export const tenantAmbiguous = () => new StartupError('Say --location or --company, not both.')

/** Reads the scopes of --scopes, between commas or blanks; "all" means every scope. */
export function scopesOf(flags: Flags): readonly Scope[] {
  const names = requiredFlag(flags, 'scopes')
    .split(/[\s,]+/)
    .filter((scope) => scope !== '')
  if (names.join() === 'all') return scopes
  const unknownNames = names.filter((scope) => !isScope(scope))
  if (unknownNames.length === 0 && names.length > 0) return [...new Set(names.filter(isScope))]
  throw new StartupError(
    `There is no scope "${unknownNames.join(', ')}". All: ${scopes.join(', ')}; or say "all".`,
  )
}

/** `groundlevel feedback`: what readers of the reference think of its pages. */
export function feedback(args: string[]): Promise<number> {
  return administer(args, {}, listFeedback)
}

/** Opens the database, runs the verb that the command line names, and prints what it returns. */
export async function administer(
  args: string[],
  options: Record<string, { type: 'string' | 'boolean' }>,
  verbs: Verb | Record<string, Verb>,
): Promise<number> {
  const verbCount = typeof verbs === 'function' ? 0 : 1
  const { config, flags, rest } = readConfig(args, process.env, options, verbCount)
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

/** Whether the command line and environment ask for the embedded database in a directory. */
export function isEmbedded({ databaseUrl }: Config, flags: Flags): boolean {
  if (flags['data-dir'] && flags['database-url']) {
    throw new StartupError('Say --database-url or --data-dir, not both.')
  }
  // A flag counts before a variable, and DATABASE_URL may be one.
  return flags['data-dir'] !== undefined || !databaseUrl
}

function print({ json }: Config, result: object): void {
  const text = json ? JSON.stringify(result) : JSON.stringify(result, null, 2)
  process.stdout.write(`${visibleLines(text)}\n`)
}

export function requiredFlag(flags: Flags, name: string): string {
  const value = flags[name]
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new StartupError(`--${name} is missing. See --help.`)
}
