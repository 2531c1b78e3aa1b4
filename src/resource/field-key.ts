/**
 * The part of a key that a name gives: `Pin code` is `pin_code`. UPSTREAM: behaviour-contacts.md
 * §6.2: blanks are underscores, other signs are dropped. DEVIATION: letters of every script stay.
 */
export function fieldKeyFrom(name: string): string {
  const words = name.normalize('NFC').toLowerCase().trim()
  return words.replaceAll(/\s/g, '_').replaceAll(/[^\p{L}\p{M}\p{N}_]/gu, '') || 'field'
}

/** The key, or the first of `key_1`, `key_2`, … that is not taken. */
export function freeKey(key: string, taken: ReadonlySet<string>): string {
  for (let i = 0; ; i++) {
    const candidate = i === 0 ? key : `${key}_${i}`
    if (!taken.has(candidate)) return candidate
  }
}
