/** Encoder families (config → parameters and forward pass), weights, and batches. */

export type { Features, Feed, Sequence } from "./batch/batch.js";
export { FeedMemory } from "./batch/feeds.js";
export { localCut } from "./batch/local.js";
export { batchTensors, dimsOf, type PackedBatch, packBatch } from "./batch/packed.js";
export { paddedBatch } from "./batch/padded.js";
export { type ModelConfig, withoutHead } from "./config.js";
export { configText } from "./configText.js";
export { type DropoutProbabilities, type DropoutSite, maskedDropout, noDropout } from "./dropout.js";
export { architecture, encoderOf, families, familyOf, modelTypes } from "./families/index.js";
export type { Encoder, PretrainedModel } from "./family.js";
export { areFinite, requireFinite } from "./finite.js";
export { logits, parameters } from "./heads/tokenClassification.js";
export { configLabels, labelsOf, modelLabels } from "./labels.js";
export { elements, type Parameter, storedParts } from "./parameter.js";
export {
  type FormatTensor,
  type FormatValues,
  floatFormat,
  standardInt8Format,
  type WeightFormat,
} from "./quantized/weightFormats.js";
export { floatWeightOps } from "./quantized/weightOps.js";
export { parseConfig, readConfig } from "./readConfig.js";
export { type CompactVocabulary, compactVocabulary } from "./weights/compactVocabulary.js";
export { type Dtype, dtypes, InferenceWeights } from "./weights/inferenceWeights.js";
export { ModelWeights, type WeightsMoment } from "./weights/modelWeights.js";
export { weightFiles } from "./weights/openWeights.js";
export { ParameterReader } from "./weights/parameterReader.js";
export { ParameterLayout } from "./weights/parameters.js";
export type { LoadReport } from "./weights/storedTensors.js";
