import type { WordChain } from "../../crf/index.js";
import {
  type ComparedData,
  type DataFacts,
  type DataSummary,
  dataSummary,
  type SentenceKey,
  sentenceKeys,
} from "../../data/index.js";
import { wordChains } from "../../tasks/tokenClassification/examples/chains.js";
import type {
  Teachers,
  TrainingExample,
  Window,
  WindowedData,
} from "../../tasks/tokenClassification/index.js";
import type { Dataset } from "../../text/index.js";
import type { NumberedWindows } from "./batches.js";
import { DataDigest, TokensDigest } from "./digests.js";

/** A window as a training step needs it. */
export interface TrainingWindow extends TrainingExample {
  /** File and line of the first sentence that the window owns words of. */
  readonly place: string;
}

export type TrainingWindows = NumberedWindows<TrainingWindow> & Iterable<TrainingWindow>;

/** Counts of sentences and words that the model cannot take unchanged. */
export interface CutCounts {
  readonly truncatedWords: number;
  readonly longSentences: number;
  readonly wordsWithoutTokens: number;
}

/** The training data of a run, in memory or read from the disk on demand. */
export interface TrainingData extends ComparedData {
  readonly facts: DataFacts;
  readonly windows: TrainingWindows;
  readonly cut: CutCounts;
  /** True if no token has a label. */
  readonly isEmpty: boolean;
  /** Ids of all tokens; an id may occur more than once. */
  usedIds(): Iterable<number>;
  /** sha256 of words and tags, and sha256 of the tokens. */
  digests(): { readonly data: string; readonly tokens: string };
  keys(): Iterable<SentenceKey>;
  /** What a model card says about it. */
  summary(): DataSummary;
  close(): void;
}

/** Training data in memory. */
export class InMemoryTraining implements TrainingData {
  readonly windows: TrainingWindows;

  constructor(
    readonly data: Dataset,
    readonly facts: DataFacts,
    readonly windowed: WindowedData,
    /** The models that the run learns from, if it does. */
    private readonly teachers?: Teachers,
  ) {
    this.windows = this.placed(windowed.windows);
  }

  /** Converts windows of these sentences into the form that a training step needs. */
  placed(windows: readonly Window[]): readonly TrainingWindow[] {
    return windows.map((window) => new HeldWindow(this.data, window, this.teachers));
  }

  get cut(): CutCounts {
    return cutCounts(this.windowed);
  }

  get isEmpty(): boolean {
    return this.windowed.windows.every(({ labels }) => !labels?.some((label) => label >= 0));
  }

  *usedIds(): Generator<number> {
    for (const { inputIds } of this.windowed.windows) yield* inputIds;
  }

  digests() {
    return digestsOf(this.data, this.windowed);
  }

  keys = () => sentenceKeys(this.data);

  summary(): DataSummary {
    return dataSummary(this.data);
  }

  close(): void {}
}

class HeldWindow implements TrainingWindow {
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;

  constructor(
    private readonly data: Dataset,
    private readonly window: Window,
    private readonly teachers: Teachers | undefined,
  ) {
    this.inputIds = window.inputIds;
    this.labels = window.labels!;
  }

  get chains(): readonly WordChain[] {
    const length = (sentence: number) => this.data.sentences[sentence]!.words.length;
    return wordChains(this.window, length, this.teachers);
  }

  get place(): string {
    // Nobody asks for the place of a window without words, so any sentence will do.
    const { file = this.data.file, line } = this.data.sentences[this.window.ownedWords[0]?.sentence ?? 0]!;
    return `${file}:${line}`;
  }
}

export const cutCounts = (windowed: WindowedData): CutCounts => ({
  truncatedWords: windowed.truncatedWords,
  longSentences: windowed.longSentences,
  wordsWithoutTokens: windowed.wordsWithoutTokens.length,
});

/** sha256 of a data set in memory and of its tokens. */
export function digestsOf({ sentences }: Dataset, { windows }: WindowedData) {
  const [data, tokens] = [new DataDigest(), new TokensDigest()];
  data.add(sentences);
  tokens.add(windows);
  return { data: data.hex, tokens: tokens.hex };
}
