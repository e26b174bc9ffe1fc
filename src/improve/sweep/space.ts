import { mulberry32, shuffled } from "../../data/index.js";
import { type Recipe, recipeFields } from "../../recipe/index.js";
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
 * The settings of a search space: all combinations of the values, or as many random ones as `trials` says, without repetition.
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
  if (twice !== undefined) throw spaceInvalid(`${twice[0]} is given twice`);
  const isGrid = (values: readonly unknown[] | SweepRange): values is readonly unknown[] =>
    Array.isArray(values);
  const range = entries.find(([, values]) => !isGrid(values));
  if (range !== undefined && trials === undefined)
    throw spaceInvalid(`${range[0]} is a range, which needs a number of trials`);
  let grid: Setting[] = [{}];
  for (const [key, values] of entries)
    if (isGrid(values))
      grid = grid.flatMap((setting) => values.map((value) => ({ ...setting, [key]: value })));
  if (trials === undefined) return grid;
  const random = mulberry32(seed);
  if (range === undefined) return shuffled(grid, random).slice(0, trials);
  return Array.from({ length: trials }, () =>
    Object.fromEntries(
      entries.map(([key, values]) => [
        key,
        isGrid(values) ? values[Math.floor(random() * values.length)] : drawn(key, values, random()),
      ]),
    ),
  );
}

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
  const isWhole = recipeFields.find((field) => field.key === key)?.type === "whole number";
  if (isWhole) return Math.floor(from + share * (to - from + 1));
  const value = from > 0 ? from * (to / from) ** share : from + share * (to - from);
  return Number(value.toPrecision(3));
}
