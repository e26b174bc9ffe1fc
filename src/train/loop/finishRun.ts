import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import type { RecordedEvaluation } from "../../run/history.js";
import { restoreModel } from "../checkpoint/restore.js";
import { writeFinishedRun } from "../finish/finish.js";
import type { EvaluationSplit } from "../prepare/prepare.js";
import { evaluate, save, validate } from "./evaluateAndSave.js";
import { runEvents } from "./runHistory.js";
import type { TrainState } from "./trainState.js";

type Events<T> = AsyncGenerator<TrainEvent, T>;

/**
 * Everything after the last step: restores the best model if the recipe asks for it, evaluates a last time,
 * evaluates on the test set, and writes the model folder.
 */
export async function* finishRun(run: TrainState): Events<TrainResult> {
  const { prepared, trainer, saver, resumed, collective } = run.parts;
  const { recipe, edge } = run;
  const { output } = recipe;
  const { step, epoch, judgement } = run.progress;
  const best = recipe.loadBestModelAtEnd ? judgement.best : undefined;
  const bestFolder = await collective.fromFirst(best && saver.folderOf(best.step));
  if (bestFolder !== undefined) {
    if (collective.rank === 0) await restoreModel(bestFolder, prepared, { average: best!.ofAverage });
    await trainer.spread();
  }
  const restored = bestFolder === undefined ? undefined : best;
  let metrics = restored?.metrics ?? judgement.lastMetrics;
  const seconds = run.seconds;
  // A user who stops a run does not want to wait for evaluations.
  const evaluates = (split: EvaluationSplit | undefined): split is EvaluationSplit =>
    split !== undefined && !edge.signal.aborted;
  if (evaluates(prepared.validation) && run.progress.evaluatedAt !== step && restored === undefined) {
    const last = yield* validate(run, prepared.validation);
    if (last !== undefined) {
      metrics = last.event.metrics;
      const lastOfAverage = last.event.compared?.better === "average";
      const judged = { ...judgement, lastMetrics: metrics, lastOfAverage };
      run.advance({ evaluatedAt: step, judgement: judged });
    }
  }
  const { evaluatedAt } = run.progress;
  const keepsAverage = restored === undefined && evaluatedAt === step && run.progress.judgement.lastOfAverage;
  const kept = keepsAverage ? "average" : "last";
  const from = (restored && validationAt(run, restored.step)) ?? run.progress;
  const tested = evaluates(prepared.test)
    ? yield* evaluate(run, "test", prepared.test, kept, from)
    : undefined;
  if (edge.signal.aborted && run.reason !== "stopped") {
    run.reason = "stopped";
    if (restored === undefined && run.progress.savedAt !== step) yield* save(run, "checkpoint");
    yield* await saver.settled();
  }
  const { reason } = run;
  const end = run.record({ type: "end", reason, step, epoch, seconds, folder: output });
  await run.parts.output.check();
  const result = {
    reason,
    metrics,
    testMetrics: tested?.event.metrics,
    steps: step,
    tokens: run.progress.totals.tokens,
    seconds,
    fingerprint: await run.parts.fingerprint,
  };
  const ending = {
    predicted: tested?.predicted,
    result,
    forced: resumed?.forced ?? [],
    moment: keepsAverage ? trainer.average : undefined,
  };
  if (collective.rank === 0)
    await writeFinishedRun(recipe, prepared, runEvents(run.start, run.progress, output), ending, edge.fs);
  // The run ends for all of them, once the model is written.
  const written = await collective.fromFirst(result);
  yield { type: "save", step: restored?.step ?? step, folder: output, reason: restored ? "best" : "last" };
  yield end;
  return { ...written, folder: output };
}

/** Returns the evaluation on the validation data at a step. */
const validationAt = ({ progress }: TrainState, step: number) =>
  progress.history.find(
    (event) => event.type === "evaluation" && event.split === "validation" && event.step === step,
  ) as RecordedEvaluation | undefined;
