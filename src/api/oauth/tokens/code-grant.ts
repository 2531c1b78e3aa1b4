import { timingSafeEqual } from 'node:crypto'
import { hashToken } from '../../../auth/private-integrations.ts'
import type { AppContext } from '../../../context.ts'
import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { newHexId } from '../../../ids.ts'
import type { TokenFault } from '../errors.ts'
import { authenticateApp } from '../installs/apps.ts'
import { challengeOfVerifier, revokeInstallGrants } from '../installs/install.ts'
import {
  createGrant,
  type Grant,
  type IssuedTokens,
  newRefreshToken,
  signAccessToken,
  storeRefreshToken,
  type UserType,
} from './grants.ts'
import type { TokenRequest } from './token-request.ts'

type CodeRow = {
  installId: string
  redirectUri: string
  codeChallenge: string | null
  isUsed: boolean
  appId: string
  scopes: string[]
  locationId: string
  isActive: boolean
}

/** Exchanges a code for its tokens, once. */
export async function exchangeCode(
  { db, keys, now }: AppContext,
  request: TokenRequest & { code: string },
): Promise<IssuedTokens | TokenFault> {
  const time = now()
  const refreshToken = newRefreshToken()
  // A refusal is returned, not thrown, so that its changes are committed.
  const outcome = await db.transaction(async (tx) => {
    const code = await lockCode(tx, request.code, time)
    // UPSTREAM: the code is looked at before the credentials. behaviour.md §6.2
    if (!code) return 'code'
    const app = await authenticateApp(tx, request)
    if (!app) return 'client'
    if (app.id !== code.appId) return 'code'
    if (code.isUsed) {
      // A second use means that somebody else has the code, so its tokens end (RFC 6749 §4.1.2).
      // DEVIATION: of uses at once one gets tokens, which end with the next.
      await revokeInstallGrants(tx, code.installId, time)
      return 'code'
    }
    const fault = codeFault(code, request)
    if (fault) {
      // A wrong verifier uses the code up, so that nobody can guess on.
      if (fault === 'code_verifier') await markCodeUsed(tx, request.code, null, time)
      return fault
    }
    const grant = await createGrant(tx, newGrantOf(code), time)
    await markCodeUsed(tx, request.code, grant.id, time)
    return { grant, refreshTokenId: await storeRefreshToken(tx, grant.id, refreshToken, time) }
  })
  if (typeof outcome === 'string') return outcome
  return { ...outcome, refreshToken, accessToken: await signFirstToken(keys, outcome.grant, time) }
}

function signFirstToken(keys: AppContext['keys'], grant: Grant, issuedAt: Date): Promise<string> {
  return signAccessToken(keys, grant, { serial: newHexId(issuedAt.getTime()), issuedAt })
}

async function lockCode(tx: Queryable, code: string, now: Date): Promise<CodeRow | undefined> {
  const [row] = await tx.query<CodeRow>(sql`
    select c.install_id as "installId", c.redirect_uri as "redirectUri",
      c.code_challenge as "codeChallenge", c.used_at is not null as "isUsed",
      i.app_id as "appId", i.scopes, i.location_id as "locationId",
      not exists (select from locations l where l.location_id = i.location_id
        and l.deleted_at is not null) as "isActive"
    from oauth_codes c
    join oauth_installs i on i.id = c.install_id
    where c.hash = ${hashToken(code)} and c.expires_at > ${now} and i.uninstalled_at is null
    for update of c`)
  return row
}

async function markCodeUsed(
  tx: Queryable,
  code: string,
  grantId: string | null,
  now: Date,
): Promise<void> {
  await tx.query(sql`
    update oauth_codes set used_at = ${now}, grant_id = ${grantId} where hash = ${hashToken(code)}`)
}

function codeFault(
  code: CodeRow,
  { redirectUri, codeVerifier }: TokenRequest,
): TokenFault | undefined {
  // UPSTREAM: redirect_uri is optional here; RFC 6749 would have it be sent again.
  if (redirectUri !== undefined && redirectUri !== code.redirectUri) return 'redirect_uri'
  if (code.codeChallenge !== null) {
    if (codeVerifier === undefined) return 'code_verifier missing'
    if (!isProof(codeVerifier, code.codeChallenge)) return 'code_verifier'
  } else if (codeVerifier !== undefined) {
    // Somebody may have taken the challenge out of the address (RFC 9700 §2.1.1).
    return 'code_verifier'
  }
  return code.isActive ? undefined : 'location'
}

/** RFC 7636 §4.6. */
function isProof(verifier: string, challenge: string): boolean {
  const proof = Buffer.from(challengeOfVerifier(verifier))
  const expected = Buffer.from(challenge)
  return proof.length === expected.length && timingSafeEqual(proof, expected)
}

/**
 * A location's install gives its tokens, an agency's the agency's. DEVIATION: what was
 * installed decides, whatever `user_type` asks for; the answer says which it is.
 */
function newGrantOf({ installId, scopes, locationId }: CodeRow) {
  const userType: UserType = locationId ? 'Location' : 'Company'
  return { installId, userType, locationId, byAgency: false, scopes }
}
