import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { currentTenant } from '../db/lanes/tenant.ts'
import { fairQueue } from '../db/lanes/turns.ts'
import { limits } from '../limits.ts'

/** Scrypt's parameters; they stay with each hash. */
export type PasswordCost = { N: number; r: number; p: number }

/** OWASP's minimum for scrypt, in the variant that takes 16 MiB. */
export const passwordCost: PasswordCost = { N: 16_384, r: 8, p: 5 }
const memoryBytesMax = 256 * 1024 * 1024
const saltBytes = 16
const keyBytes = 32

/** One for the process, as its threads are: a hash keeps one of them for a tenth of a second. */
const runInTurn = fairQueue({
  runningMax: limits.hashesMax,
  waitingMax: limits.hashesWaitingMax,
})

/** What is stored of a password: `scrypt$N$r$p$salt$hash`, the last two in base64. */
export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(password, salt, keyBytes, cost)
  const { N, r, p } = cost
  return ['scrypt', N, r, p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** Whether a password is the stored one; takes the same time wherever they differ. */
export async function checkPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = stored.split('$')
  if (scheme !== 'scrypt' || !salt || !key) return false
  const expected = Buffer.from(key, 'base64')
  const options = { N: Number(N), r: Number(r), p: Number(p) }
  const found = await derive(password, Buffer.from(salt, 'base64'), expected.length, options)
  return timingSafeEqual(found, expected)
}

function derive(
  password: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
): Promise<Buffer> {
  // The same password may reach us composed or decomposed, as keyboards differ.
  const text = password.normalize('NFKC')
  const scryptOptions = { ...options, maxmem: memoryBytesMax }
  return runInTurn(
    currentTenant(),
    () =>
      new Promise((resolve, reject) => {
        scrypt(text, salt, length, scryptOptions, (error, key) =>
          error ? reject(error) : resolve(key),
        )
      }),
  )
}
