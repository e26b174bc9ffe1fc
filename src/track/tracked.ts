import { join } from "node:path";
import { type LogEntry, TRAINER_STATE } from "../card/index.js";
import { parseJson, readWholeText } from "../files/index.js";
import type { TrainEvent, TrainResult } from "../run/index.js";
import { figuresIn, figuresOf } from "./figures.js";
import type { Figures, Outcome, Tracker } from "./tracker.js";

type Events<T> = AsyncGenerator<TrainEvent, T>;

/** A run whose figures also go to trackers. What goes wrong there becomes a warning in the run. */
export async function* tracked(run: Events<TrainResult>, trackers: readonly Tracker[]): Events<TrainResult> {
  if (trackers.length === 0) return yield* run;
  let outcome: Outcome = "failed";
  let evalBatchSize = 1;
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) {
        outcome = value.reason;
        return value;
      }
      if (value.type === "start") {
        evalBatchSize = value.recipe.perDeviceEvalBatchSize;
        for (const tracker of trackers) tracker.begin(value);
      }
      const figures =
        value.type === "end" ? await lastFigures(value.folder) : figuresOf(value, evalBatchSize);
      if (figures !== undefined) for (const tracker of trackers) tracker.take(figures);
      yield value;
      yield* warnings(trackers);
    }
  } finally {
    await Promise.all(trackers.map((tracker) => tracker.end(outcome)));
    yield* warnings(trackers);
  }
}

function* warnings(trackers: readonly Tracker[]): Generator<TrainEvent> {
  for (const tracker of trackers)
    for (const { code, message } of tracker.warnings()) yield { type: "warning", code, message };
}

/** Returns the totals that Trainer logs at the end of a run, from its record in the model folder. */
async function lastFigures(folder: string): Promise<Figures | undefined> {
  try {
    const state = parseJson(await readWholeText(join(folder, TRAINER_STATE)));
    const entry = (state as { log_history: LogEntry[] }).log_history.at(-1)!;
    // JSON has no NaN: the record has null instead.
    return figuresIn(Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)));
  } catch {
    return undefined;
  }
}
