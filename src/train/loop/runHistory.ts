import { join } from "node:path";
import type { Recipe } from "../../recipe/index.js";
import type { TrainEvent } from "../../run/events.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { RecordedEvent } from "../../run/history.js";
import type { Progress } from "../../run/progress.js";
import { versions } from "../../versions.js";
import { computedBy, type ForcedChange, type RunState } from "../checkpoint/state.js";
import type { AverageState } from "../optimizers/weightAverage.js";
import type { Prepared } from "../prepare/prepare.js";

/** The events that the card and HF's files are made from. All steps are summed up in one event. */
export function runEvents(
  start: Extract<TrainEvent, { type: "start" }>,
  { history, totals, step, epoch }: Progress,
  output: string,
): RecordedEvent[] {
  // The history contains names relative to the output folder, so that a run that was moved finds its own
  // checkpoints.
  const events = history.map((event) =>
    event.type === "save" ? { ...event, folder: join(output, event.folder) } : event,
  );
  return [start, ...events, { type: "steps", step, epoch, ...totals }];
}

/** The state of a run as it is written to a checkpoint. */
export function runState(run: {
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  readonly average?: AverageState | undefined;
  readonly progress: Progress;
  readonly fingerprint: Fingerprint;
  readonly forced: readonly ForcedChange[];
  readonly threads: number;
  /** Number of processes; 1 by default. */
  readonly ranks?: number;
}): RunState {
  const { recipe, prepared, average, progress, fingerprint, forced, threads, ranks = 1 } = run;
  const { weights, labels } = prepared;
  return {
    format_version: 1,
    nerium: versions().nerium,
    recipe,
    threads,
    ...(ranks > 1 && { ranks }),
    computedBy: computedBy(weights.engine),
    labels,
    fingerprint,
    vocabulary: weights.vocabulary === undefined ? null : [...weights.vocabulary.ids],
    leftOutFactor: weights.unusedRowDecay,
    average: average ?? null,
    forced,
    progress,
  };
}
