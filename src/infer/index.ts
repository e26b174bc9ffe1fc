/** Running a model over sentences and texts. */
export type { Entity } from "./entities.js";
export { type EvaluateFolderOptions, evaluateFolder, type FolderEvaluation } from "./evaluateFolder.js";
export { type Evaluation, type EvaluationOptions, evaluateTagger } from "./evaluation.js";
export { type LabelScheme, labelScheme } from "./labelScheme.js";
export { type FineTuned, type ModelOptions, openModel } from "./model.js";
export { type LoadOptions, load, type Ner, type NerOptions, type TextEntities } from "./pipeline.js";
export { Tagger } from "./tagger.js";
