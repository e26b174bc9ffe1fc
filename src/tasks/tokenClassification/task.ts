import { crossEntropy, input, type Tensor } from "../../graph/index.js";
import type { Task, TaskFacts } from "../task.js";
import { cardSection } from "./cardSection.js";
import type { Decoding } from "./decodings.js";
import { evaluationOf, type TaggedExamples, type TokenClassificationEvaluation } from "./evaluation.js";
import { windows } from "./examples/windows.js";
import { metrics } from "./metrics.js";
import { batchTargets, type TrainingExample, totalWeight, trainingSequence } from "./targets.js";
import { tokensAsWords } from "./tokensAsWords.js";

export interface TokenClassificationOptions {
  /** In the order of their ids. */
  readonly labels: readonly string[];
  /** Labels and scores every token of a word, as run_ner.py's option does. */
  readonly labelAllTokens: boolean;
  /** Share of each target that is spread evenly over all labels. */
  readonly labelSmoothing: number;
  /** Factor on each label's rows of the loss; all 1 where absent. */
  readonly classWeights?: readonly number[] | undefined;
  /** How words get their labels in evaluations. */
  readonly decoding: Decoding;
  /** Sentences whose loss is averaged before the averages are: HF's `per_device_eval_batch_size`. */
  readonly evalBatchSize: number;
}

export type TokenClassification = Task<TrainingExample, TaggedExamples, TokenClassificationEvaluation>;

export const tokenClassificationFacts: TaskFacts<TokenClassificationEvaluation> = {
  pipeline: { tag: "token-classification", name: "Token Classification" },
  metrics,
  mainMetric: "f1",
  card: cardSection,
};

/** A tag for each word of a sentence: entities, by their tags. */
export function tokenClassification(options: TokenClassificationOptions): TokenClassification {
  const { labels, labelAllTokens } = options;
  const loss = { ...options, labels: labels.length };
  return {
    ...tokenClassificationFacts,

    examples: async (data, tokenizer, shape) => ({
      data,
      windowed: await windows(data.sentences, tokenizer, { ...shape, labels, labelAllTokens }),
    }),

    sequence: trainingSequence,
    weight: (examples) => totalWeight(examples, loss),
    loss: (logits) => weightedCrossEntropy(logits, labels.length),
    targets(examples, total) {
      const { distributions, weights } = batchTargets(examples, total, loss);
      const labelled = weights.length;
      return [
        { name: "targets", dims: [labelled, labels.length], data: distributions },
        { name: "rowWeights", dims: [labelled, 1], data: weights },
      ];
    },

    /** Scores words, with `label_all_tokens` all their tokens. */
    evaluation({ data, windowed }, crf) {
      const { sentences, windows } = labelAllTokens
        ? tokensAsWords(data.sentences, windowed.windows, labels)
        : { sentences: data.sentences, windows: windowed.windows };
      return {
        sequences: windows.map(({ inputIds, ownedTokens }) => ({ ids: inputIds, labelled: ownedTokens })),
        score: (logits) => evaluationOf(sentences, windows, logits, { ...options, scheme: data.scheme, crf }),
      };
    },
    predictionLine: (tags) => tags.join(" "),
  };
}

/** The cross-entropy of each labelled row, weighted and summed up. */
const weightedCrossEntropy = (logits: Tensor, labels: number): Tensor =>
  crossEntropy(
    logits,
    input("targets", "float32", ["labelled", labels]),
    input("rowWeights", "float32", ["labelled", 1]),
  );
