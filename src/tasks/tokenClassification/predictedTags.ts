import type { Transitions } from "../../crf/index.js";
import type { Sentence } from "../../text/index.js";
import { decoderFor } from "./decoder.js";
import type { Decoding } from "./decodings.js";
import type { Window } from "./examples/window.js";
import { wordRuns } from "./wordRuns.js";

/** Returns the tag that the decoding gives each word; a word without tokens gets `O`. */
export function predictedTags(
  sentences: readonly Pick<Sentence, "words">[],
  windows: readonly Window[],
  logits: readonly Float32Array[],
  labels: readonly string[],
  decoding: Decoding,
  crf?: Transitions,
): string[][] {
  const decoder = decoderFor(labels, decoding, crf);
  const predicted = sentences.map(({ words }) => new Array<string>(words.length).fill("O"));
  for (const { sentence, word, scores } of wordRuns(windows, logits, labels.length))
    decoder.labels(scores).forEach((label, index) => {
      predicted[sentence]![word + index] = labels[label]!;
    });
  return predicted;
}
