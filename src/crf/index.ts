/** Linear-chain conditional random fields over the labels of neighbouring words. */
export {
  CRF_FILE,
  crfSize,
  crfTensors,
  crfValues,
  readCrf,
  type Transitions,
  transitionsOf,
} from "./crfFile.js";
export { crfInPython } from "./crfInPython.js";
export { crfLoss, type SoftLabels, type WeighedSoftLabels } from "./crfLoss.js";
export { type CrfState, readCrfAverage, readCrfBlock, writeCrfState } from "./crfState.js";
export { type ChainEnds, forwardBackward } from "./forwardBackward.js";
export { CrfHead, type CrfTargets, freshCrf, type WordChain } from "./head.js";
export { legalTransitions } from "./legalTransitions.js";
export { viterbi } from "./viterbi.js";
