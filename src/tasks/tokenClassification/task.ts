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
  /** Labels and scores every token of a word, as `label_all_tokens` of run_ner.py does. */
  readonly labelAllTokens: boolean;
  /** Share of each target that is spread evenly over all labels. */
  readonly labelSmoothing: number;
  /** Factor for the loss rows of each label; all 1 if omitted. */
  readonly classWeights?: readonly number[] | undefined;
  /** Whether the training examples have soft labels from other models. */
  readonly soft?: boolean | undefined;
  /** How words get their labels in evaluations. */
  readonly decoding: Decoding;
  /** Sentences per group when the loss is averaged within groups first: HF's `per_device_eval_batch_size`. */
  readonly evalBatchSize: number;
  /** Evaluations also return the probability of each predicted tag. */
  readonly probabilities?: boolean | undefined;
}

export type TokenClassification = Task<TrainingExample, TaggedExamples, TokenClassificationEvaluation>;

export const tokenClassificationFacts: TaskFacts<TokenClassificationEvaluation> = {
  pipeline: { tag: "token-classification", name: "Token Classification" },
  metrics,
  mainMetric: "f1",
  card: cardSection,
};

/** The task of giving each word of a sentence a tag; the tags mark the entities. */
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

    /** Scores each word, or with `label_all_tokens` each labelled token. */
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

/** Builds the weighted sum of the cross-entropy of all labelled rows. */
const weightedCrossEntropy = (logits: Tensor, labels: number): Tensor =>
  crossEntropy(
    logits,
    input("targets", "float32", ["labelled", labels]),
    input("rowWeights", "float32", ["labelled", 1]),
  );
