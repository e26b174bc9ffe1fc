/** The part of a batch that its cost depends on. */
export interface BatchShape {
  readonly windows: number;
  /** Tokens of all windows, without padding. */
  readonly tokens: number;
  /** Tokens of the longest window. Attention pads the others to this length. */
  readonly longest: number;
}

/** The batches of a step. */
export interface StepShape {
  /** The number of the step, from 1. */
  readonly step: number;
  readonly batches: readonly BatchShape[];
}

/** @param lengths the number of tokens of each window */
export const batchShape = (lengths: readonly number[]): BatchShape => ({
  windows: lengths.length,
  tokens: lengths.reduce((sum, each) => sum + each, 0),
  longest: Math.max(0, ...lengths),
});

/** Number of attention scores of a batch, for one head. */
export const scoresOf = ({ windows, longest }: BatchShape): number => windows * longest ** 2;

export const tokensOf = ({ batches }: Pick<StepShape, "batches">): number =>
  batches.reduce((sum, { tokens }) => sum + tokens, 0);

const scoresOfStep = ({ batches }: Pick<StepShape, "batches">): number =>
  batches.reduce((sum, batch) => sum + scoresOf(batch), 0);

/** What the time of a step depends on: a constant, its tokens, and its attention scores. */
export const timeFeatures = (step: Pick<StepShape, "batches">): readonly number[] => [
  1,
  tokensOf(step),
  scoresOfStep(step),
];

/** What the memory of a step depends on. Its batches follow one another, so that the largest counts. */
export const memoryFeatures = ({ batches }: Pick<StepShape, "batches">): readonly number[] => [
  1,
  Math.max(0, ...batches.map(({ tokens }) => tokens)),
  Math.max(0, ...batches.map(scoresOf)),
];

/** The steps to measure. */
export interface ChosenSteps {
  /** Small to large: the memory of each is known well enough before it runs. */
  readonly rising: readonly StepShape[];
  /** Further steps, spread over all lengths, in no order. */
  readonly others: readonly StepShape[];
}

/** Where on the way from the smallest to the largest step the first ones are. */
const RISING = [0, 0.25, 0.5, 0.75, 1];

/**
 * Chooses steps that stand for all others: the smallest, the median and the largest, the one with the most attention
 * scores, and steps in between.
 *
 * @param most number of steps to choose, if there are so many
 */
export function chosenSteps(steps: readonly StepShape[], most: number): ChosenSteps {
  const sorted = [...steps].sort((a, b) => tokensOf(a) - tokensOf(b));
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const widest = sorted.reduce((a, b) => (scoresOfStep(b) > scoresOfStep(a) ? b : a));
  const rising = [...new Set([...RISING.map(at), widest])].sort(
    (a, b) => scoresOfStep(a) - scoresOfStep(b) || tokensOf(a) - tokensOf(b),
  );
  const taken = new Set(rising);
  const spread = Array.from({ length: most }, (_, index) => at((index + 0.5) / most));
  const left = [...new Set(spread)].filter((step) => !taken.has(step));
  // Every third, then every third from the second on, and so on: wherever the measurement ends, they are spread.
  const others = [0, 1, 2].flatMap((first) => left.filter((_, index) => index % 3 === first));
  return { rising, others: others.slice(0, Math.max(0, most - rising.length)) };
}
