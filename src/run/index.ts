export type { TrainListener, TrainResult, TrainRun } from "./driveRun.js";
export type { BestModelChoice, RunEvent } from "./evaluations.js";
export type { BatchSize, CacheProgress, ComparedWeights, EvaluationMetrics, TrainEvent } from "./events.js";
export type { Fingerprint } from "./fingerprint.js";
