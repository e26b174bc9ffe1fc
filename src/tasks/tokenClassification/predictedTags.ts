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
export const predictedTags = (predicted: Predicted, decoding: Decoding): string[][] =>
  decoded(predicted, decoding).tags;

/** Like {@link predictedTags}, with the probability of each tag; 0 for a word that the model does not read. */
export function tagsWithProbabilities(
  predicted: Predicted,
  decoding: Decoding,
): { readonly tags: string[][]; readonly probabilities: Float32Array[] } {
  const probabilities = predicted.sentences.map(({ words }) => new Float32Array(words.length));
  return { ...decoded(predicted, decoding, probabilities), probabilities };
}

/** @param probabilities filled with the probabilities of the tags, if they are wanted */
function decoded(
  { sentences, windows, logits, labels, crf }: Predicted,
  decoding: Decoding,
  probabilities?: readonly Float32Array[],
): { readonly tags: string[][] } {
  const decoder = decoderFor(labels, decoding, crf);
  const tags = sentences.map(({ words }) => new Array<string>(words.length).fill("O"));
  for (const { sentence, word, scores } of wordRuns(windows, logits, labels.length)) {
    const chosen = decoder.labels(scores);
    chosen.forEach((label, index) => {
      tags[sentence]![word + index] = labels[label]!;
    });
    if (probabilities !== undefined)
      probabilities[sentence]!.set(decoder.probabilities(scores, chosen), word);
  }
  return { tags };
}
