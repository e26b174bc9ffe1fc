import {
  type Decoding,
  decoderFor,
  probabilitiesOf,
  requireIdsWithin,
  usualDecoding,
  type WindowTokenizer,
  windows,
  wordRuns,
} from "../tasks/tokenClassification/index.js";
import type { Sentence } from "../text/index.js";
import type { CallReport, QueueOptions } from "./batchQueue.js";
import type { TaggedWords } from "./entities.js";
import type { FineTuned } from "./model.js";
import { Pace } from "./pace.js";

export interface TagWordsOptions {
  /** Cuts off what does not fit into a window; the words cut off are `O`. */
  readonly truncation: boolean;
  readonly decoding: Decoding | undefined;
  readonly signal: AbortSignal | undefined;
  /** Tokens that neighbouring windows share. */
  readonly stride?: number | undefined;
  /** Called when the sequences have gone through the model. */
  readonly onReport?: ((report: CallReport) => void) | undefined;
}

/** What tagging words needs of a model. A browser's model has it too. */
export interface TaggingModel extends Pick<FineTuned, "labels" | "scheme" | "crf" | "reading"> {
  readonly encoder: Pick<FineTuned["encoder"], "vocabularySize">;
  readonly tokenizer: WindowTokenizer;
  readonly tagger: Pick<FineTuned["tagger"], "logits">;
}

/** A sentence, and the document that it belongs to. */
export type PlacedSentence = Pick<Sentence, "words" | "document">;

/** A sentence's tags, and how it was read. */
export interface TaggedSentence extends TaggedWords {
  /**
   * Number of windows that the sentence was read in. If sentences share windows, the first of them counts
   * all.
   */
  readonly windows: number;
  readonly truncated: boolean;
}

/**
 * Tags every word of sentences: returns the label that the decoding gives it, and the probability of that
 * label. If the model reads documents, neighbouring sentences of one document are read together.
 */
export async function tagWords(
  model: TaggingModel,
  sentences: readonly PlacedSentence[],
  { truncation, decoding, signal, stride, onReport }: TagWordsOptions,
  pace = new Pace(),
): Promise<TaggedSentence[]> {
  const { labels, scheme, crf } = model;
  const { cut, runs } = await scoredRuns(model, sentences, { truncation, signal, stride, onReport }, pace);
  const windowsFrom = new Map(
    cut.stretches.map(({ sentences, start, end }) => [sentences.start, end - start]),
  );
  const tagged = sentences.map(({ words }, index) => {
    return {
      tags: new Array<string>(words.length).fill("O"),
      scores: new Array<number>(words.length).fill(1),
      windows: windowsFrom.get(index) ?? 0,
      truncated: cut.truncatedWordsOf[index]! > 0,
    };
  });
  const decoder = decoderFor(labels, decoding ?? usualDecoding(crf), crf);
  for (const { sentence, word, scores } of runs) {
    const chosen = decoder.labels(scores);
    decoder.probabilities(scores, chosen).forEach((probability, index) => {
      tagged[sentence]!.tags[word + index] = scheme.tags[chosen[index]!]!;
      tagged[sentence]!.scores[word + index] = probability;
    });
    await pace.step();
  }
  return tagged;
}

/** The stop signal, and a callback with the number of windows done. */
type ReadingEdge = Pick<QueueOptions, "signal" | "onProgress">;

/**
 * Returns the probability of every label at every word of some sentences, `[words, labels]` for each sentence. With a
 * conditional random field, they are its marginals. A word for which the tokenizer has no tokens gets NaN.
 */
export const labelProbabilities = (
  model: TaggingModel,
  sentences: readonly PlacedSentence[],
  signal?: AbortSignal,
): Promise<Float32Array[]> =>
  wordRows(model, sentences, { signal }, (scores) => probabilitiesOf(scores, model.labels.length, model.crf));

/** Like {@link labelProbabilities}, but the logits. */
export const wordLogits = (
  model: TaggingModel,
  sentences: readonly PlacedSentence[],
  edge: ReadingEdge = {},
): Promise<Float32Array[]> => wordRows(model, sentences, edge, (scores) => scores);

/** Returns a row of values for every word, made from the logits of neighbouring words. */
async function wordRows(
  model: TaggingModel,
  sentences: readonly PlacedSentence[],
  { signal, onProgress }: ReadingEdge,
  valuesOf: (scores: Float32Array) => ArrayLike<number>,
): Promise<Float32Array[]> {
  const { length: width } = model.labels;
  const { runs } = await scoredRuns(model, sentences, { truncation: false, signal, onProgress });
  const found = sentences.map(({ words }) => new Float32Array(words.length * width).fill(Number.NaN));
  for (const { sentence, word, scores } of runs) found[sentence]!.set(valuesOf(scores), word * width);
  return found;
}

/** Runs sentences through a model: their windows, and the logits of neighbouring words. */
async function scoredRuns(
  { encoder, tokenizer, tagger, labels, reading }: TaggingModel,
  sentences: readonly PlacedSentence[],
  {
    truncation,
    signal,
    stride,
    onReport,
    onProgress,
  }: Omit<TagWordsOptions, "decoding"> & Pick<QueueOptions, "onProgress">,
  pace = new Pace(),
) {
  const data = sentences.map((sentence): Sentence => ({ ...sentence, tags: [], line: 0 }));
  const cut = await windows(data, tokenizer, {
    ...reading.windowing(reading.context),
    ...(stride === undefined ? {} : { overlap: stride }),
    longSentences: truncation ? "truncate" : "window",
  });
  requireIdsWithin(cut.windows, encoder.vocabularySize);
  await pace.step();
  const logits = await tagger.logits(
    cut.windows.map(({ inputIds, ownedTokens }) => ({ ids: inputIds, labelled: ownedTokens })),
    { signal, onReport, onProgress },
  );
  return { cut, runs: wordRuns(cut.windows, logits, labels.length) };
}
