export { type Decoding, decodings } from "./decoder.js";
export { cutPieces, type Part, unitStarts } from "./examples/cutTokens.js";
export {
  type EncodedSentence,
  type EncodeOptions,
  encodeSentences,
  IGNORED,
  type LabelNumbering,
  labelNumbering,
} from "./examples/encodeSentences.js";
export { type Context, type Stretch, stretchesOf } from "./examples/sentenceRanges.js";
export type { Window, WordPosition } from "./examples/window.js";
export {
  defaultOverlap,
  requireIdsWithin,
  SPECIAL_TOKENS,
  type WindowedData,
  type WindowOptions,
  type WindowShape,
  windows,
  windowsOf,
} from "./examples/windows.js";
export type { SequenceLogits } from "./wordRuns.js";
