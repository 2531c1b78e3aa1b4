import { availableParallelism } from 'node:os'

/** Bounds of the server, with the unit in the name; a family has its own beside its code. */
export const limits = {
  /** Request bodies; upstream does not publish its own bound. */
  bodyBytesMax: 1024 * 1024,
  /** How deep objects and lists may be nested in a body. */
  bodyDepthMax: 64,
  /** Path parameters; Node refuses an address of 16 KiB before this is reached. */
  paramCharsMax: 64 * 1024,
  /** A line of the log; the texts of a longer one are cut to so much each. */
  logLineCharsMax: 16 * 1024,
  logTextCharsMax: 500,
  /** A request must have arrived, body included. */
  requestMsMax: 30_000,
  /** Late requests are looked for this often. */
  requestCheckEveryMs: 1_000,
  /** Requests under way, of which a tenant alone has half; more would wait for longer, not sooner. */
  requestsMax: 512,
  /** A client refused for them waits `retryAfterSeconds` and up to this, not all the same time. */
  holdMsSpread: 3_000,
  /** A connection on which no request could be read is cut off this long after the answer. */
  lingerMsMax: 1_000,
  /** Violations that one 422 lists. */
  violationsMax: 200,
  /** How often a request retries after it lost a race against concurrent writes. */
  raceAttemptsMax: 10,
  /** A statement that runs longer is cancelled by the database. */
  statementMsMax: 5_000,
  /** A statement neither answered nor cancelled by then fails, and its connection is dropped. */
  answerMsMax: 6_000,
  /** A younger session is kept, whatever it refuses: all are given up no more often than this. */
  sessionMsMin: 1_000,
  /** A migration may rewrite a table, or wait for the migration of another process, this long. */
  scriptMsMax: 3_600_000,
  /** A migration waits this long for the end of an older server's session, */
  endServerMsMax: 5_000,
  /** and looks this often for sessions that are still there. */
  endServersAttemptsMax: 5,
  /** Opening a database connection. */
  connectMsMax: 2_000,
  /** Closing the database connections. */
  closeConnectionsMsMax: 1_000,
  /**
   * A statement that waits longer for a lock is cancelled. The longest that holds one, a bulk with a
   * key, takes about a second, and several of a tenant may follow one another.
   */
  lockMsMax: 4_000,
  /** Connections of one server process to PostgreSQL for quick reads, which wait for nothing, */
  sharedLanes: 6,
  /** and the statements under way on each: enough to keep it busy, so few that others wait little. */
  sharedLaneStatementsMax: 12,
  /**
   * Connections of one server process for everything else, each one tenant's at a time. One tenant
   * alone has half of them, of which four for transactions; with those above, five processes stay
   * below the 100 that PostgreSQL has by default.
   */
  ownLanes: 12,
  /** Statements under way on each of these. */
  ownLaneStatementsMax: 16,
  /** Statements under way on the one connection of PGlite, which takes them by the batch. */
  pgliteStatementsMax: 64,
  /** Statements and transactions that wait for a connection; a tenant has a share of them. */
  lanesWaitingMax: 1_024,
  /**
   * Passwords hashed at a time: at most two of the four threads that Node has, as signing and DNS
   * need them too, and half of the cores, as everything else needs those.
   */
  hashesMax: availableParallelism() < 4 ? 1 : 2,
  /** Passwords that wait for that, which take 0.1 to 0.2 s each; a tenant has a share of them. */
  hashesWaitingMax: 32,
  /** Whoever waits for a turn at something scarce is refused after this. */
  turnMsMax: 4_000,
  /**
   * The one connection of PGlite is a transaction's alone until its end: on a slow machine a bulk with
   * a key takes seconds, and whoever waits for it is served as long as a client may wait.
   */
  loneLaneTurnMsMax: 25_000,
  /** What a client is told to wait after a 503, and after a 429 that no window explains. */
  retryAfterSeconds: 1,
  /** A verified token is trusted this long without a look-up, a revoked one thus too. */
  tokenFreshMs: 800,
  /** A verified token older than this is looked up again in the background. */
  tokenRenewMs: 400,
  /** Verified tokens kept in memory. */
  tokensCachedMax: 10_000,
  /** Requests in progress when the server is stopped get this long to end. */
  stopMsMax: 3_000,
  /** Forms of OAuth; the largest names all locations of `locationsOfferedMax`. */
  formBytesMax: 64 * 1024,
  /** How long somebody stays signed in on the pages of OAuth. */
  sessionSecondsMax: 12 * 3_600,
  /** Expired rows (codes, tokens, sessions, keys, stored answers) are removed this often, */
  expiryEveryMs: 3_600_000,
  /** and this long after they expired: clocks of servers differ, and somebody may investigate. */
  expiredKeptMs: 86_400_000,
  /** Rows that one batch removes in its own commit, and batches of one run. */
  expiryRows: 500,
  expiryStepsMax: 200,
  /** Periodic work that failed is retried within this time, or when it is next due. */
  periodicRetryMsMax: 5_000,
  /** An answer is stored for retries with the same `Idempotency-Key`. */
  idempotencyKeptMs: 86_400_000,
  /** A retry waits this long for the first request in the same process. */
  idempotencyWaitMsMax: 5_000,
  /** A machine's clock that differs from the database's by more is set right; looked at this often. */
  clockMsMax: 1_000,
  clockEveryMs: 60_000,
  /** How many rows of a list a client may skip. */
  skipMax: 10_000,
  /** Rows on one page of locations or users; a larger limit counts as this. */
  accountRowsMax: 1_000,
  /** Records that one commit changes when a user leaves a location, or a stage or pipeline goes. */
  clearingRowsMax: 500,
  /** A request waits this long for that clean-up; what is left goes on in the background. */
  clearingMsMax: 2_000,
  /** Work that is no request's gets this long when the server is told to stop. */
  taskStopMsMax: 500,
  /** When a step of it failed, it is tried again after this. */
  leftoverRetryMs: 5_000,
  /** Rows of a plain table on one page; a larger limit counts as this. */
  plainRowsMax: 1_000,
  /** The last use of a token is written down at most this often. */
  tokenUseNotedEveryMs: 60_000,
  /** A rotated token works beside the new one for 7 days. UPSTREAM: behaviour.md §6.6 */
  tokenOverlapMs: 7 * 86_400_000,
  /** `serve` refuses a shorter GROUNDLEVEL_SECRET_KEY. */
  secretKeyCharsMin: 32,
  /** Requests of one app are counted in windows of this length, and in days. */
  rateWindowSeconds: 10,
  rateDaySeconds: 86_400,
  /**
   * The lease: the part of the limit that one process may grant before it reports it, or take from
   * the shared count at a time. Of 100 that is 2: five processes are within 10 % of the limit.
   */
  rateLeasePart: 0.02,
  rateDayLeasePart: 0.001,
  /** How often such requests are reported, those of all keys in one statement. */
  rateReportMs: 250,
  rateDayReportMs: 10_000,
  /** Without an answer of the store by then, processes count for themselves until the retry. */
  rateCountMsMax: 500,
  rateRetryMs: 5_000,
  /** Counts that one process keeps in memory: so many apps, and so many addresses. */
  rateKeysMax: 20_000,
  /** Counts of expired windows are removed this often. */
  rateSweepEveryMs: 300_000,
  /** A failing store of counts is logged at most this often. */
  rateWarnEveryMs: 60_000,
  /** A connection to Redis that stays silent this long despite pings is opened again. */
  redisSilentMsMax: 2_000,
  redisPingEveryMs: 1_000,
  /** The backoff between two attempts to reach Redis. */
  redisRetryMs: 1_000,
  /** Characters of a search, and of a filter's `contains` and `range` (upstream's own bound). */
  searchCharsMax: 75,
  /** Depth of nested groups, groups and conditions of one filter, and values of one condition. */
  filterDepthMax: 5,
  filterNodesMax: 100,
  filterValuesMax: 100,
  /** PGlite neither checkpoints nor vacuums by itself. */
  checkpointEveryMs: 60_000,
  vacuumEveryMs: 60_000,
  analyzeEveryMs: 600_000,
} as const
