import {
  cancelOverlap,
  createPrivateIntegration,
  deletePrivateIntegration,
  listPrivateIntegrations,
  revokeTokens,
  rotateToken,
  setScopes,
} from '../../src/auth/private-integrations.ts'
import type { Database } from '../../src/db/database.ts'
import { StartupError } from '../../src/db/startup-error.ts'
import { administer, findTenant, requiredFlag, scopesOf } from './administration.ts'
import { type Flags, readSecret, secretFlags } from './secret-input.ts'

const textFlag = { type: 'string' } as const

/** `groundlevel token …`: private integrations and their tokens. */
export function token(args: string[]): Promise<number> {
  const flags = {
    name: textFlag,
    location: textFlag,
    company: textFlag,
    scopes: textFlag,
    id: textFlag,
    ...secretFlags('token'),
    now: { type: 'boolean' },
  } as const
  return administer(args, flags, {
    create,
    list,
    scopes: changeScopes,
    rotate,
    'cancel-overlap': cancelOverlapOf,
    delete: remove,
    revoke,
  })
}

async function create(db: Database, flags: Flags): Promise<object> {
  const scopes = scopesOf(flags)
  const name = requiredFlag(flags, 'name')
  const tenant = await findTenant(db, flags)
  const integration = { name, ...tenant, scopes }
  return { ...(await createPrivateIntegration(db, integration, new Date())), ...integration }
}

function list(db: Database, { company, location }: Flags): Promise<object> {
  const filter = {
    ...(typeof company === 'string' ? { companyId: company } : {}),
    ...(typeof location === 'string' ? { locationId: location } : {}),
  }
  return listPrivateIntegrations(db, filter, new Date())
}

async function changeScopes(db: Database, flags: Flags): Promise<object> {
  const update = { id: requiredFlag(flags, 'id'), scopes: scopesOf(flags) }
  if (!(await setScopes(db, update, new Date()))) throw unknownIntegration(update.id)
  return update
}

async function rotate(db: Database, flags: Flags): Promise<object> {
  const id = requiredFlag(flags, 'id')
  const oldTokenEnds = flags.now === true ? 'now' : 'later'
  const rotated = await rotateToken(db, { id, oldTokenEnds }, new Date())
  if (!rotated) throw unknownIntegration(id)
  return { id, ...rotated }
}

async function cancelOverlapOf(db: Database, flags: Flags): Promise<object> {
  return { ended: await cancelOverlap(db, requiredFlag(flags, 'id'), new Date()) }
}

async function remove(db: Database, flags: Flags): Promise<object> {
  const id = requiredFlag(flags, 'id')
  if (!(await deletePrivateIntegration(db, id))) throw unknownIntegration(id)
  return { deleted: id }
}

async function revoke(db: Database, flags: Flags): Promise<object> {
  const token = await readSecret(flags, 'token')
  const selector = token === undefined ? { id: requiredFlag(flags, 'id') } : { token }
  const revoked = await revokeTokens(db, selector, new Date())
  if (revoked === 0) throw new StartupError('There is no such token, or it was revoked before.')
  return { revoked }
}

function unknownIntegration(id: string): StartupError {
  return new StartupError(`There is no private integration ${id}. See groundlevel token list.`)
}
