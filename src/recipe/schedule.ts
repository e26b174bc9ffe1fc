/** `lr_scheduler_kwargs`, with HF's names. {@link scheduleProblem} checks if a schedule accepts them. */
export type ScheduleKwargs = Readonly<Record<string, number | string>>;

/** The learning rate schedule of a run, counted in updates. */
export interface ScheduleOptions {
  readonly type: ScheduleType;
  /** The highest learning rate. */
  readonly learningRate: number;
  /** Number of warm-up updates, never a share: see {@link warmupStepCount}. */
  readonly warmupSteps: number;
  /** Number of updates of the whole run. */
  readonly totalSteps: number;
  readonly kwargs?: ScheduleKwargs;
}

type Shape = "linear" | "cosine" | "1-sqrt";

interface Kwargs {
  readonly num_cycles?: number;
  readonly lr_end?: number;
  readonly power?: number;
  readonly timescale?: number;
  readonly min_lr?: number;
  readonly min_lr_rate?: number;
  readonly num_decay_steps?: number;
  readonly num_stable_steps?: number;
  readonly min_lr_ratio?: number;
  readonly warmup_type?: Shape;
  readonly decay_type?: Shape;
}

interface Setting {
  /** The allowed values, in words. */
  readonly expects: string;
  allows(value: number | string): boolean;
}

interface Schedule {
  readonly settings: { readonly [Name in keyof Kwargs]: Setting };
  /** Checks a rule between settings. Returns what is wrong, or `undefined`. */
  conflict?(kwargs: Kwargs, learningRate: number): string | undefined;
  /** Factor on the learning rate during warm-up, for a progress from 0 to 1. Defaults to a line from 0. */
  warmup?(progress: number, kwargs: Kwargs): number;
  /** Factor on the learning rate after warm-up. */
  factor(step: number, run: ScheduleOptions, kwargs: Kwargs): number;
}

const number = (expects: string, allows: (value: number) => boolean): Setting => ({
  expects,
  allows: (value) => typeof value === "number" && Number.isFinite(value) && allows(value),
});
const positive = number("a number above 0", (value) => value > 0);
const notNegative = number("a number of at least 0", (value) => value >= 0);
const count = number("a whole number of at least 0", (value) => Number.isInteger(value) && value >= 0);
const share = number("a number from 0 to 1", (value) => value >= 0 && value <= 1);
const SHAPES: readonly unknown[] = ["linear", "cosine", "1-sqrt"] satisfies Shape[];
const shape: Setting = { expects: SHAPES.join(", "), allows: (value) => SHAPES.includes(value) };

/** Progress of the run after warm-up, from 0 to 1. */
const progressOf = (step: number, { warmupSteps, totalSteps }: ScheduleOptions) =>
  (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);

const cosine = (angle: number) => 0.5 * (1 + Math.cos(angle));

const noLower = (factor: number, least: number) => Math.max(0, factor * (1 - least) + least);

/**
 * HF's schedules (transformers/optimization.py). The arithmetic has the same order, so that the doubles are
 * equal.
 */
