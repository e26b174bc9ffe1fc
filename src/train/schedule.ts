/** Settings of a schedule, under the names of HF's `lr_scheduler_kwargs`. */
export type ScheduleKwargs = Readonly<Record<string, number | string>>;

export interface ScheduleOptions {
  readonly type: ScheduleType;
  /** The highest learning rate, `learning_rate`. */
  readonly learningRate: number;
  /** Updates of the warm-up, counted: see {@link warmupStepCount}. */
  readonly warmupSteps: number;
  /** Updates of the whole run. */
  readonly totalSteps: number;
  readonly kwargs?: ScheduleKwargs;
}

interface Setting {
  /** What the setting may be, for people. */
  readonly expects: string;
  allows(value: number | string): boolean;
}

interface Schedule {
  readonly settings: Readonly<Record<string, Setting>>;
  /** Rule between settings: what is wrong, or undefined. */
  conflict?(kwargs: ScheduleKwargs, learningRate: number): string | undefined;
  /** Factor of the learning rate once the warm-up is over. */
  factor(step: number, options: ScheduleOptions, kwargs: Readonly<Record<string, number>>): number;
}

const number = (expects: string, allows: (value: number) => boolean): Setting => ({
  expects,
  allows: (value) => typeof value === "number" && Number.isFinite(value) && allows(value),
});
const positive = number("a number above 0", (value) => value > 0);
const notNegative = number("a number from 0 on", (value) => value >= 0);
const count = number("a whole number from 0 on", (value) => Number.isInteger(value) && value >= 0);
const share = number("a number from 0 to 1", (value) => value >= 0 && value <= 1);
const SHAPES = ["linear", "cosine", "1-sqrt"];
const shape: Setting = { expects: SHAPES.join(", "), allows: (value) => SHAPES.includes(String(value)) };

/** How far the run is after its warm-up, from 0 to 1. */
const progressOf = (step: number, { warmupSteps, totalSteps }: ScheduleOptions) =>
  (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);

const halfCosine = (turns: number) => 0.5 * (1 + Math.cos(Math.PI * turns));

/** HF's schedules (transformers/optimization.py), arithmetic in the same order, so that doubles agree. */
const SCHEDULES = {
  linear: {
    settings: {},
    factor: (step, { warmupSteps, totalSteps }) =>
      Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warmupSteps)),
  },
  cosine: {
    settings: { num_cycles: notNegative },
    factor: (step, options, { num_cycles = 0.5 }) =>
      Math.max(0, 0.5 * (1 + Math.cos(Math.PI * num_cycles * 2 * progressOf(step, options)))),
  },
  cosine_with_restarts: {
    settings: { num_cycles: count },
    factor(step, options, { num_cycles = 1 }) {
      const progress = progressOf(step, options);
      return progress >= 1 ? 0 : Math.max(0, halfCosine((num_cycles * progress) % 1));
    },
  },
  polynomial: {
    settings: { lr_end: notNegative, power: positive },
    conflict: ({ lr_end = 1e-7 }, learningRate) =>
      Number(lr_end) < learningRate
        ? undefined
        : `lr_end (${lr_end}) must be below learning_rate (${learningRate})`,
    factor(step, { learningRate, warmupSteps, totalSteps }, { lr_end = 1e-7, power = 1 }) {
      if (step > totalSteps) return lr_end / learningRate;
      const remaining = 1 - (step - warmupSteps) / (totalSteps - warmupSteps);
      return ((learningRate - lr_end) * remaining ** power + lr_end) / learningRate;
    },
  },
  constant: { settings: {}, factor: () => 1 },
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
    factor(step, options, { num_cycles = 0.5, min_lr = 0, min_lr_rate = min_lr / options.learningRate }) {
      const factor = 0.5 * (1 + Math.cos(Math.PI * num_cycles * 2 * progressOf(step, options)));
      return Math.max(0, factor * (1 - min_lr_rate) + min_lr_rate);
    },
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
    factor(step, { warmupSteps, totalSteps, kwargs = {} }, settings) {
      const { num_decay_steps = 0, min_lr_ratio = 0, num_cycles = 0.5 } = settings;
      const { num_stable_steps = totalSteps - warmupSteps - num_decay_steps } = settings;
      if (step < warmupSteps + num_stable_steps) return 1;
      if (step >= warmupSteps + num_stable_steps + num_decay_steps) return min_lr_ratio;
      const progress = (step - warmupSteps - num_stable_steps) / Math.max(1, num_decay_steps);
      const type = kwargs.decay_type ?? "cosine";
      const factor =
        type === "linear"
          ? 1 - progress
          : type === "cosine"
            ? halfCosine(num_cycles * 2 * progress)
            : 1 - Math.sqrt(progress);
      return Math.max(0, factor * (1 - min_lr_ratio) + min_lr_ratio);
    },
  },
} satisfies Record<string, Schedule>;

