import { crfLoss } from "../crf/crfLoss.js";
import type { Transitions } from "../crf/index.js";
import { evalLoss } from "../evaluate/loss.js";
import { type SeqevalScores, seqevalScores } from "../evaluate/seqeval.js";
import { type Decoding, decoderFor } from "../tasks/tokenClassification/decoder.js";
import type { Window, WindowedData } from "../tasks/tokenClassification/index.js";
import { wordRuns } from "../tasks/tokenClassification/wordRuns.js";
import type { Sentence, TagScheme } from "../text/index.js";
import type { Tagger } from "./tagger.js";

/** What a model does with a data set that has tags. */
export interface Evaluation {
  /** HF's `eval_loss`; see `evalLoss`. */
  readonly loss: number;
  /** seqeval in default mode, as HF reports it. */
  readonly scores: SeqevalScores;
  /** seqeval in strict mode. */
  readonly strict: SeqevalScores;
  /** Default mode too, where decoding is not `argmax`: the scores of the largest logit of each word, as other programs read the model. */
  readonly argmax?: SeqevalScores;
  /** The tags given to each sentence, one a word. */
  readonly predicted: readonly (readonly string[])[];
}

export interface EvaluationOptions {
  readonly labels: readonly string[];
  readonly scheme: TagScheme;
  /** Sentences whose loss is averaged before the averages are: HF's `per_device_eval_batch_size`. */
  readonly batchSize: number;
  readonly labelSmoothing: number;
  readonly decoding: Decoding;
  /** The transitions of the model's conditional random field: the loss is its own then, and `viterbi` goes by them. */
  readonly crf?: Transitions | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (sentencesDone: number) => void;
}

/** Runs a model over sentences and scores it. Every word is scored once, truncated ones as `O`. */
export async function evaluateTagger(
  tagger: Pick<Tagger, "logits">,
  sentences: readonly Sentence[],
  { windows }: Pick<WindowedData, "windows">,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const { labels, scheme, batchSize, labelSmoothing, decoding, crf } = options;
  const logits = await tagger.logits(
    windows.map(({ inputIds, ownedPieces }) => ({ ids: inputIds, labelled: ownedPieces })),
    {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    },
  );
  const losses =
    crf === undefined
      ? wordLosses(sentences, windows, logits, labels.length, labelSmoothing)
      : chainLosses(sentences, windows, logits, crf);
  const tagsBy = (decoding: Decoding) => predictedTags(sentences, windows, logits, labels, decoding, crf);
  const gold = sentences.map(({ tags }) => tags);
  const predicted = tagsBy(decoding);
  const scores = seqevalScores(gold, predicted);
  return {
    loss: evalLoss(
      losses.map((each) => Float32Array.from(each)),
      batchSize,
    ),
    scores,
    // Labels without prefixes (IO) have no strict mode.
    strict: scheme === "IO" ? scores : seqevalScores(gold, predicted, { mode: "strict", scheme }),
    ...(decoding === "argmax" ? {} : { argmax: seqevalScores(gold, tagsBy("argmax")) }),
    predicted,
  };
}

/** The cross-entropy of each labelled word, sentence by sentence. */
function wordLosses(
  sentences: readonly Sentence[],
  windows: readonly Window[],
  logits: readonly Float32Array[],
  labels: number,
  smoothing: number,
): number[][] {
  const losses = sentences.map((): number[] => []);
  windows.forEach((window, index) => {
    window.ownedWords.forEach(({ sentence }, row) => {
      const label = goldLabel(window, row);
      const scores = logits[index]!.subarray(row * labels, (row + 1) * labels);
      if (label >= 0) losses[sentence]!.push(crossEntropy(scores, label, smoothing));
    });
  });
  return losses;
}

/** The loss of a conditional random field, the same share of it for each word of a chain; sentence by sentence. */
function chainLosses(
  sentences: readonly Sentence[],
  windows: readonly Window[],
  logits: readonly Float32Array[],
  crf: Transitions,
): number[][] {
  const gold = sentences.map(({ words }) => new Int32Array(words.length));
  for (const window of windows)
    window.ownedWords.forEach(({ sentence, word }, row) => {
      gold[sentence]![word] = goldLabel(window, row);
    });
  const losses = sentences.map((): number[] => []);
  for (const { sentence, word, scores } of wordRuns(windows, logits, crf.start.length)) {
    const words = scores.length / crf.start.length;
    const labels = gold[sentence]!.subarray(word, word + words);
    const loss = crfLoss(scores, labels, crf, { begins: true, ends: true });
    losses[sentence]!.push(...new Array<number>(words).fill(loss / words));
  }
  return losses;
}

/** The tag that decoding gives each word, `O` for a word without pieces. */
export function predictedTags(
  sentences: readonly Pick<Sentence, "words">[],
  windows: readonly Window[],
  logits: readonly Float32Array[],
  labels: readonly string[],
  decoding: Decoding,
  crf?: Transitions,
): string[][] {
  const decoder = decoderFor(labels, decoding, crf);
  const predicted = sentences.map(({ words }) => new Array<string>(words.length).fill("O"));
  for (const { sentence, word, scores } of wordRuns(windows, logits, labels.length))
    decoder.labels(scores).forEach((label, index) => {
      predicted[sentence]![word + index] = labels[label]!;
    });
  return predicted;
}

const goldLabel = ({ labels, ownedPieces }: Window, row: number): number =>
  labels?.[ownedPieces[row]!] ?? -100;

/** −log softmax(logits)[label]; smoothed: (1 − ε) of it and ε of the mean over all classes, as HF's LabelSmoother. */
function crossEntropy(logits: Float32Array, label: number, smoothing: number): number {
  const highest = logits.reduce((a, b) => Math.max(a, b));
  const normaliser =
    highest + Math.log(logits.reduce((total, value) => total + Math.exp(value - highest), 0));
  const own = normaliser - logits[label]!;
  if (smoothing === 0) return own;
  const mean = logits.reduce((total, value) => total + normaliser - value, 0) / logits.length;
  return (1 - smoothing) * own + smoothing * mean;
}
