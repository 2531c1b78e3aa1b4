import { randomBytes, randomFillSync } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomChars = 10

/** Random bytes are fetched in advance: asking the system for a few costs more than an id. */
const randomPool = Buffer.alloc(8_192)
let poolOffset = randomPool.length

/** How many ids two digits count within a millisecond. */
const perMillisecond = 62 * 62

/**
 * Makes a maker of ids that look as upstream's do: 20 characters of `[0-9A-Za-z]`. Eight are the
 * time in milliseconds and two count within one; ten are random. Each id sorts after the one
 * before under `collate "C"`: when the clock is set back, or a millisecond is used up, the
 * time in the id runs ahead of the clock.
 */
export function idMaker(clock: () => number): () => string {
  let time = 0
  let sequence = 0
  return () => {
    const now = clock()
    sequence++
    if (now > time) [time, sequence] = [now, 0]
    else if (sequence === perMillisecond) [time, sequence] = [time + 1, 0]
    return digits(time, 8) + digits(sequence, 2) + randomText()
  }
}

/** Makes a new id of this process. */
export const newId: () => string = idMaker(Date.now)

function randomText(): string {
  let text = ''
  while (text.length < randomChars) {
    const byte = randomByte()
    // 248 = 4 × 62: bytes above it would favour the first letters.
    if (byte < 248) text += alphabet[byte % 62]
  }
  return text
}

function randomByte(): number {
  if (poolOffset === randomPool.length) {
    randomFillSync(randomPool)
    poolOffset = 0
  }
  return randomPool.readUInt8(poolOffset++)
}

/** An id of 24 hex digits, as upstream's apps and installs have: seconds, then random. */
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
