import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  verify as verifySignature,
} from 'node:crypto'
import { promisify } from 'node:util'
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  type JSONWebKeySet,
  type JWTPayload,
  SignJWT,
} from 'jose'
import type { Database, Queryable } from '../db/database.ts'
import { lockDatabase } from '../db/migrate.ts'
import { type Sql, sql } from '../db/sql.ts'
import { StartupError } from '../db/startup-error.ts'
import { newHexId } from '../ids.ts'
import { limits } from '../limits.ts'

/** Signs and verifies this server's tokens; the keys are in the database, for all processes. */
export type SigningKeys = {
  /** A JWT by RS256; the same claims give the same token. */
  sign(claims: JWTPayload): Promise<string>
  /** The claims of a token that one of our keys signed and that has not expired; else throws. */
  verify(token: string, now: Date): Promise<JWTPayload>
  /** What `/.well-known/jwks.json` answers: retired keys too, while their tokens live. */
  jwks(): Promise<JSONWebKeySet>
  /** Derives a secret from a text; every process of this server derives the same. */
  derive(text: string): string
  /**
   * The keyed hash of a text that may hold a password: who has the database alone cannot try
   * passwords against it. Other signing keys leave it as it is.
   */
  fingerprint(text: string): string
}

type KeyRow = { kid: string; publicJwk: JSONWebKeySet['keys'][number]; privateKey: string }

const newKeyPair = promisify(generateKeyPair)

/** Tokens of a retired key are accepted until the last of them has expired. */
const retiredKeptMs = 2 * 86_400_000

/** Keys are reloaded this often, and for an unknown one: other processes may rotate them. */
const reloadAfterMs = 60_000
const reloadForUnknownMs = 1_000

/** Reads the keys, and makes the first one. `secretKey` encrypts what is stored. */
export async function openSigningKeys(
  db: Database,
  secretKey: string | undefined,
  now: Date,
): Promise<SigningKeys> {
  const storedKeys = await readKeys(db, now)
  let keys = parseKeys(
    storedKeys.length > 0 ? storedKeys : await createFirstKey(db, secretKey, now),
    secretKey,
  )
  let readAt = performance.now()
  let pendingReload: Promise<void> | undefined

  /** Concurrent callers wait for the same reload. */
  async function reloadKeys(minAgeMs: number): Promise<void> {
    if (pendingReload) return pendingReload
    if (performance.now() - readAt < minAgeMs) return
    readAt = performance.now()
    pendingReload = readKeys(db, new Date())
      .then((rows) => {
        keys = parseKeys(rows, secretKey)
      })
      .finally(() => {
        pendingReload = undefined
      })
    return pendingReload
  }

  async function verify(token: string, currentDate: Date): Promise<JWTPayload> {
    // Reloading forgets keys that another process ended; without the database, the old ones serve.
    await reloadKeys(reloadAfterMs).catch(() => undefined)
    const keyId = decodeProtectedHeader(token).kid
    if (!keyId) throw new Error('The token names no key')
    if (!keys.publicKeys.has(keyId)) await reloadKeys(reloadForUnknownMs)
    const key = keys.publicKeys.get(keyId)
    if (!key) throw new Error('The token was signed with an unknown key')
    return verifyToken(token, key, currentDate)
  }

  return {
    async sign(claims) {
      await reloadKeys(reloadAfterMs)
      const header = { alg: 'RS256', typ: 'JWT', kid: keys.kid }
      return new SignJWT(claims).setProtectedHeader(header).sign(keys.privateKey)
    },
    verify,
    async jwks() {
      await reloadKeys(reloadForUnknownMs)
      return keys.jwks
    },
    derive: (text) => keyedHash(keys.secret, text),
    fingerprint: (text) =>
      keyedHash(secretKey ? cipherKeyOf(`fingerprints:${secretKey}`) : keys.secret, text),
  }
}

/**
 * The claims of an unexpired JWT with a signature by RS256 of this key; else throws. It waits for
 * nothing: Web Crypto checks in the threads that hash passwords and look up host names, and takes
 * longer on the way there and back than the check does.
 */
function verifyToken(token: string, key: KeyObject, now: Date): JWTPayload {
  const { alg, crit } = decodeProtectedHeader(token)
  if (alg !== 'RS256' || crit !== undefined) throw new Error('The token is not one of ours')
  const end = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(end + 1), 'base64url')
  if (!verifySignature('sha256', Buffer.from(token.slice(0, end)), key, signature)) {
    throw new Error('The token has another signature')
  }
  const claims = decodeJwt(token)
  if (typeof claims.exp !== 'number' || claims.exp * 1000 <= now.getTime()) {
    throw new Error('The token has expired')
  }
  return claims
}

