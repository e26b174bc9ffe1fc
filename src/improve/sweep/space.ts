import { counted } from "../../counted.js";
import { mulberry32, shuffled } from "../../data/index.js";
import { type Recipe, recipeFields } from "../../recipe/index.js";
import { snakeCase } from "../../recipe/spelling.js";
import { fieldNotSwept, spaceInvalid } from "../errors.js";
import { OF_DATA, OF_READING } from "../fields.js";
import { rawOf } from "../runs.js";

/** A range of numbers. Random search draws from it on a logarithmic scale if it begins above 0. */
export interface SweepRange {
  /** The lowest number. */
  readonly from: number;
  /** The highest number. */
  readonly to: number;
}

/** The values to try of each recipe field: a list, or for random search a range. */
export type SweepSpace = Readonly<Record<string, readonly unknown[] | SweepRange>>;

/** The values of one setting, by recipe field. */
export type Setting = Readonly<Record<string, unknown>>;

/** Fields that a sweep sets itself, or that do not change a model. */
const NOT_SWEPT: ReadonlySet<string> = new Set<keyof Recipe>([
  ...OF_DATA,
  ...OF_READING,
  "seed",
  "threads",
  "evalStrategy",
  "evalSteps",
  "saveStrategy",
  "saveSteps",
]);

/**
 * The settings of a search space: all combinations of the values, or as many different random ones as `trials` says. If the space has no
 * more, there are fewer.
 *
 * @throws NeriumError IMPROVE_SPACE_INVALID, IMPROVE_FIELD_NOT_SWEPT, and the errors of recipe fields
 */
export function settingsOf(
  space: SweepSpace,
  { trials, seed }: { readonly trials: number | undefined; readonly seed: number },
): readonly Setting[] {
  const entries = Object.entries(space).map(([name, given]) => {
    const values = valuesOf(name, given);
    return [fieldNamed(name, "from" in values ? [values.from, values.to] : values), values] as const;
  });
  if (entries.length === 0) throw spaceInvalid("There is no field to search");
  const twice = entries.find(([key], at) => entries.findIndex(([other]) => other === key) !== at);
  if (twice !== undefined) throw spaceInvalid(`${snakeCase(twice[0])} is given twice`);
  const range = entries.find(([, values]) => !isList(values));
  if (range !== undefined && trials === undefined)
    throw spaceInvalid(`${snakeCase(range[0])} is a range, which needs a number of trials`);
  if (trials !== undefined && trials > MOST_SETTINGS)
    throw spaceInvalid(`${counted(trials, "trial")} ${TOO_MANY}`);
  if (range !== undefined) return randomSettings(entries, trials!, seed);
  const lists = entries as readonly (readonly [string, readonly unknown[]])[];
  const combinations = lists.reduce((product, [, values]) => product * values.length, 1);
  if (combinations > MOST_SETTINGS) {
    if (trials !== undefined) return randomSettings(entries, trials, seed);
    throw spaceInvalid(`${counted(combinations, "combination")} ${TOO_MANY}. Use --trials`);
  }
  const grid = Array.from({ length: combinations }, (_, at) => combination(lists, at));
  return trials === undefined ? grid : shuffled(grid, mulberry32(seed)).slice(0, trials);
}

/** Settings that one sweep tries at most. */
const MOST_SETTINGS = 10_000;
const TOO_MANY = `are too many: a sweep tries at most ${MOST_SETTINGS.toLocaleString("en-US")} settings`;

/** One of all combinations of the values, by its number. The last field changes first. */
function combination(lists: readonly (readonly [string, readonly unknown[]])[], number: number): Setting {
  const values = lists.toReversed().map(([key, list]) => {
    const value = list[number % list.length];
    number = Math.floor(number / list.length);
    return [key, value] as const;
  });
  return Object.fromEntries(values.toReversed());
}

/** Draws until there are so many different settings, or until no new ones come. */
function randomSettings(
  entries: readonly (readonly [string, readonly unknown[] | SweepRange])[],
  count: number,
  seed: number,
): readonly Setting[] {
  const random = mulberry32(seed);
  const found = new Map<string, Setting>();
  for (let repeated = 0; found.size < count && repeated < 1000; ) {
    const setting = Object.fromEntries(
      entries.map(([key, values]) => [
        key,
        isList(values) ? values[Math.floor(random() * values.length)] : drawn(key, values, random()),
      ]),
    );
    const text = JSON.stringify(setting);
    repeated = found.has(text) ? repeated + 1 : 0;
    found.set(text, setting);
  }
  return [...found.values()];
}

const isList = (values: readonly unknown[] | SweepRange): values is readonly unknown[] =>
  Array.isArray(values);

/** The field with this name, in any spelling. Which values it takes can depend on the spelling: `warmup_ratio` is a share. */
function fieldNamed(name: string, values: readonly unknown[]): string {
  const [key] = values.flatMap((value) => [...rawOf({ [name]: value } as never).fields.keys()]);
  if (key === undefined || NOT_SWEPT.has(key)) throw fieldNotSwept(name);
  return key;
}

function valuesOf(name: string, values: unknown): readonly unknown[] | SweepRange {
  if (Array.isArray(values)) {
    if (values.length === 0) throw spaceInvalid(`${name} has no values`);
    if (values.some((value) => value === null || value === undefined))
      throw spaceInvalid(`${name} has a value that is missing`);
    const texts = values.map((value) => JSON.stringify(value));
    if (new Set(texts).size < texts.length) throw spaceInvalid(`${name} has a value twice`);
    return values;
  }
  const { from, to } = (values ?? {}) as Partial<SweepRange>;
  if (typeof from !== "number" || typeof to !== "number" || !(from < to) || !Number.isFinite(to - from))
    throw spaceInvalid(`${name} must be a list of values, or a range with a lower and a higher number`);
  return { from, to };
}

/** A number of a range. Has three digits, so that it can be read and written. */
function drawn(key: string, { from, to }: SweepRange, share: number): number {
  if (isWhole(key, from, to)) return Math.floor(from + share * (to - from + 1));
  const value = from > 0 ? from * (to / from) ** share : from + share * (to - from);
  return Number(value.toPrecision(3));
}

/** Warm-up is a whole number of steps, or a share of them below 1. */
function isWhole(key: string, from: number, to: number): boolean {
  if (key !== "warmupSteps" || to < 1)
    return recipeFields.find((field) => field.key === key)?.type === "whole number";
  if (Number.isInteger(from) && Number.isInteger(to)) return true;
  throw spaceInvalid("A range of warmup_steps must be one of whole numbers, or one of shares below 1");
}
