import { crfLoss, type Transitions } from "../../crf/index.js";
import type { Sentence } from "../../text/index.js";
import type { Window } from "./examples/window.js";
import { wordRuns } from "./wordRuns.js";

/** Returns the cross-entropy of each labelled word, grouped by sentence. */
export function wordLosses(
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

/**
 * Returns the loss of a conditional random field, grouped by sentence. All words of a chain that count get an equal
 * share of the chain's loss.
 */
export function chainLosses(
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
    const counted = labels.filter((label) => label >= 0).length;
    if (counted === 0) continue;
    const loss = crfLoss(scores, labels, crf, { begins: true, ends: true });
    losses[sentence]!.push(...new Array<number>(counted).fill(loss / counted));
  }
  return losses;
}

const goldLabel = ({ labels, ownedTokens }: Window, row: number): number =>
  labels?.[ownedTokens[row]!] ?? -100;

/**
 * −log softmax(logits)[label]. With smoothing ε: (1 − ε) times that, plus ε times the mean over all classes,
 * as in HF's LabelSmoother.
 */
function crossEntropy(logits: Float32Array, label: number, smoothing: number): number {
  const highest = logits.reduce((a, b) => Math.max(a, b));
  const normaliser =
    highest + Math.log(logits.reduce((total, value) => total + Math.exp(value - highest), 0));
  const own = normaliser - logits[label]!;
  if (smoothing === 0) return own;
  const mean = logits.reduce((total, value) => total + normaliser - value, 0) / logits.length;
  return (1 - smoothing) * own + smoothing * mean;
}
