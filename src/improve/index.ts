/** From a model to a better one: jobs that train several models. */
export {
  type LearningCurve,
  type LearningCurveOptions,
  learningCurve,
  learningCurveDryRun,
} from "./curve/learningCurve.js";
export type { CurveForecast, CurveNext, CurvePoint, CurveScore } from "./curve/points.js";
export type { DryRuns, DryRunsEdge } from "./dryRuns.js";
export { Review, type ReviewedEntity, type ReviewItem } from "./review/review.js";
export type { Decision, ReviewAction } from "./review/reviewLog.js";
export type { CommandRun, FollowRun, ImproveEdge } from "./runs.js";
export {
  type FindSuspectsOptions,
  findSuspects,
  findSuspectsDryRun,
} from "./suspects/findSuspects.js";
export { requireNotOfSearch } from "./suspects/searchFiles.js";
export type { FoundSuspects, Suspect, SuspectSpan, SuspectsFound, SuspectWord } from "./suspects/suspects.js";
export type { FieldEffect, SweptSetting } from "./sweep/ranking.js";
export type { Setting, SweepRange, SweepSpace } from "./sweep/space.js";
export { type Sweep, type SweepOptions, sweep, sweepDryRun } from "./sweep/sweep.js";
