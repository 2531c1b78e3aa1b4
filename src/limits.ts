/** Every bound of the server, with its unit in the name. */
export const limits = {
  /** Request bodies; upstream does not publish its own bound. */
  bodyBytesMax: 1024 * 1024,
  /** Objects and lists inside one another in a body. */
  bodyDepthMax: 64,
  /** Path parameters; Node refuses an address of 16 KiB before this is reached. */
  paramCharsMax: 64 * 1024,
  /** A request must have arrived, body included. */
  requestMsMax: 30_000,
  /** Violations that one 422 lists. */
  violationsMax: 200,
  /** Users that may follow one opportunity (upstream's own bound). */
  followersMax: 10,
  /** A statement that runs longer is cancelled by the database. */
  statementMsMax: 5_000,
  /** A statement that the database neither answers nor cancels gives up its connection. */
  answerMsMax: 6_000,
  /** A migration's text, which may rewrite a table or wait for another process's migration. */
  scriptMsMax: 3_600_000,
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
  /** PGlite neither checkpoints nor vacuums by itself. */
  checkpointEveryMs: 60_000,
  vacuumEveryMs: 600_000,
} as const
