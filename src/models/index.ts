/** Encoder families: config → parameters and forward pass, weights and packed batches. */
export {
  type Batch,
  batchTensors,
  dimsOf,
  type Feed,
  type PackedBatch,
  packBatch,
  type Sequence,
} from "./batch.js";
export { logits, packing, parameters, positions, traits, wordEmbeddings } from "./bert.js";
export {
  architecture,
  configLabels,
  type ModelConfig,
  modelTypes,
  parseConfig,
  readConfig,
} from "./config.js";
export { CRF_FILE, crfSize, crfTensors, crfValues, readCrf, type Transitions, transitionsOf } from "./crf.js";
export { type DropoutSite, maskedDropout, noDropout } from "./dropout.js";
export { FeedMemory } from "./feeds.js";
export { type Form, type FormTensor, type FormValues, floatForm, standardInt8Form } from "./forms.js";
export { type Dtype, dtypes, FrozenWeights } from "./frozen.js";
export { paddedBatch } from "./padded.js";
export { ParameterReader } from "./parameterReader.js";
export { decays, elements, type Parameter, ParameterLayout } from "./parameters.js";
export {
  type CompactVocabulary,
  compactVocabulary,
  type LoadReport,
  ModelWeights,
  type WeightsMoment,
} from "./weights.js";
