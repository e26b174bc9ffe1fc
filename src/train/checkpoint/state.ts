import { join } from "node:path";
import { z } from "zod";
import { readWholeText } from "../../files/index.js";
import { type Recipe, RUN_STATE } from "../../recipe/index.js";
import { withPresentNames } from "../../recipe/spelling.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { Progress } from "../../run/progress.js";
import { type Engine, processorName } from "../../runtime/index.js";
import type { AverageState } from "../optimizers/weightAverage.js";

/** Fields that were changed with `force` when the run was resumed. */
export interface ForcedChange {
  readonly step: number;
  readonly fields: readonly string[];
}

/** The contents of a checkpoint besides weights and optimizer state. */
export interface RunState {
  readonly format_version: 1;
  readonly nerium: string;
  readonly recipe: Recipe;
  readonly threads: number;
  /** Number of processes that trained together, if there were several. */
  readonly ranks?: number;
  /** The engine and processor, which decide the last bits of the weights. Older versions did not record it. */
  readonly computedBy?: string;
  readonly labels: readonly string[];
  readonly fingerprint: Fingerprint;
  /**
   * The token ids whose rows of the word-embedding table the run trains, in the order of the optimizer's
   * state. `null` if the run trains all rows.
   */
  readonly vocabulary: readonly number[] | null;
  /** The factor on the other rows, which weight decay makes smaller. */
  readonly leftOutFactor: number;
  /** `null` if the run keeps no average of its weights. */
  readonly average: AverageState | null;
  readonly forced: readonly ForcedChange[];
  readonly progress: Progress;
}

export const fingerprintSchema = z.looseObject({
  model: z.string(),
  tokenizer: z.string(),
  train: z.string(),
});

/** The manifest protects the bytes. This schema only checks that this version understands the contents. */
const stateSchema = z.looseObject({
  format_version: z.literal(1),
  nerium: z.string(),
  recipe: z.looseObject({}),
  threads: z.number(),
  ranks: z.number().optional(),
  computedBy: z.string().optional(),
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

/** Returns what computes: the engine with its version and number format, and the processor. */
export const computedBy = ({ name, device, precision, version }: Engine): string =>
  `${name} ${version()} in ${precision}, ${device === "cpu" ? processorName() : device}`;

/** JSON has no NaN and no infinity, but a score with a zero denominator is not finite. */
const NOT_FINITE = "not_finite";

export const stateText = (state: RunState): string =>
  `${JSON.stringify(state, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? { [NOT_FINITE]: String(value) } : value,
  )}\n`;

const revived = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && NOT_FINITE in value ? Number(value[NOT_FINITE]) : value;

/** Reads the state in a checkpoint's folder. A returned string is the reason why the state cannot be used. */
export async function readState(folder: string): Promise<RunState | string> {
  try {
    const json: unknown = JSON.parse(await readWholeText(join(folder, RUN_STATE)), revived);
    const { success, data } = stateSchema.safeParse(json);
    return success
      ? ({ ...data, recipe: withPresentNames(data.recipe) } as unknown as RunState)
      : `${RUN_STATE} was written by another version of Nerium`;
  } catch (error) {
    return `could not read ${RUN_STATE} (${(error as Error).message})`;
  }
}
