export {
  CRF_FILE,
  crfSize,
  crfTensors,
  crfValues,
  readCrf,
  type Transitions,
  transitionsOf,
} from "./crfFile.js";
export type { AdamOptions, WordChain } from "./head.js";
