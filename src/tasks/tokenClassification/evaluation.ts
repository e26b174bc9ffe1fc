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
import { predictedTags } from "./predictedTags.js";

/** Sentences with tags, and the windows that they are cut into. */
export interface TaggedExamples {
  readonly data: Dataset;
  readonly windowed: WindowedData;
}

/** What an evaluation says beside the metrics, by seqeval. */
export interface TokenClassificationDetail {
  /** seqeval in default mode, as HF reports it, per type included. */
  readonly scores: SeqevalScores;
  /** seqeval in strict mode, with the data's scheme. */
  readonly strict: SeqevalScores;
  /** Default mode, where decoding is not `argmax`: of the largest logit of each word, as other programs read the model. */
  readonly argmax?: SeqevalScores;
  readonly scheme: TagScheme;
}

export interface TokenClassificationEvaluation extends Evaluation {
  /** The loss is HF's `eval_loss`; see `evalLoss`. */
  readonly metrics: EvaluationMetrics;
  readonly detail: TokenClassificationDetail;
  /** The tags given to each sentence, one a word. */
  readonly predicted: readonly (readonly string[])[];
}

export interface ScoringOptions {
  readonly labels: readonly string[];
  readonly scheme: TagScheme;
  /** Sentences whose loss is averaged before the averages are: HF's `per_device_eval_batch_size`. */
  readonly evalBatchSize: number;
  readonly labelSmoothing: number;
  readonly decoding: Decoding;
  /** The transitions of the model's conditional random field: the loss is its own then, and `viterbi` goes by them. */
  readonly crf: Transitions | undefined;
}

/** Scores the logits of some windows. Every word is scored once, truncated ones as `O`. */
export function evaluationOf(
  sentences: readonly Sentence[],
  windows: readonly Window[],
  logits: readonly Float32Array[],
  { labels, scheme, evalBatchSize, labelSmoothing, decoding, crf }: ScoringOptions,
): TokenClassificationEvaluation {
  const losses =
    crf === undefined
      ? wordLosses(sentences, windows, logits, labels.length, labelSmoothing)
      : chainLosses(sentences, windows, logits, crf);
  const loss = evalLoss(
    losses.map((each) => Float32Array.from(each)),
    evalBatchSize,
  );
  const tagsBy = (decoding: Decoding) => predictedTags(sentences, windows, logits, labels, decoding, crf);
  const gold = sentences.map(({ tags }) => tags);
  const predicted = tagsBy(decoding);
  const scores = seqevalScores(gold, predicted);
  return {
    metrics: metricsOf(loss, scores),
    detail: {
      scores,
      // Labels without prefixes (IO) have no strict mode.
      strict: scheme === "IO" ? scores : seqevalScores(gold, predicted, { mode: "strict", scheme }),
      ...(decoding === "argmax" ? {} : { argmax: seqevalScores(gold, tagsBy("argmax")) }),
      scheme,
    },
    predicted,
  };
}
