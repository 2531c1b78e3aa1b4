/** Bounds of opportunities, pipelines and lost reasons alone. */
export const opportunityLimits = {
  /** An opportunity's name, and its source, */
  textCharsMax: 5_000,
  /** and all of its custom fields as JSON: a page of a search shows 500 opportunities. */
  customFieldsCharsMax: 64 * 1024,
  /** Users that may follow one opportunity (upstream's own bound). */
  followersMax: 10,
  /** Operations in one bulk, */
  bulkOperationsMax: 500,
  /** so many of which run at once; */
  bulkAtOnce: 8,
  /** when their answers are longer together, the rest is not run. */
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
  /** Stages whose sums one search tells. */
  stageSumsMax: 1_000,
  /** Where at least so many rows were added to a location's counts is looked for this often; */
  countsFoldRowsMin: 200,
  countsFoldEveryMs: 250,
  /** there they are folded, and again after this pause while more are added, so many times. */
  countsFoldPauseMs: 25,
  countsFoldRoundsMax: 10,
  /** Fewer are folded this often; so many rows go in one commit. */
  countsFoldAllEveryMs: 60_000,
  countsFoldRowsMax: 2_000,
} as const
