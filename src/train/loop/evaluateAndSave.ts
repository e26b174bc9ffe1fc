import type { TrainEvent } from "../../run/events.js";
import { stateText } from "../checkpoint/state.js";
import type { StepPlan } from "../examples/batches.js";
import { trainerStateText } from "../finish/finish.js";
import type { EvaluationSplit } from "../prepare/prepare.js";
import { patienceIsOver, updatedBestModel } from "./bestModel.js";
import { runEvents, runState } from "./runHistory.js";
import type { TrainState } from "./trainState.js";
import { validation } from "./validation.js";

type Events = AsyncGenerator<TrainEvent, void>;
type SaveReason = Extract<TrainEvent, { type: "save" }>["reason"];

/** Evaluations and checkpoints that are due. */
export async function* afterStep(
  run: TrainState,
  { endsEpoch }: Pick<StepPlan<unknown>, "endsEpoch">,
): Events {
  yield* evaluateAndSave(run, "steps");
  if (endsEpoch && !run.edge.signal.aborted) yield* evaluateAndSave(run, "epoch");
}

async function* evaluateAndSave(run: TrainState, moment: "steps" | "epoch"): Events {
  const { evalStrategy, evalSteps, saveStrategy, saveSteps } = run.recipe;
  const { step, evaluatedAt, judgement } = run.progress;
  const due = (strategy: string, every: number) =>
    strategy === moment && (moment === "epoch" || step % every === 0);
  const { validation } = run.parts.prepared;
  let improved = false;
  if (validation !== undefined && due(evalStrategy, evalSteps) && evaluatedAt !== step) {
    const evaluation = yield* validate(run, validation);
    if (evaluation === undefined) return;
    const { improved: isBetter, ...judged } = updatedBestModel(judgement, evaluation.event, run.recipe);
    improved = isBetter;
    run.advance({ evaluatedAt: step, judgement: judged });
    if (patienceIsOver(judged, run.recipe)) run.reason = "early-stopping";
  }
  const saves = saveStrategy === "best" ? improved : due(saveStrategy, saveSteps);
  if (saves && run.progress.savedAt !== step) {
    const reason = improved ? "best" : "checkpoint";
    run.advance({ savedAt: step });
    run.record({ type: "save", step, folder: `checkpoint-${step}`, reason });
    yield* save(run, reason);
  }
}

/** Starts to write a checkpoint of the present state. The run goes on while it is written. */
export async function* save(run: TrainState, reason: SaveReason): Events {
  const { prepared, trainer, saver, resumed } = run.parts;
  yield* await saver.settled();
  const fingerprint = await run.parts.fingerprint;
  const snapshot = await trainer.sharedSnapshot();
  // The first of several processes writes for all.
  if (snapshot === undefined) return;
  const progress = { ...run.progress, seconds: run.seconds };
  const { recipe, start } = run;
  const state = runState({
    recipe,
    prepared,
    average: trainer.average?.state,
    progress,
    fingerprint,
    forced: resumed?.forced ?? [],
    threads: run.edge.threads,
    ranks: run.parts.collective.size,
  });
  const content = {
    step: progress.step,
    snapshot,
    state: stateText(state),
    trainerState: trainerStateText(recipe, prepared, runEvents(start, progress, recipe.output)),
  };
  saver.begin(content, reason, progress.judgement.best?.step);
  await trainer.yieldToWriter(snapshot);
}

/** Evaluates the present weights, and their average if there is one, on the validation data. */
export async function* validate(run: TrainState, data: EvaluationSplit) {
  const { trainer } = run.parts;
  await trainer.followAverage(run.updates, true);
  return yield* evaluate(run, "validation", data, trainer.average === undefined ? "last" : "both");
}

/**
 * Returns `undefined` if the run is stopped during the evaluation.
 *
 * @param of the step and the epoch that the weights come from
 */
export async function* evaluate(
  run: TrainState,
  split: "validation" | "test",
  data: EvaluationSplit,
  weights: "last" | "average" | "both",
  { step, epoch }: { readonly step: number; readonly epoch: number } = run.progress,
) {
  const { signal, now } = run.edge;
  const at = { signal, now, step, epoch, weights, recipe: run.recipe };
  const evaluated = yield* validation(run.parts.trainer, split, data, at);
  if (evaluated === undefined) return undefined;
  const event = { ...evaluated.event, ...(split === "validation" && lossSoFar(run)) };
  yield run.record(event);
  return { ...evaluated, event };
}

/** The mean loss of all steps, as long as there is no log of it. */
function lossSoFar({ progress: { history, totals } }: TrainState): { readonly lossSoFar?: number } {
  if (totals.count === 0 || history.some(({ type }) => type === "log")) return {};
  return { lossSoFar: totals.loss / totals.count };
}
