/** The distance between a replay and a recording, checked against limits ("bars"). Pure functions. */

export interface StepFigures {
  /** The sentences of the step, in order. */
  readonly sentences: readonly number[];
  readonly loss: number;
  /** The norm before clipping; `undefined` if Trainer did not record it. */
  readonly gradNorm: number | undefined;
  readonly learningRate: number;
}

export interface EvaluationFigures {
  readonly epoch: number;
  readonly loss: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly accuracy: number;
}

export interface RunFigures {
  readonly steps: readonly StepFigures[];
  readonly evaluations: readonly EvaluationFigures[];
}

/** Largest absolute differences of large tensors. `undefined` if the recording does not contain them. */
export interface TensorDistances {
  /** The initial weights of a new head. */
  readonly head: number | undefined;
  /** The final weights, except the biases of attention keys: see `isKeyBias`. */
  readonly weights: number | undefined;
  /** The logits of the sample, computed with the recorded final weights. */
  readonly logits: number | undefined;
}

/**
 * The distances of one step. Loss and norm are relative to the recorded values, the learning rate to the
 * highest one of the run.
 */
export interface StepDistance {
  readonly step: number;
  readonly sameSentences: boolean;
  readonly loss: number;
  readonly gradNorm: number | undefined;
  readonly learningRate: number;
}

/**
 * The distances of one evaluation: relative for the loss, absolute for the others. All are infinite if the
 * evaluations happened at different times.
 */
export type EvaluationDistance = EvaluationFigures;

/** One bar: `measured` must be at most `most`. */
export interface Bar {
  readonly name: string;
  readonly measured: number;
  /** `undefined` if the value is only reported. */
  readonly most: number | undefined;
  /** The distance between two runs of HF itself. */
  readonly self: number | undefined;
  readonly ok: boolean;
}

/** The distances between two runs of HF itself, by bar. */
export type SelfDistances = Readonly<Partial<Record<BarName, number>>>;

/** The maximum for each distance. `undefined` means that it is only reported. */
export const BARS = {
  "order: steps of other sentences": 0,
  // Equal except for the last bit of a double: the cosines of V8 and of the C library can differ in it.
  "learning rate, of the highest": 1e-15,
  "loss of step 1, relative": 1e-6,
  "loss, first 40 steps, relative": 1e-4,
  "loss, all steps, relative": 2e-3,
  "gradient norm, first 40 steps, relative": 1e-3,
  "gradient norm, all steps, relative": undefined,
  "evaluation loss, relative": 1e-3,
  "evaluation F1": 0.002,
  "evaluation precision": undefined,
  "evaluation recall": undefined,
  "evaluation accuracy": undefined,
  "first weights of the head": 1e-6,
  "final weights": 1e-3,
  "logits of the sample": 2e-5,
} as const satisfies Readonly<Record<string, number | undefined>>;

export type BarName = keyof typeof BARS;

/** The stricter bars check this many steps, since rounding errors grow from step to step. */
export const FIRST_STEPS = 40;

/**
 * If HF's own final weights change by more than this with another number of threads, they are not a bar for
 * other programs.
 */
const STABLE = 1e-4;

/** All distances of a replay. A step or evaluation that is missing on one side has infinite distances. */
export interface Comparison {
  readonly steps: readonly StepDistance[];
  readonly evaluations: readonly EvaluationDistance[];
  readonly bars: readonly Bar[];
  /** True if no bar is missed. */
  readonly ok: boolean;
}

