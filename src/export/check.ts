import { seqevalScores } from "../evaluate/index.js";
import type { FineTuned } from "../infer/model.js";
import { readGold, scoredLabels } from "../infer/taggedData.js";
import type { Tagger } from "../infer/tagger.js";
import {
  predictedTags,
  requireIdsWithin,
  type SequenceLogits,
  type WindowedData,
  windows,
} from "../tasks/tokenClassification/index.js";
import type { Sentence } from "../text/index.js";
import { sampleName, sampleSentences } from "./sample.js";

/** How the answers of an exported file compare with the original's. */
export interface CheckFigures {
  /** The largest difference between two logits. */
  readonly logitDifference: number;
  /** The share of words whose largest logit is that of the same label as in the original. */
  readonly equalTags: number;
  /**
   * F1 of seqeval in default mode for the labels with the largest logits, against the tags of the file; on the
   * sample, against the original's tags.
   */
  readonly f1: number;
}

/** What exported files are checked on. */
export interface CheckedOn {
  /** The file, or {@link sampleName}. */
  readonly name: string;
  readonly sentences: number;
  readonly words: number;
  /**
   * The original's F1, with its conditional random field if it has one. On the sample its own tags count as
   * gold, so it is 1, or 0 if it finds no entities.
   */
  readonly f1: number;
}

/** The original's answers, with which each exported file is compared: logits, and the label of the largest of each word. */
export class Check {
  private constructor(
    readonly on: CheckedOn,
    private readonly sentences: readonly Sentence[],
    private readonly cut: WindowedData,
    private readonly labels: readonly string[],
    private readonly logits: readonly SequenceLogits[],
    private readonly tags: readonly (readonly string[])[],
    private readonly gold: readonly (readonly string[])[],
  ) {}

  /**
   * Runs the original on a file with tags, or on the sample.
   *
   * @throws NeriumError as {@link readGold}
   */
  static async begin(model: FineTuned, file: string | undefined, signal?: AbortSignal): Promise<Check> {
    const { scored } = scoredLabels(model.labels);
    const sentences = file === undefined ? sample() : await readGold({ files: [file] }, model.labels);
    const cut = await windows(sentences, model.tokenizer, { maxLength: model.maxLength });
    requireIdsWithin(cut.windows, model.encoder.vocabularySize);
    const logits = await model.tagger.logits(sequences(cut), signal === undefined ? {} : { signal });
    const answered = { sentences, windows: cut.windows, logits, labels: scored, crf: model.crf };
    const tags = predictedTags(answered, "argmax");
    const own = model.crf && predictedTags(answered, "viterbi");
    const answer = own ?? tags;
    const gold = file === undefined ? answer : sentences.map(({ tags }) => tags);
    const on = {
      name: file ?? sampleName,
      sentences: sentences.length,
      words: sentences.reduce((count, { words }) => count + words.length, 0),
      f1: seqevalScores(gold, answer).micro.f1,
    };
    return new Check(on, sentences, cut, scored, logits, tags, gold);
  }

  /** Runs an exported model on the same sentences. */
  async of(tagger: Pick<Tagger, "logits">, signal?: AbortSignal): Promise<CheckFigures> {
    const logits = await tagger.logits(sequences(this.cut), signal === undefined ? {} : { signal });
    const { sentences, cut, labels } = this;
    const tags = predictedTags({ sentences, windows: cut.windows, logits, labels }, "argmax");
    const equal = tags.flatMap((sentence, index) =>
      sentence.map((tag, word) => tag === this.tags[index]![word]),
    );
    return {
      logitDifference: largestDifference(logits, this.logits),
      equalTags: equal.filter(Boolean).length / equal.length,
      f1: seqevalScores(this.gold, tags).micro.f1,
    };
  }
}

const sample = (): readonly Sentence[] =>
  sampleSentences.map((text) => ({ words: text.split(" "), tags: [], document: 0, line: 0 }));

const sequences = ({ windows }: WindowedData) =>
  windows.map(({ inputIds, ownedTokens }) => ({ ids: inputIds, labelled: ownedTokens }));

/** Returns NaN if an answer is not a number. */
function largestDifference(some: readonly SequenceLogits[], others: readonly SequenceLogits[]): number {
  return some.reduce(
    (largest, logits, index) =>
      logits.reduce((most, value, at) => Math.max(most, Math.abs(value - others[index]![at]!)), largest),
    0,
  );
}
