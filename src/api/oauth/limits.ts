/** Bounds of OAuth alone. */
export const oauthLimits = {
  /** Locations that the page of OAuth lists for one person. */
  locationsOfferedMax: 2_000,
  /**
   * Wrong passwords are counted for this long: of one account from one network address, from one
   * address for all accounts, and of one account from everywhere.
   */
  signInWindowSeconds: 15 * 60,
  signInsFromAddressMax: 10,
  signInsPerAddressMax: 30,
  signInsPerAccountMax: 100,
  /** A browser in which somebody has signed in is known for so long. */
  browserKnownSeconds: 365 * 86_400,
  /** An authorization code; what RFC 6749 §4.1.2 allows at most. */
  codeMsMax: 600_000,
  /** Refresh tokens live a year. UPSTREAM: behaviour.md §6.3 */
  refreshTokenMsMax: 365 * 86_400_000,
  /** Concurrent refreshes with one token get the same pair within this time. UPSTREAM: the same */
  concurrentRefreshMs: 30_000,
  /** How many refresh tokens of one grant are kept, used ones included. */
  refreshTokensKept: 100,
  /** Installed locations on one page: v3's own bound, and ours for the older form. */
  installedLocationsMax: 100,
  installedLocationsLegacyMax: 500,
} as const
