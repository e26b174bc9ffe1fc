export { type Comparison, type PairedSentences, pairedBootstrap } from "./bootstrap.js";
export { labelIssues, type Probabilities, selfConfidence } from "./confidentLearning.js";
export type { EntitySpan } from "./entitySpan.js";
export {
  type EntityError,
  type ErrorKind,
  type ErrorsOfKind,
  errorsByKind,
} from "./errorsByKind.js";
export { evalLoss } from "./loss.js";
export { mean, sampleDeviation } from "./means.js";
export { bothModesReport, classificationReport } from "./report.js";
export { type EntityScores, type SeqevalScores, seqevalScores } from "./seqeval.js";
export { entitySpans, type SpanOptions } from "./spans.js";
export { type StrictScheme, seqevalScheme } from "./strictSpans.js";
