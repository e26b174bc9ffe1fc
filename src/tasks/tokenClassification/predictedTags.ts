import type { Transitions } from "../../crf/index.js";
import type { Sentence } from "../../text/index.js";
import { decoderFor } from "./decoder.js";
import type { Decoding } from "./decodings.js";
import type { Window } from "./examples/window.js";
import { wordRuns } from "./wordRuns.js";

/** The words of sentences, and what a model says about them. */
interface Predicted {
  readonly sentences: readonly Pick<Sentence, "words">[];
  readonly windows: readonly Window[];
  /** Logits of each window, `[labelled, labels]`. */
  readonly logits: readonly Float32Array[];
  readonly labels: readonly string[];
  readonly crf?: Transitions | undefined;
}

/** Returns the tag that the decoding gives each word; a word without tokens gets `O`. */
export function predictedTags(
  { sentences, windows, logits, labels, crf }: Predicted,
  decoding: Decoding,
): string[][] {
  const decoder = decoderFor(labels, decoding, crf);
  const predicted = sentences.map(({ words }) => new Array<string>(words.length).fill("O"));
  for (const { sentence, word, scores } of wordRuns(windows, logits, labels.length))
    decoder.labels(scores).forEach((label, index) => {
      predicted[sentence]![word + index] = labels[label]!;
    });
  return predicted;
}

/** Returns the probability of the tag that each word gets; 0 for a word that the model does not read. */
export function tagProbabilities(
  { sentences, windows, logits, labels, crf }: Predicted,
  decoding: Decoding,
): Float32Array[] {
  const decoder = decoderFor(labels, decoding, crf);
  const probabilities = sentences.map(({ words }) => new Float32Array(words.length));
  for (const { sentence, word, scores } of wordRuns(windows, logits, labels.length))
    probabilities[sentence]!.set(decoder.probabilities(scores, decoder.labels(scores)), word);
  return probabilities;
}
