import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readWholeText } from "../files/index.js";
import { parseRecipe } from "./check.js";
import { snakeCase, withPresentNames } from "./spelling.js";

/** The record of a finished run in its folder: its recipe, and what came of it. */
export const TRAINING_ARGS = "training_args.json";

/** The record of a run in its checkpoints. */
export const RUN_STATE = "run_state.json";

/** What a run notes for dashboards, in its output folder. A hidden file, so that it is not uploaded with the model. */
export const RUN_NOTES = ".nerium-run.jsonl";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the recipe of the run in an output folder, by field in snake_case: that of the finished run, otherwise that of the newest
 * checkpoint. Fields are left out if the recipe is the same without them. Returns `undefined` if the folder records no run.
 */
export async function recordedRecipe(folder: string): Promise<Fields | undefined> {
  const recorded = await recordedFields(folder);
  // Without a limit, which is 0 in recipes, JSON has no such key.
  return recorded && needed({ ...recorded, saveTotalLimit: recorded.saveTotalLimit ?? 0 });
}

/** Returns the same recipe by field, with everything that is recorded. */
export async function recordedFields(folder: string): Promise<Fields | undefined> {
  const { nerium, result, cardSha256, files, forced, ...own } =
    (await readJson(join(folder, TRAINING_ARGS))) ?? {};
  const finished = typeof nerium === "string" ? own : undefined;
  const recorded = result === undefined ? ((await checkpointRecipe(folder)) ?? finished) : finished;
  return recorded && withPresentNames(recorded);
}

/** Returns the recipe in the newest checkpoint that can be read. */
async function checkpointRecipe(folder: string): Promise<Fields | undefined> {
  const names = await readdir(folder).catch(() => []);
  const steps = names.map((name) => Number(/^checkpoint-(\d+)$/.exec(name)?.[1] ?? Number.NaN));
  for (const step of steps.filter((each) => !Number.isNaN(each)).sort((a, b) => b - a)) {
    const state = await readJson(join(folder, `checkpoint-${step}`, RUN_STATE));
    if (typeof state?.recipe === "object" && state.recipe !== null) return state.recipe as Fields;
  }
  return undefined;
}

async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    const json: unknown = JSON.parse(await readWholeText(file));
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the fields without which the recipe would be another one. */
function needed(recorded: Fields): Fields {
  const textOf = (fields: Fields): string =>
    JSON.stringify(Object.entries(parseRecipe(fields, "the recorded recipe").recipe).sort());
  const whole = textOf(recorded);
  const kept: Record<string, unknown> = { ...recorded };
  for (const [key, value] of Object.entries(recorded)) {
    delete kept[key];
    if (!isSame(kept)) kept[key] = value;
  }
  function isSame(fields: Fields): boolean {
    try {
      return textOf(fields) === whole;
    } catch {
      return false; // The field is required.
    }
  }
  return Object.fromEntries(Object.entries(kept).map(([key, value]) => [snakeCase(key), value]));
}
