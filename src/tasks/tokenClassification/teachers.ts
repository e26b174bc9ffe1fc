/** Targets from other models: knowledge distillation (https://arxiv.org/abs/1503.02531) of their averaged probabilities. */
import {
  type ChainEnds,
  forwardBackward,
  legalTransitions,
  type SoftLabels,
  type Transitions,
  type WeighedSoftLabels,
} from "../../crf/index.js";
import { probabilitiesOf } from "./decoder.js";

/** What a teacher makes of the sentences of a data set. */
export interface TeacherScores {
  /** Its logits of each sentence, `[words, labels]` with the student's label ids. NaN for words that it cannot read. */
  readonly scores: readonly Float32Array[];
  /** Transitions of its conditional random field, if it has one. */
  readonly crf: Transitions | undefined;
}

/** Words of a sentence in a row. */
export interface WordRange extends ChainEnds {
  readonly sentence: number;
  /** Index of the first word. */
  readonly word: number;
  readonly words: number;
}

/** Several models that a run learns from. */
export class Teachers {
  private readonly legal: Transitions;

  /**
   * @param labels the student's labels, in the order of their ids
   * @param options.share the share of the teachers in the targets; the data has the rest
   * @param options.crf whether the student has a conditional random field, which also learns transitions
   */
  constructor(
    private readonly teachers: readonly TeacherScores[],
    private readonly labels: readonly string[],
    private readonly options: { readonly share: number; readonly crf: boolean },
  ) {
    this.legal = legalTransitions(labels);
  }

  /**
   * Returns the teachers' mean probabilities for a chain of words. If a teacher cannot read a word of it, there are none, and
   * the chain is learned from the data alone.
   */
  soft({ sentence, word, words, ...ends }: WordRange): WeighedSoftLabels | undefined {
    const width = this.labels.length;
    const marginals = new Float64Array(words * width);
    const pairs = new Float64Array(this.options.crf ? words * width * width : 0);
    for (const { scores, crf } of this.teachers) {
      const own = scores[sentence]!.subarray(word * width, (word + words) * width);
      if (own.some(Number.isNaN)) return undefined;
      const soft = this.options.crf
        ? withPairs(own, crf ?? this.legal, ends)
        : { marginals: probabilitiesOf(own, width, crf), pairs };
      for (let at = 0; at < marginals.length; at++)
        marginals[at]! += soft.marginals[at]! / this.teachers.length;
      for (let at = 0; at < pairs.length; at++) pairs[at]! += soft.pairs[at]! / this.teachers.length;
    }
    return { marginals, pairs, share: this.options.share };
  }
}

function withPairs(scores: Float32Array, transitions: Transitions, ends: ChainEnds): SoftLabels {
  const labels = transitions.start.length;
  const pairs = new Float64Array(scores.length * labels);
  const { marginals } = forwardBackward(scores, transitions, ends, pairs);
  return { marginals, pairs };
}
