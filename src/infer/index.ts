/** Running a model over sentences and texts. */
export { type Evaluation, type EvaluationOptions, evaluateTagger } from "./evaluation.js";
export { Tagger } from "./tagger.js";
