import type { EvaluationSplit, Prepared } from "../prepare/prepare.js";
import type { StepEngine } from "../step/stepEngine.js";

/** Fewer tokens say little: a batch has about 1,024. */
const LEAST_TOKENS = 8192;

/**
 * Returns how many seconds an evaluation takes, from a sample of its sequences. The sample has the same mixture of lengths, with
 * the longest sequence. The scores are computed for all sentences.
 *
 * @param sampleTokens number of tokens to measure; all, if there are not many more
 */
export async function evaluationSeconds(
  trainer: StepEngine,
  { task, labels }: Pick<Prepared, "task" | "labels">,
  split: EvaluationSplit,
  sampleTokens: number,
  now: () => number,
): Promise<number> {
  const tagger = await trainer.taggerOf(false);
  const { sequences, score } = task.evaluation(split, trainer.transitions(false));
  const ordered = sequences
    .filter(({ labelled }) => labelled.length > 0)
    .sort((a, b) => b.ids.length - a.ids.length);
  const tokens = (some: typeof sequences) => some.reduce((sum, { ids }) => sum + ids.length, 0);
  const every = Math.max(1, Math.floor(tokens(ordered) / Math.max(LEAST_TOKENS, sampleTokens)));
  const sample = ordered.filter((_, index) => index % every === 0);
  // The first run of a graph prepares its kernels.
  await tagger.logits(sample.slice(0, 1));
  const begin = now();
  await tagger.logits(sample);
  const end = now();
  const share = tokens(sample) / Math.max(1, tokens(ordered));
  score(sequences.map(({ labelled }) => new Float32Array(labelled.length * labels.length)));
  return (share === 0 ? 0 : (end - begin) / share + now() - end) / 1000;
}