const SCHEDULES = {
  linear: {
    settings: {},
    factor: (step, { warmupSteps, totalSteps }) =>
      Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warmupSteps)),
  },
  cosine: {
    settings: { num_cycles: notNegative },
    factor: (step, run, { num_cycles = 0.5 }) =>
      Math.max(0, cosine(Math.PI * num_cycles * 2 * progressOf(step, run))),
  },
  cosine_with_restarts: {
    settings: { num_cycles: count },
    factor(step, run, { num_cycles = 1 }) {
      const progress = progressOf(step, run);
      return progress >= 1 ? 0 : Math.max(0, cosine(Math.PI * ((num_cycles * progress) % 1)));
    },
  },
  polynomial: {
    settings: { lr_end: notNegative, power: positive },
    conflict: ({ lr_end = 1e-7 }, learningRate) =>
      lr_end < learningRate ? undefined : `lr_end (${lr_end}) must be below learning_rate (${learningRate})`,
    factor(step, { learningRate, warmupSteps, totalSteps }, { lr_end = 1e-7, power = 1 }) {
      if (step > totalSteps) return lr_end / learningRate;
      const remaining = 1 - (step - warmupSteps) / (totalSteps - warmupSteps);
      return ((learningRate - lr_end) * remaining ** power + lr_end) / learningRate;
    },
  },
  constant: { settings: {}, warmup: () => 1, factor: () => 1 },
  constant_with_warmup: { settings: {}, factor: () => 1 },
  inverse_sqrt: {
    settings: { timescale: positive },
    factor(step, { warmupSteps }, { timescale = warmupSteps || 10_000 }) {
      const shift = timescale - warmupSteps;
      return 1 / Math.sqrt((step + shift) / timescale);
    },
  },
  cosine_with_min_lr: {
    settings: { num_cycles: notNegative, min_lr: notNegative, min_lr_rate: share },
    conflict: ({ min_lr, min_lr_rate }) =>
      (min_lr === undefined) === (min_lr_rate === undefined)
        ? "exactly one of min_lr and min_lr_rate must be given"
        : undefined,
    factor: (step, run, { num_cycles = 0.5, min_lr = 0, min_lr_rate = min_lr / run.learningRate }) =>
      noLower(cosine(Math.PI * num_cycles * 2 * progressOf(step, run)), min_lr_rate),
  },
  warmup_stable_decay: {
    settings: {
      num_decay_steps: count,
      num_stable_steps: count,
      warmup_type: shape,
      decay_type: shape,
      min_lr_ratio: share,
      num_cycles: notNegative,
    },
    conflict: ({ num_decay_steps }) =>
      num_decay_steps === undefined ? "num_decay_steps must be given" : undefined,
    warmup(progress, { warmup_type = "linear", min_lr_ratio = 0 }) {
      const shapes = {
        linear: () => progress,
        cosine: () => 0.5 * (1 - Math.cos(Math.PI * progress)),
        "1-sqrt": () => 1 - Math.sqrt(1 - progress),
      };
      return noLower(shapes[warmup_type](), min_lr_ratio);
    },
    factor(step, { warmupSteps, totalSteps }, kwargs) {
      const { num_decay_steps = 0, min_lr_ratio = 0, num_cycles = 0.5, decay_type = "cosine" } = kwargs;
      const { num_stable_steps = totalSteps - warmupSteps - num_decay_steps } = kwargs;
      const decayStart = warmupSteps + num_stable_steps;
      if (step < decayStart) return 1;
      if (step >= decayStart + num_decay_steps) return min_lr_ratio;
      const progress = (step - decayStart) / Math.max(1, num_decay_steps);
      const shapes = {
        linear: () => 1 - progress,
        cosine: () => cosine(Math.PI * num_cycles * 2 * progress),
        "1-sqrt": () => 1 - Math.sqrt(progress),
      };
      return noLower(shapes[decay_type](), min_lr_ratio);
    },
  },
} satisfies Record<string, Schedule>;

export type ScheduleType = keyof typeof SCHEDULES;

/** The values of `lr_scheduler_type`. */
export const SCHEDULE_TYPES = Object.keys(SCHEDULES) as [ScheduleType, ...ScheduleType[]];

/** Returns what is wrong with the `lr_scheduler_kwargs` of a schedule, in words, or `undefined`. */
export function scheduleProblem(
  type: ScheduleType,
  kwargs: ScheduleKwargs,
  learningRate: number,
): string | undefined {
  const { settings, conflict }: Schedule = SCHEDULES[type];
  const known = new Map(Object.entries(settings));
  for (const [name, value] of Object.entries(kwargs)) {
    const setting = known.get(name);
    if (!setting)
      return `the schedule ${type} has no setting ${name}; its settings are: ${[...known.keys()].join(", ") || "none"}`;
    if (!setting.allows(value)) return `${name} must be ${setting.expects}, not ${value}`;
  }
  return conflict?.(kwargs, learningRate);
}

/**
 * Returns the number of warm-up updates for `warmup_steps`, which is a count or, below 1, a share of the run.
 * A share is rounded up (`TrainingArguments.get_warmup_steps`).
 */
export function warmupStepCount(warmupSteps: number, totalSteps: number): number {
  return warmupSteps >= 1 ? Math.trunc(warmupSteps) : Math.ceil(totalSteps * warmupSteps);
}

/**
 * Returns the learning rate of an update.
 *
 * @param step number of the update, from 0: with a warm-up, update 0 usually has the rate 0
 */
export function learningRate(step: number, options: ScheduleOptions): number {
  const schedule: Schedule = SCHEDULES[options.type];
  // They were checked when the recipe was read.
  const kwargs = (options.kwargs ?? {}) as Kwargs;
  if (step >= options.warmupSteps) return options.learningRate * schedule.factor(step, options, kwargs);
  const progress = step / Math.max(1, options.warmupSteps);
  return options.learningRate * (schedule.warmup?.(progress, kwargs) ?? progress);
}
