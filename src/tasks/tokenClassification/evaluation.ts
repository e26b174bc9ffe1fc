import type { Transitions } from "../../crf/index.js";
import { evalLoss } from "../../evaluate/loss.js";
import { type SeqevalScores, seqevalScores } from "../../evaluate/seqeval.js";
import type { Dataset, Sentence, TagScheme } from "../../text/index.js";
import type { Evaluation } from "../task.js";
import type { Decoding } from "./decodings.js";
import type { Window } from "./examples/window.js";
import type { WindowedData } from "./examples/windows.js";
import { chainLosses, wordLosses } from "./losses.js";
import { type EvaluationMetrics, metricsOf } from "./metrics.js";
import { predictedTags, tagsWithProbabilities } from "./predictedTags.js";

/** Sentences with tags, and the windows that they are cut into. */
export interface TaggedExamples {
  readonly data: Dataset;
  readonly windowed: WindowedData;
}

/** What an evaluation reports besides the metrics: seqeval's scores. */
export interface TokenClassificationDetail {
  /** Scores in default mode, as HF reports them, including the scores per type. */
  readonly scores: SeqevalScores;
  /** Scores in strict mode with the data's scheme. */
  readonly strict: SeqevalScores;
  /**
   * Scores in default mode if each word gets the label with its largest logit, which is how other programs
   * read the model. Only present if decoding is not `argmax`.
   */
  readonly argmax?: SeqevalScores;
  readonly scheme: TagScheme;
}

export interface TokenClassificationEvaluation extends Evaluation {
  /** The loss is HF's `eval_loss`; see `evalLoss`. */
  readonly metrics: EvaluationMetrics;
  readonly detail: TokenClassificationDetail;
  /** The predicted tags of each sentence, one per word; with `label_all_tokens`, one per labelled token. */
  readonly predicted: readonly (readonly string[])[];
  /** The probability of each predicted tag, if it was asked for; 0 for a word that the model does not read. */
  readonly probabilities?: readonly Float32Array[];
}

export interface ScoringOptions {
  readonly labels: readonly string[];
  readonly scheme: TagScheme;
  /** Sentences per group when the loss is averaged within groups first: HF's `per_device_eval_batch_size`. */
  readonly evalBatchSize: number;
  readonly labelSmoothing: number;
  readonly decoding: Decoding;
  /**
   * Transitions of the model's conditional random field. If set, the loss is the field's, and `viterbi` uses
   * them.
   */
  readonly crf: Transitions | undefined;
  /** Also returns the probability of each predicted tag. */
  readonly probabilities?: boolean | undefined;
}

/** Scores the logits of windows. Every word is scored once; truncated words count as `O`. */
export function evaluationOf(
  sentences: readonly Sentence[],
  windows: readonly Window[],
  logits: readonly Float32Array[],
  { labels, scheme, evalBatchSize, labelSmoothing, decoding, crf, probabilities }: ScoringOptions,
): TokenClassificationEvaluation {
  const losses =
    crf === undefined
      ? wordLosses(sentences, windows, logits, labels.length, labelSmoothing)
      : chainLosses(sentences, windows, logits, crf);
  const loss = evalLoss(
    losses.map((each) => Float32Array.from(each)),
    evalBatchSize,
  );
  const all = { sentences, windows, logits, labels, crf };
  const found = probabilities
    ? tagsWithProbabilities(all, decoding)
    : { tags: predictedTags(all, decoding), probabilities: undefined };
  const gold = sentences.map(({ tags }) => tags);
  const { tags: predicted } = found;
  const scores = seqevalScores(gold, predicted);
  return {
    metrics: metricsOf(loss, scores),
    detail: {
      scores,
      // Labels without prefixes (IO) have no strict mode.
      strict: scheme === "IO" ? scores : seqevalScores(gold, predicted, { mode: "strict", scheme }),
      ...(decoding === "argmax" ? {} : { argmax: seqevalScores(gold, predictedTags(all, "argmax")) }),
      scheme,
    },
    predicted,
    ...(found.probabilities && { probabilities: found.probabilities }),
  };
}
