import { randomBytes, randomFillSync } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomChars = 10

/** Chance is drawn in advance: asking the system for a few bytes costs more than an id. */
const chance = Buffer.alloc(8_192)
let drawn = chance.length

let last = 0
let sequence = 0

/**
 * An id as upstream's look: 20 characters of `[0-9A-Za-z]`. Eight are the time in milliseconds
 * and two count within one, so that a newer id of this process sorts after an older one under
 * `collate "C"`; ten are random.
 */
export function newId(now: number = Date.now()): string {
  sequence = now === last ? sequence + 1 : 0
  last = now
  let random = ''
  while (random.length < randomChars) {
    const byte = randomByte()
    // 248 = 4 × 62: bytes above it would favour the first letters.
    if (byte < 248) random += alphabet[byte % 62]
  }
  return digits(now, 8) + digits(sequence, 2) + random
}

function randomByte(): number {
  if (drawn === chance.length) {
    randomFillSync(chance)
    drawn = 0
  }
  return chance.readUInt8(drawn++)
}

/** An id of 24 hex digits, as upstream's apps and installs have: the time in seconds, then chance. */
export function newHexId(now: number = Date.now()): string {
  return (
    Math.floor(now / 1000)
      .toString(16)
      .padStart(8, '0') + randomBytes(8).toString('hex')
  )
}

function digits(number: number, count: number): string {
  let text = ''
  for (let rest = number, i = 0; i < count; i++) {
    text = alphabet[rest % 62] + text
    rest = Math.floor(rest / 62)
  }
  return text
}
