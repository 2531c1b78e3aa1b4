import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** Scrypt's parameters; they stay with each hash. */
export type PasswordCost = { N: number; r: number; p: number }

/** OWASP's minimum for scrypt, in the variant that takes 16 MiB. */
export const passwordCost: PasswordCost = { N: 16_384, r: 8, p: 5 }
const memoryBytesMax = 256 * 1024 * 1024
const saltBytes = 16
const keyBytes = 32

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
  return new Promise((resolve, reject) => {
    // The same password may reach us composed or decomposed, as keyboards differ.
    const text = password.normalize('NFKC')
    scrypt(text, salt, length, { ...options, maxmem: memoryBytesMax }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
