import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Recipe } from "../../recipe/index.js";
import { withPresentNames } from "../../recipe/spelling.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { Progress } from "../../run/progress.js";
import type { AverageState } from "../optimizers/weightAverage.js";

/** The file of a checkpoint that says where the run stood. */
export const RUN_STATE = "run_state.json";

/** Fields that were changed, against the advice, when a run went on. */
export interface ForcedChange {
  readonly step: number;
  readonly fields: readonly string[];
}

/** What a checkpoint holds besides weights and the optimizer's state. */
export interface RunState {
  readonly format_version: 1;
  readonly nerium: string;
  readonly recipe: Recipe;
  readonly threads: number;
  readonly labels: readonly string[];
  readonly fingerprint: Fingerprint;
  /** The rows of the word-embedding table that the run trains, by their ids, as the optimizer's state has them. */
  readonly vocabulary: readonly number[] | null;
  /** What the other rows have been multiplied by. */
  readonly leftOutFactor: number;
  /** Null where the run keeps no average of its weights. */
  readonly average: AverageState | null;
  readonly forced: readonly ForcedChange[];
  readonly progress: Progress;
}

export const fingerprintSchema = z.looseObject({
  model: z.string(),
  tokenizer: z.string(),
  train: z.string(),
});

/** The manifest vouches for the bytes; what is checked here is that this version understands them. */
const stateSchema = z.looseObject({
  format_version: z.literal(1),
  nerium: z.string(),
  recipe: z.looseObject({}),
  threads: z.number(),
  labels: z.array(z.string()),
  fingerprint: fingerprintSchema,
  vocabulary: z.array(z.number()).nullable(),
  leftOutFactor: z.number(),
  average: z.looseObject({ updates: z.number(), leftOutFactor: z.number() }).nullable().default(null),
  forced: z.array(z.looseObject({ step: z.number(), fields: z.array(z.string()) })),
  progress: z.looseObject({
    step: z.number(),
    totals: z.looseObject({ count: z.number(), loss: z.number(), tokens: z.number() }),
    judgement: z.looseObject({ withoutImprovement: z.number() }),
    history: z.array(z.looseObject({ type: z.string() })),
  }),
});

/** JSON has no NaN and no infinity; scores without a denominator are such. */
const NOT_FINITE = "not_finite";

export const stateText = (state: RunState): string =>
  `${JSON.stringify(state, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? { [NOT_FINITE]: String(value) } : value,
  )}\n`;

const revived = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && NOT_FINITE in value ? Number(value[NOT_FINITE]) : value;

/** The state in a checkpoint's folder; a text says why it can't be used. */
export async function readState(folder: string): Promise<RunState | string> {
  try {
    const json: unknown = JSON.parse(await readFile(join(folder, RUN_STATE), "utf8"), revived);
    const { success, data } = stateSchema.safeParse(json);
    return success
      ? ({ ...data, recipe: withPresentNames(data.recipe) } as unknown as RunState)
      : `${RUN_STATE} is of another version of Nerium`;
  } catch (error) {
    return `${RUN_STATE} can't be read (${(error as Error).message})`;
  }
}
