/** Bounds of the server, with the unit in the name; what one family bounds stands beside it. */
export const limits = {
  /** Request bodies; upstream does not publish its own bound. */
  bodyBytesMax: 1024 * 1024,
  /** Objects and lists inside one another in a body. */
  bodyDepthMax: 64,
  /** Path parameters; Node refuses an address of 16 KiB before this is reached. */
  paramCharsMax: 64 * 1024,
  /** A request must have arrived, body included. */
  requestMsMax: 30_000,
  /** A connection on which no request could be read is cut off this long after the answer. */
  lingerMsMax: 1_000,
  /** Violations that one 422 lists. */
  violationsMax: 200,
  /** How often a request looks and writes again after others were quicker. */
  raceAttemptsMax: 10,
  /** A statement that runs longer is cancelled by the database. */
  statementMsMax: 5_000,
  /** A statement that the database neither answers nor cancels gives up its connection. */
  answerMsMax: 6_000,
  /** A migration's text, which may rewrite a table or wait for another process's migration. */
  scriptMsMax: 3_600_000,
  /** A session of an older server is waited for this long when a migration ends it, */
  endServerMsMax: 5_000,
  /** and looked for again this often. */
  endServersAttemptsMax: 5,
  /** Opening a database connection. */
  connectMsMax: 2_000,
  /** Closing the database connections. */
  goodbyeMsMax: 1_000,
  /** Pipelined connections of one server process to PostgreSQL. */
  lanes: 6,
  /** Connections that transactions of one server process may hold at once. */
  transactionsMax: 4,
  /** What a client is told to wait after a 503. */
  retryAfterSeconds: 1,
  /** A verified token is believed this long: a revoked one dies within a second. */
  tokenFreshMs: 800,
  /** A verified token older than this is looked up again in the background. */
  tokenRenewMs: 400,
  /** Verified tokens kept in memory. */
  tokensCachedMax: 10_000,
  /** Requests under way when the server is told to stop get this long. */
  stopMsMax: 3_000,
  /** Forms of OAuth; the largest names all locations of `locationsOfferedMax`. */
  formBytesMax: 64 * 1024,
  /** How long somebody stays signed in on the pages of OAuth. */
  sessionSecondsMax: 12 * 3_600,
  /** What has expired (codes, tokens, sessions, keys, kept answers) is removed this often, */
  expiryEveryMs: 3_600_000,
  /** and this long after its end: the clocks of servers differ, and traces are looked for. */
  expiredKeptMs: 86_400_000,
  /** So many rows go in one commit, and so many commits are one run. */
  expiryRows: 500,
  expiryStepsMax: 200,
  /** Periodic work that fails is tried again within this time, or when it is due. */
  periodicRetryMsMax: 5_000,
  /** An answer is kept for whoever repeats its request with its `Idempotency-Key`. */
  idempotencyKeptMs: 86_400_000,
  /** A repeated request waits this long for the first one in its process. */
  idempotencyWaitMsMax: 5_000,
  /** How far a list may be skipped into. */
  skipMax: 10_000,
  /** Rows on one page of locations or users; a larger limit counts as this. */
  accountRowsMax: 1_000,
  /** Records that one commit changes when a user leaves a location, or a stage or pipeline goes. */
  clearingRowsMax: 500,
  /** A request waits this long for that to be finished; the rest goes on without it. */
  clearingMsMax: 2_000,
  /** Rows of a plain table on one page; a larger limit counts as this. */
  plainRowsMax: 1_000,
  /** That a token was used is noted this often. */
  tokenUseNotedEveryMs: 60_000,
  /** A rotated token goes on beside the new one for 7 days. UPSTREAM: behaviour.md §6.6 */
  tokenOverlapMs: 7 * 86_400_000,
  /** What `serve` asks of GROUNDLEVEL_SECRET_KEY. */
  secretKeyCharsMin: 32,
  /** Requests of one app are counted in windows of this length, and in days. */
  rateWindowSeconds: 10,
  rateDaySeconds: 86_400,
  /**
   * The part of what is allowed that one process may grant before it has reported it, or take from
   * the shared count at a time. Of 100 that is 2: five processes are within 10 % of the limit.
   */
  rateLeasePart: 0.02,
  rateDayLeasePart: 0.001,
  /** How often such requests are reported, all in one statement. */
  rateReportMs: 250,
  rateDayReportMs: 10_000,
  /** A count that does not come within this time is done without, and so are those after it. */
  rateCountMsMax: 500,
  rateRetryMs: 5_000,
  /** Apps and addresses whose counts one process keeps in memory, of each kind. */
  rateKeysMax: 20_000,
  /** Counts of windows that are over are removed. */
  rateSweepEveryMs: 300_000,
  /** How often a failing store of counts is complained about. */
  rateWarnEveryMs: 60_000,
  /** A connection to Redis that is silent for this long is opened anew; it is pinged meanwhile. */
  redisSilentMsMax: 2_000,
  redisPingEveryMs: 1_000,
  /** How long a Redis that is away is left alone between two tries. */
  redisRetryMs: 1_000,
  /** What is searched for, and what a filter's `contains` and `range` may hold (upstream's own). */
  searchCharsMax: 75,
  /** Groups inside one another, groups and conditions of one filter, and values of a condition. */
  filterDepthMax: 5,
  filterNodesMax: 100,
  filterValuesMax: 100,
  /** PGlite neither checkpoints nor vacuums by itself. */
  checkpointEveryMs: 60_000,
  vacuumEveryMs: 600_000,
} as const
