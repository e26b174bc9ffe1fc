export type { TrainListener, TrainResult, TrainRun } from "./driveRun.js";
export type { BestModelChoice } from "./evaluations.js";
export type {
  BatchSize,
  CacheProgress,
  ComparedWeights,
  EvaluationMetrics,
  RunEvaluation,
  TrainEvent,
} from "./events.js";
export type { Fingerprint } from "./fingerprint.js";
export type { RecordedEvaluation, RecordedEvent } from "./history.js";
