/** Bounds of contacts alone. */
export const contactLimits = {
  /** Characters of a name, an address, a tag and the like. */
  textCharsMax: 5_000,
  /** Users that may follow one contact (upstream's own bound). */
  followersMax: 10,
  /** Changes of one contact that meet this often lock it. */
  unlockedAttemptsMax: 2,
  /** Contacts of one bulk change of their business (upstream's own bound). */
  bulkBusinessMax: 50,
} as const
