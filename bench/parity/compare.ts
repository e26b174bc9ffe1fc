/** How far a replay is from a recording, against the bars. Pure: figures in, distances out. */

export interface StepFigures {
  /** The sentences of the step, in their order. */
  readonly sentences: readonly number[];
  readonly loss: number;
  /** Before clipping; `undefined` where Trainer did not record it. */
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

/** Largest absolute differences of what is too large to be passed around; `undefined` where it is not recorded. */
export interface TensorDistances {
  /** First weights of a new head. */
  readonly head: number | undefined;
  /** Final weights but `attention.self.key.bias`, whose true gradient is zero: Adam makes noise of it. */
  readonly weights: number | undefined;
  /** Logits of the sample by the recorded final weights. */
  readonly logits: number | undefined;
}

/** The distances of one step: loss and norm relative to the recorded ones, the rate to the highest of the run. */
export interface StepDistance {
  readonly step: number;
  readonly sameSentences: boolean;
  readonly loss: number;
  readonly gradNorm: number | undefined;
  readonly learningRate: number;
}

/** The distances of one evaluation: the loss's relative, the others' absolute; infinite at different moments. */
export type EvaluationDistance = EvaluationFigures;

/** One bar: `measured` must be at most `most`. */
export interface Bar {
  readonly name: string;
  readonly measured: number;
  /** `undefined`: reported, with nothing to miss. */
  readonly most: number | undefined;
  /** HF's own distance from itself. */
  readonly self: number | undefined;
  readonly ok: boolean;
}

/** HF's distances from itself, by bar. */
export type SelfDistances = Readonly<Partial<Record<BarName, number>>>;

/** What each distance may be at most; `undefined` is reported without a bar. */
export const BARS = {
  "order: steps of other sentences": 0,
  // Equal, but for the last bit of a double: a cosine of V8's and one of the C library's can differ in that.
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

/** Steps that the stricter bars look at: rounding grows from step to step. */
export const FIRST_STEPS = 40;

/** Where HF's own final weights move by more when only its threads change, theirs are no bar for others. */
const STABLE = 1e-4;

/** Every distance of a replay. What is missing on one side is infinitely far away. */
export interface Comparison {
  readonly steps: readonly StepDistance[];
  readonly evaluations: readonly EvaluationDistance[];
  readonly bars: readonly Bar[];
  /** No bar is missed. */
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
    // A distance that is no number misses its bar, and misses as a report too.
    const ok = most === undefined ? !Number.isNaN(distance) : distance <= most;
    return [{ name, measured: distance, most, self: self[name], ok }];
  });
  return { steps, evaluations, bars, ok: bars.every(({ ok }) => ok) };
}

/** |b − a| / |a|; from a recorded zero the absolute difference. */
export const relative = (recorded: number, replayed: number): number =>
  recorded === 0 ? Math.abs(replayed) : Math.abs(replayed - recorded) / Math.abs(recorded);

/** The largest; NaN where one is NaN. */
const worst = (distances: readonly number[]): number =>
  distances.reduce((most, each) => (Number.isNaN(each) || each > most ? each : most), 0);

function pairs<T>(recorded: readonly T[], replayed: readonly T[]): [T | undefined, T | undefined][] {
  const length = Math.max(recorded.length, replayed.length);
  return Array.from({ length }, (_, index) => [recorded[index], replayed[index]]);
}

/** The highest learning rate of a run: what the rates' distances are measured by. */
export const highestRate = ({ steps }: RunFigures): number =>
  Math.max(...steps.map(({ learningRate }) => learningRate));

/** How far one step is from the recorded one. */
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
