import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const timeChars = 8
const randomChars = 12

/**
 * An id as upstream's look: 20 characters of `[0-9A-Za-z]`. The first eight are the time in
 * milliseconds, so that a newer id sorts after an older one under `collate "C"`.
 */
export function newId(now: number = Date.now()): string {
  let time = ''
  for (let rest = now, i = 0; i < timeChars; i++) {
    time = alphabet[rest % 62] + time
    rest = Math.floor(rest / 62)
  }
  let random = ''
  while (random.length < randomChars) {
    for (const byte of randomBytes(randomChars * 2)) {
      // 248 = 4 × 62: bytes above it would favour the first letters.
      if (byte < 248 && random.length < randomChars) random += alphabet[byte % 62]
    }
  }
  return time + random
}
