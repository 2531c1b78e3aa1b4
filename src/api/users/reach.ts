import type { Caller } from '../../auth/caller.ts'
import { otherCompany, otherLocation, userTypeNotSupported } from '../../auth/errors.ts'
import type { Queryable } from '../../db/database.ts'
import type { Generation } from '../../http/version.ts'
import { emailInvalid, locationsMissing, passwordTooEasy } from './errors.ts'
import { userLimits } from './shapes.ts'
import { hasLocations, type User } from './statements.ts'

type RolesAndLocations = Pick<User['roles'], 'type' | 'locationIds'>

/**
 * Refuses a sub-account's token what reaches beyond its location. DEVIATION: such a token changes
 * only users who work nowhere else; their password and role count wherever they work.
 */
export function checkReach({ locationId }: Caller, { type, locationIds }: RolesAndLocations): void {
  if (locationId === undefined) return
  if (type === 'agency') throw userTypeNotSupported()
  if (locationIds.some((id) => id !== locationId)) throw otherLocation()
}

/** Refuses a type or locations of a user that the caller may not give. */
export async function checkRoles(
  db: Queryable,
  caller: Caller,
  roles: RolesAndLocations,
): Promise<void> {
  checkReach(caller, roles)
  if (roles.type === 'account' && roles.locationIds.length === 0) throw locationsMissing()
  if (!(await hasLocations(db, caller.companyId, roles.locationIds))) throw otherLocation()
}

export function checkCompany(
  { companyId }: Caller,
  companyIdGiven: string | null | undefined,
): void {
  if (companyIdGiven && companyIdGiven !== companyId) throw otherCompany()
}

export const isEmail = (text: string) => /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(text)

export function checkEmail(email: string): void {
  if (!isEmail(email)) throw emailInvalid()
}

/** Each of these must be in a password. UPSTREAM: CreateUserDto of v3 */
const characterClasses = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z\d]/]

export function checkStrength(generation: Generation, password: string): void {
  const isV3 = generation === 'v3'
  const charsMin = isV3 ? userLimits.passwordCharsMinV3 : userLimits.passwordCharsMin
  const isShort = password.length < charsMin
  const isWeak = isV3 && !characterClasses.every((characterClass) => characterClass.test(password))
  const messages = [
    ...(isShort ? [`password must be longer than or equal to ${charsMin} characters`] : []),
    ...(isWeak ? ['password is not strong enough'] : []),
  ]
  if (messages.length > 0) throw passwordTooEasy(messages)
}
