/** Encoder families: config → parameters and forward pass, weights and packed batches. */

export { FeedMemory } from "./batch/feeds.js";
export {
  type Batch,
  batchTensors,
  dimsOf,
  type Feed,
  type PackedBatch,
  packBatch,
  type Sequence,
} from "./batch/packed.js";
export { paddedBatch } from "./batch/padded.js";
export {
  architecture,
  configLabels,
  type ModelConfig,
  modelTypes,
  parseConfig,
  readConfig,
  withoutHead,
} from "./config.js";
export { type DropoutSite, maskedDropout, noDropout } from "./dropout.js";
export { logits, packing, parameters, positions, traits, wordEmbeddings } from "./families/bert.js";
export {
  type FormatTensor,
  type FormatValues,
  floatFormat,
  standardInt8Format,
  type WeightFormat,
} from "./quantized/weightFormats.js";
export { type Dtype, dtypes, InferenceWeights } from "./weights/inferenceWeights.js";
export {
  type CompactVocabulary,
  compactVocabulary,
  type LoadReport,
  ModelWeights,
  type WeightsMoment,
} from "./weights/modelWeights.js";
export { ParameterReader } from "./weights/parameterReader.js";
export { decays, elements, type Parameter, ParameterLayout } from "./weights/parameters.js";