export type ScheduleType = keyof typeof SCHEDULES;

/** The names that `lr_scheduler_type` takes. */
export const SCHEDULE_TYPES = Object.keys(SCHEDULES) as [ScheduleType, ...ScheduleType[]];

/** Names of the settings that a schedule takes in `lr_scheduler_kwargs`. */
export function scheduleSettings(type: ScheduleType): string[] {
  return Object.keys(SCHEDULES[type].settings);
}

/** What is wrong with `lr_scheduler_kwargs` for a schedule, in words; undefined where nothing is. */
export function scheduleProblem(
  type: ScheduleType,
  kwargs: ScheduleKwargs,
  learningRate: number,
): string | undefined {
  const { settings, conflict }: Schedule = SCHEDULES[type];
  const names = Object.keys(settings);
  for (const [name, value] of Object.entries(kwargs)) {
    const setting = names.includes(name) ? settings[name] : undefined;
    if (!setting)
      return `the schedule ${type} takes ${names.length ? names.join(", ") : "no settings"}, not ${name}`;
    if (!setting.allows(value)) return `${name} must be ${setting.expects}, not ${value}`;
  }
  return conflict?.(kwargs, learningRate);
}

/**
 * Updates of the warm-up from `warmup_steps`: a count, or below 1 a share of the run, rounded up
 * (`TrainingArguments.get_warmup_steps`).
 */
export function warmupStepCount(warmupSteps: number, totalSteps: number): number {
  return warmupSteps >= 1 ? Math.trunc(warmupSteps) : Math.ceil(totalSteps * warmupSteps);
}

/** Factor during the warm-up: a line from 0, or what `warmup_type` of warmup_stable_decay says. */
function warmupFactor(step: number, { type, warmupSteps, kwargs = {} }: ScheduleOptions): number {
  const progress = step / Math.max(1, warmupSteps);
  if (type !== "warmup_stable_decay") return progress;
  const shape = kwargs.warmup_type ?? "linear";
  const least = Number(kwargs.min_lr_ratio ?? 0);
  const factor =
    shape === "linear"
      ? progress
      : shape === "cosine"
        ? 0.5 * (1 - Math.cos(Math.PI * progress))
        : 1 - Math.sqrt(1 - progress);
  return Math.max(0, factor * (1 - least) + least);
}

/**
 * The learning rate that an update uses.
 *
 * @param step number of the update, from 0: with a warm-up, update 0 has the rate 0
 */
export function learningRate(step: number, options: ScheduleOptions): number {
  const { type, warmupSteps, kwargs = {} } = options;
  const warming = type !== "constant" && step < warmupSteps;
  const factor = warming
    ? warmupFactor(step, options)
    : // Settings that are words are read by their schedule from the options.
      (SCHEDULES[type] as Schedule).factor(step, options, kwargs as Readonly<Record<string, number>>);
  return options.learningRate * factor;
}