/** How many keys there are; throws where `secretKey` does not open one of them. */
export async function countSigningKeys(
  db: Queryable,
  secretKey: string | undefined,
  now: Date,
): Promise<number> {
  const rows = await readKeys(db, now)
  for (const { privateKey } of rows) decrypt(privateKey, secretKey)
  return rows.length
}

/** Parses the rows of the keys; the newest signs. */
function parseKeys(rows: readonly KeyRow[], secretKey: string | undefined) {
  const [newest] = rows
  const oldest = rows.at(-1)
  if (!newest || !oldest) throw new Error('There is no signing key')
  const jwks: JSONWebKeySet = { keys: rows.map(({ publicJwk }) => publicJwk) }
  // The oldest key is the root, so that processes derive the same before and after a rotation.
  const root = createPrivateKey(decrypt(oldest.privateKey, secretKey))
  return {
    kid: newest.kid,
    privateKey: createPrivateKey(decrypt(newest.privateKey, secretKey)),
    jwks,
    publicKeys: new Map(
      rows.map(({ kid, publicJwk }) => [kid, createPublicKey({ key: publicJwk, format: 'jwk' })]),
    ),
    secret: createHash('sha256').update(toPem(root)).digest(),
  }
}

/**
 * Makes a new signing key, which running servers use within a minute. The old ones stay
 * until their tokens have expired, or end now, as a leaked key must.
 */
export async function rotateSigningKey(
  db: Database,
  secretKey: string | undefined,
  now: Date,
  oldTokensEnd: 'now' | 'later' = 'later',
): Promise<string> {
  return db.transaction(async (tx) => {
    await lockDatabase(tx)
    // Without the secret key of the stored keys, the new one would be encrypted differently.
    for (const { privateKey } of await readKeys(tx, now)) decrypt(privateKey, secretKey)
    const kid = await insertKey(tx, secretKey, now)
    await tx.query(
      oldTokensEnd === 'now'
        ? sql`delete from oauth_signing_keys where kid <> ${kid}`
        : sql`
          update oauth_signing_keys set retired_at = ${now}
          where kid <> ${kid} and retired_at is null`,
    )
    return kid
  })
}

/** The lock makes servers that start concurrently on an empty database share one key. */
function createFirstKey(db: Database, secretKey: string | undefined, now: Date): Promise<KeyRow[]> {
  return db.transaction(async (tx) => {
    await lockDatabase(tx)
    if ((await readKeys(tx, now)).length === 0) await insertKey(tx, secretKey, now)
    return readKeys(tx, now)
  })
}

function readKeys(db: Queryable, now: Date): Promise<KeyRow[]> {
  const oldest = new Date(now.getTime() - retiredKeptMs)
  return db.query<KeyRow>(sql`
    select kid, public_jwk as "publicJwk", private_key as "privateKey" from oauth_signing_keys
    where retired_at is null or retired_at > ${oldest}
    order by created_at desc, kid limit 10`)
}

async function insertKey(db: Queryable, secretKey: string | undefined, now: Date): Promise<string> {
  const { publicKey, privateKey } = await newKeyPair('rsa', { modulusLength: 2048 })
  const kid = newHexId(now.getTime())
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  await db.query(sql`
    insert into oauth_signing_keys (kid, public_jwk, private_key, created_at)
    values (${kid}, ${JSON.stringify(jwk)}, ${encrypt(toPem(privateKey), secretKey)}, ${now})`)
  return kid
}

/** The statement that removes a batch of keys whose last tokens expired before a time. */
export const expiredSigningKeys = (before: Date): Sql => sql`
  delete from oauth_signing_keys where kid = any(array(
    select k.kid from oauth_signing_keys k
    where k.retired_at <= ${new Date(before.getTime() - retiredKeptMs)}
    limit ${limits.expiryRows} for update skip locked))
  returning kid`

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

const encryptedPrefix = 'aes-256-gcm:'

function encrypt(text: string, secretKey: string | undefined): string {
  if (!secretKey) return text
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', cipherKeyOf(secretKey), nonce)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return (
    encryptedPrefix + Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64')
  )
}

function decrypt(stored: string, secretKey: string | undefined): string {
  if (!stored.startsWith(encryptedPrefix)) return stored
  try {
    const bytes = Buffer.from(stored.slice(encryptedPrefix.length), 'base64')
    const cipher = createDecipheriv(
      'aes-256-gcm',
      cipherKeyOf(secretKey ?? ''),
      bytes.subarray(0, 12),
    )
    cipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8')
  } catch {
    throw new StartupError(
      'The signing keys in the database are encrypted with another GROUNDLEVEL_SECRET_KEY. ' +
        'Set the one that they were made with.',
    )
  }
}

function keyedHash(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

function cipherKeyOf(secretKey: string): Buffer {
  return createHash('sha256').update(secretKey).digest()
}
