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
import { administer, type Flags, placeOf, required, scopesOf } from './administration.ts'

const text = { type: 'string' } as const

/** `groundlevel token …`: private integrations and their tokens. */
export function token(args: string[]): Promise<number> {
  const flags = {
    name: text,
    location: text,
    company: text,
    scopes: text,
    id: text,
    token: text,
    now: { type: 'boolean' },
  } as const
  return administer(args, flags, {
    create,
    list,
    scopes: changeScopes,
    rotate,
    'cancel-overlap': cancel,
    delete: remove,
    revoke,
  })
}

async function create(db: Database, flags: Flags): Promise<object> {
  const wanted = scopesOf(flags)
  const name = required(flags, 'name')
  const place = await placeOf(db, flags)
  const integration = { name, ...place, scopes: wanted }
  return { ...(await createPrivateIntegration(db, integration, new Date())), ...integration }
}

function list(db: Database, { company, location }: Flags): Promise<object> {
  const place = {
    ...(typeof company === 'string' ? { companyId: company } : {}),
    ...(typeof location === 'string' ? { locationId: location } : {}),
  }
  return listPrivateIntegrations(db, place, new Date())
}

async function changeScopes(db: Database, flags: Flags): Promise<object> {
  const wanted = { id: required(flags, 'id'), scopes: scopesOf(flags) }
  if (!(await setScopes(db, wanted, new Date()))) throw unknown(wanted.id)
  return wanted
}

async function rotate(db: Database, flags: Flags): Promise<object> {
  const id = required(flags, 'id')
  const endsOld = flags.now === true ? 'now' : 'later'
  const rotated = await rotateToken(db, { id, endsOld }, new Date())
  if (!rotated) throw unknown(id)
  return { id, ...rotated }
}

async function cancel(db: Database, flags: Flags): Promise<object> {
  return { ended: await cancelOverlap(db, required(flags, 'id'), new Date()) }
}

async function remove(db: Database, flags: Flags): Promise<object> {
  const id = required(flags, 'id')
  if (!(await deletePrivateIntegration(db, id))) throw unknown(id)
  return { deleted: id }
}

async function revoke(db: Database, flags: Flags): Promise<object> {
  const which = flags.token ? { token: required(flags, 'token') } : { id: required(flags, 'id') }
  const revoked = await revokeTokens(db, which, new Date())
  if (revoked === 0) throw new StartupError('There is no such token, or it was revoked before.')
  return { revoked }
}

function unknown(id: string): StartupError {
  return new StartupError(`There is no private integration ${id}. See groundlevel token list.`)
}