export function compare(
  recorded: RunFigures,
  replayed: RunFigures,
  tensors: TensorDistances,
  self: SelfDistances = {},
): Comparison {
  const highest = highestRate(recorded);
  const steps = pairs(recorded.steps, replayed.steps).map(([a, b], index) =>
    stepDistance(index + 1, a, b, highest),
  );
  const evaluations = pairs(recorded.evaluations, replayed.evaluations).map(([a, b]) =>
    evaluationDistance(a, b),
  );
  const first = steps.slice(0, FIRST_STEPS);
  const evaluated = (of: keyof EvaluationDistance) =>
    evaluations.length === 0 ? undefined : worst(evaluations.map((each) => each[of]));
  const normed = (list: readonly StepDistance[]) => {
    const norms = list.map(({ gradNorm }) => gradNorm).filter((norm) => norm !== undefined);
    return norms.length === 0 ? undefined : worst(norms);
  };
  const measured: Record<BarName, number | undefined> = {
    "order: steps of other sentences": steps.filter(({ sameSentences }) => !sameSentences).length,
    "learning rate, of the highest": worst(steps.map(({ learningRate }) => learningRate)),
    "loss of step 1, relative": steps[0]?.loss ?? Number.POSITIVE_INFINITY,
    "loss, first 40 steps, relative": worst(first.map(({ loss }) => loss)),
    "loss, all steps, relative": worst(steps.map(({ loss }) => loss)),
    "gradient norm, first 40 steps, relative": normed(first),
    "gradient norm, all steps, relative": normed(steps),
    "evaluation loss, relative": evaluated("loss"),
    "evaluation F1": evaluated("f1"),
    "evaluation precision": evaluated("precision"),
    "evaluation recall": evaluated("recall"),
    "evaluation accuracy": evaluated("accuracy"),
    "first weights of the head": tensors.head,
    "final weights": tensors.weights,
    "logits of the sample": tensors.logits,
  };
  const bars = (Object.keys(BARS) as BarName[]).flatMap((name): Bar[] => {
    const distance = measured[name];
    if (distance === undefined) return [];
    const most = name === "final weights" && (self[name] ?? 0) > STABLE ? undefined : BARS[name];
    // NaN misses its bar, even if the value is only reported.
    const ok = most === undefined ? !Number.isNaN(distance) : distance <= most;
    return [{ name, measured: distance, most, self: self[name], ok }];
  });
  return { steps, evaluations, bars, ok: bars.every(({ ok }) => ok) };
}

/** |b − a| / |a|, or the absolute difference if the recorded value is zero. */
export const relative = (recorded: number, replayed: number): number =>
  recorded === 0 ? Math.abs(replayed) : Math.abs(replayed - recorded) / Math.abs(recorded);

/** The largest distance; NaN if one of them is NaN. */
const worst = (distances: readonly number[]): number =>
  distances.reduce((most, each) => (Number.isNaN(each) || each > most ? each : most), 0);

function pairs<T>(recorded: readonly T[], replayed: readonly T[]): [T | undefined, T | undefined][] {
  const length = Math.max(recorded.length, replayed.length);
  return Array.from({ length }, (_, index) => [recorded[index], replayed[index]]);
}

/** The highest learning rate of a run. Distances of learning rates are relative to it. */
export const highestRate = ({ steps }: RunFigures): number =>
  Math.max(...steps.map(({ learningRate }) => learningRate));

/** The distances between a recorded step `a` and a replayed step `b`. */
export function stepDistance(
  step: number,
  a: StepFigures | undefined,
  b: StepFigures | undefined,
  highest: number,
): StepDistance {
  if (a === undefined || b === undefined) {
    const far = Number.POSITIVE_INFINITY;
    return { step, sameSentences: false, loss: far, gradNorm: far, learningRate: far };
  }
  return {
    step,
    sameSentences: a.sentences.join() === b.sentences.join(),
    loss: relative(a.loss, b.loss),
    gradNorm: a.gradNorm === undefined ? undefined : relative(a.gradNorm, b.gradNorm ?? Number.NaN),
    learningRate: Math.abs(a.learningRate - b.learningRate) / highest,
  };
}

function evaluationDistance(
  a: EvaluationFigures | undefined,
  b: EvaluationFigures | undefined,
): EvaluationDistance {
  const epoch = a?.epoch ?? b?.epoch ?? Number.NaN;
  const far = Number.POSITIVE_INFINITY;
  if (a === undefined || b === undefined || Math.abs(a.epoch - b.epoch) > 1e-3)
    return { epoch, loss: far, precision: far, recall: far, f1: far, accuracy: far };
  return {
    epoch,
    loss: relative(a.loss, b.loss),
    precision: Math.abs(a.precision - b.precision),
    recall: Math.abs(a.recall - b.recall),
    f1: Math.abs(a.f1 - b.f1),
    accuracy: Math.abs(a.accuracy - b.accuracy),
  };
}
