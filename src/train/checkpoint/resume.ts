import { counted } from "../../counted.js";
import { readCrf, readCrfAverage, readCrfBlock } from "../../crf/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainEvent } from "../../run/events.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { Progress } from "../../run/progress.js";
import { versions } from "../../versions.js";
import { labelsChanged, resumeChanged } from "../errors.js";
import type { NamedBlocks } from "../optimizers/optimizer.js";
import type { Prepared } from "../prepare/prepare.js";
import type { StepEngine } from "../step/stepEngine.js";
import { readAverage, readOptimizerState } from "./blockFiles.js";
import { changedContents, changedFields } from "./changes.js";
import type { Checkpoint } from "./find.js";
import { computedBy, type ForcedChange, type RunState } from "./state.js";

type Warning = Extract<TrainEvent, { type: "warning" }>;

/** What a resumed run takes from its checkpoint, besides weights and optimizer state. */
export interface Resumed {
  readonly progress: Progress;
  readonly forced: readonly ForcedChange[];
  readonly warnings: readonly Warning[];
}

/**
 * Restores weights, optimizer state, average and conditional random field from a checkpoint.
 *
 * @param optimizerState the blocks for the optimizer's state of all weights
 * @throws NeriumError TRAIN_RESUME_CHANGED if model, tokenizer, data or labels have changed and the recipe
 *   does not set `force`; TRAIN_LABELS_CHANGED and TRAIN_OPTIMIZER_CHANGED for other labels or another
 *   optimizer, even with `force`
 */
export async function resume(
  { folder, step, state }: Checkpoint,
  recipe: Recipe,
  prepared: Prepared,
  trainer: StepEngine,
  now: { readonly fingerprint: Fingerprint; readonly threads: number; readonly ranks?: number },
  optimizerState: NamedBlocks = trainer.optimizer.blocks,
): Promise<Resumed> {
  const contents = changedContents(state, { fingerprint: now.fingerprint, labels: prepared.labels });
  if (contents.length > 0 && !recipe.force) throw resumeChanged(folder, contents);
  if (contents.includes("labels")) throw labelsChanged(folder, state.labels, prepared.labels);
  const fields = [...changedFields(state.recipe, recipe), ...contents];

  const { weights } = prepared;
  const ids = weights.vocabulary?.ids;
  const before = state.vocabulary;
  const sameRows = JSON.stringify(before) === JSON.stringify(ids === undefined ? null : [...ids]);
  const sameModel = !contents.includes("model");
  weights.unusedRowDecay = state.leftOutFactor;
  await weights.restore(folder, { leftOut: !(sameRows && sameModel) });
  const places = new Map(before?.map((id, row) => [id, row]));
  const rows = sameRows
    ? undefined
    : {
        parameter: weights.layout.vocabulary.name,
        from: Array.from(ids ?? [], (id) => places.get(id) ?? -1),
      };
  await readOptimizerState(folder, weights.layout, optimizerState, rows);
  const { average, crf } = trainer;
  const labels = prepared.labels.length;
  if (crf !== undefined && state.recipe.crf) {
    crf.values.set(await readCrf(folder, labels));
    for (const [name, block] of Object.entries(crf.blocks))
      block.set(await readCrfBlock(folder, labels, name));
  }
  average?.begin(
    state.average ?? { updates: step - state.progress.skipped.total, leftOutFactor: weights.unusedRowDecay },
  );
  if (average !== undefined && state.average !== null)
    await readAverage(folder, weights.layout, average.block, rows);
  if (average?.crf !== undefined && state.average !== null && state.recipe.crf)
    average.crf.set(await readCrfAverage(folder, labels));
  return {
    progress: state.progress,
    forced: fields.length > 0 ? [...state.forced, { step, fields }] : state.forced,
    warnings: warnings(fields, state, {
      threads: now.threads,
      ranks: now.ranks ?? 1,
      computedBy: computedBy(weights.engine),
    }),
  };
}

function warnings(
  fields: readonly string[],
  before: Pick<RunState, "threads" | "ranks" | "nerium" | "computedBy">,
  now: { readonly threads: number; readonly ranks: number; readonly computedBy: string },
): Warning[] {
  const { threads, ranks, computedBy } = now;
  const ranksBefore = before.ranks ?? 1;
  const { nerium } = versions();
  const warning = (code: string, message: string): Warning => ({ type: "warning", code, message });
  return [
    ...(fields.length === 0
      ? []
      : [
          warning(
            "RESUME_FORCED",
            `The run continues with changes: ${fields.join(", ")}. They are recorded in training_args.json.`,
          ),
        ]),
    ...(ranks === ranksBefore
      ? []
      : [
          warning(
            "RANKS_CHANGED",
            `The run started with ${counted(ranksBefore, "process", "processes")} and continues with ${ranks}: the last bits of the weights may differ.`,
          ),
        ]),
    // With other processes, the number of threads differs too.
    ...(threads === before.threads || ranks !== ranksBefore
      ? []
      : [
          warning(
            "THREADS_CHANGED",
            `The run started with ${counted(before.threads, "thread")} and continues with ${threads}: the last bits of the weights may differ.`,
          ),
        ]),
    ...(before.computedBy === undefined || computedBy === before.computedBy
      ? []
      : [
          warning(
            "ENGINE_CHANGED",
            `The run started on ${before.computedBy} and continues on ${computedBy}: the last bits of the weights may differ.`,
          ),
        ]),
    ...(nerium === before.nerium
      ? []
      : [
          warning(
            "VERSION_CHANGED",
            `The run started with Nerium ${before.nerium} and continues with ${nerium}: the last bits of the weights may differ.`,
          ),
        ]),
  ];
}
