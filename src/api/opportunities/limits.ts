/** Bounds of opportunities, pipelines and lost reasons alone. */
export const opportunityLimits = {
  /** Characters of an opportunity's name, and of its source. */
  textCharsMax: 5_000,
  /** Characters of its custom fields as JSON; a page of a search shows 500 opportunities. */
  customFieldsCharsMax: 64 * 1024,
  /** Users that may follow one opportunity (upstream's own bound). */
  followersMax: 10,
  /** Operations in one bulk. */
  bulkOperationsMax: 500,
  /** Operations of one bulk that run concurrently. */
  bulkConcurrency: 8,
  /** Once a bulk's answers are longer than this together, its remaining operations are not run. */
  bulkAnswerCharsMax: 8 * 1024 * 1024,
  /** Pipelines of one location, and stages of one pipeline; upstream does not publish bounds. */
  pipelinesMax: 1_000,
  pipelineStagesMax: 200,
  stagePositionMax: 100_000,
  /** Names of pipelines, stages and lost reasons. */
  nameCharsMax: 255,
  /** Opportunities on one page of the search by address, and of that by body (upstream's own). */
  searchRowsMax: 100,
  advancedSearchRowsMax: 500,
  /** A search for text counts no further. */
  textTotalMax: 10_000,
  /** Stages whose sums one search shows. */
  stageSumsMax: 1_000,
  /** Locations with at least so many rows to fold into their counts are looked for this often. */
  countsFoldRowsMin: 200,
  countsFoldEveryMs: 250,
  /**
   * While more rows are added they are folded again after this pause, in at most so many rounds.
   */
  countsFoldPauseMs: 25,
  countsFoldRoundsMax: 10,
  /** Fewer rows are folded this often; one commit folds at most so many. */
  countsFoldAllEveryMs: 60_000,
  countsFoldRowsMax: 2_000,
} as const
