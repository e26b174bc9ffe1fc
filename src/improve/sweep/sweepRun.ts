import { existsSync } from "node:fs";
import { z } from "zod";
import { attempt, readWholeText, removeFolder, tidy, writeJson } from "../../files/index.js";
import { parseRecipe, type RawRecipe } from "../../recipe/index.js";
import type { Sentence } from "../../text/index.js";
import { checkpointFolders } from "../../train/checkpoint/find.js";
import { recordDamaged } from "../errors.js";
import { areTagsOf, predictedTags } from "../predictedTags.js";
import { changedRecipe, type ImproveEdge, trained } from "../runs.js";

/** The shares of a run's steps after which halving stops the worse half. */
export const PAUSES = [0.25, 0.5];

/** What is known about a run. */
export interface RunRecord {
  /** F1 on the validation data where the run was paused, by the share of its steps. */
  readonly paused: Readonly<Record<string, number>>;
  /** Once the run is over. */
  readonly final?: {
    readonly f1: number;
    readonly steps: number;
    /** Tags of the validation sentences. */
    readonly predicted: readonly (readonly string[])[];
  };
}

/** A run of a sweep. */
export interface SweepRun {
  readonly title: string;
  /** Has everything but the output. */
  readonly recipe: RawRecipe;
  /** Folder of the run. Its record is beside it. */
  readonly folder: string;
}

const recordFile = (folder: string): string => `${folder}.json`;

const recordSchema = z.object({
  paused: z.record(
    z.string().refine((share) => PAUSES.includes(Number(share))),
    z.number(),
  ),
  final: z.object({ f1: z.number(), steps: z.number(), predicted: z.array(z.array(z.string())) }).optional(),
});

/** @throws NeriumError IMPROVE_RECORD_DAMAGED */
async function recordOf(folder: string, validation: readonly Sentence[]): Promise<RunRecord> {
  const file = recordFile(folder);
  if (!existsSync(file)) return { paused: {} };
  const text = await attempt(file, "read", () => readWholeText(file));
  try {
    const { paused, final } = recordSchema.parse(JSON.parse(text));
    if (final === undefined) return { paused };
    if (areTagsOf(final.predicted, validation)) return { paused, final };
  } catch {}
  throw recordDamaged(file);
}

/**
 * Trains a run up to a share of its steps, to the first evaluation from there on, or to its end with `until` 1. It continues where
 * it was paused or killed, and what is recorded is not trained again.
 *
 * @param validation the sentences that the run is evaluated on
 * @throws NeriumError IMPROVE_STOPPED, IMPROVE_RECORD_DAMAGED, and the errors of training
 */
export async function trainedUntil(
  { title, recipe, folder }: SweepRun,
  until: number,
  validation: readonly Sentence[],
  edge: ImproveEdge,
  work: string,
): Promise<RunRecord> {
  const before = await recordOf(folder, validation);
  if (before.final !== undefined) {
    // A kill may have come before this.
    await removeCheckpoints(folder);
    return before;
  }
  if (String(until) in before.paused) return before;
  const pause = new AbortController();
  let record = before;
  let steps = Number.POSITIVE_INFINITY;
  const result = await trained(title, changedRecipe(recipe, [], { output: folder }), edge, work, {
    pause: pause.signal,
    listeners: [
      async (event) => {
        if (event.type === "start") steps = event.totalSteps;
        if (until === 1 || event.type !== "evaluation" || event.split !== "validation") return;
        if (event.step < until * steps || event.step === steps || pause.signal.aborted) return;
        // A later pause may be before the next evaluation.
        const reached = PAUSES.filter((share) => share >= until && event.step >= share * steps);
        // Listeners are awaited, so this is on the disk before the checkpoint of this step is.
        const scores = Object.fromEntries(reached.map((share) => [share, event.metrics.f1]));
        record = { paused: { ...record.paused, ...scores } };
        await writeJson(recordFile(folder), record);
        pause.abort();
      },
    ],
  });
  if (pause.signal.aborted) return record;
  const { threads } = parseRecipe(changedRecipe(recipe, [], { output: folder })).recipe;
  record = {
    ...record,
    final: {
      f1: result.metrics!.f1,
      steps: result.steps,
      predicted: await predictedTags(folder, validation, { threads, signal: edge.signal }),
    },
  };
  await writeJson(recordFile(folder), record);
  await removeCheckpoints(folder);
  return record;
}

/** Removes the checkpoints of a finished run. The model stays. */
async function removeCheckpoints(folder: string): Promise<void> {
  // What a kill has left of one that was being removed.
  await tidy(folder);
  for (const checkpoint of await checkpointFolders(folder)) await removeFolder(checkpoint.folder);
}
