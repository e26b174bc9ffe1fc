import { learningRate } from "../../recipe/schedule.js";
import type { TrainEvent } from "../../run/events.js";
import { notFinite } from "../errors.js";
import type { StepPlan } from "../examples/batches.js";
import type { TrainingWindow } from "../examples/trainingData.js";
import type { StepFigures } from "../step/stepEngine.js";
import { save } from "./evaluateAndSave.js";
import type { TrainState } from "./trainState.js";

type Events = AsyncGenerator<TrainEvent, void>;

/** A step of the run's step sequence. */
export type DrawnStep = StepPlan<TrainingWindow>;

/** The run fails at this many non-finite steps in a row, even if the recipe says to skip them. */
const MOST_SKIPPED = 3;

/**
 * Computes the gradient of a step and updates the weights. The batch of the next step is staged during the
 * update. Yields a step event, and a log event when one is due.
 */
export async function* oneStep(
  run: TrainState,
  { step, members, epoch }: DrawnStep,
  next: DrawnStep | undefined,
): Events {
  const { trainer } = run.parts;
  const begin = run.edge.now();
  const figures = await trainer.gradient(members, step);
  const { loss, gradNorm, tokens } = figures;
  if (!Number.isFinite(loss) || !Number.isFinite(gradNorm))
    return yield* skip(run, { step, members, epoch }, figures);
  const rate = learningRate(step - 1, run.schedule);
  const { totals, skipped, sinceLog } = run.progress;
  const updated = trainer.update(step - skipped.total, rate, gradNorm);
  try {
    if (next !== undefined) trainer.stage(next.members, next.step);
  } finally {
    // If staging fails, memory must not be released before the update has ended.
    await Promise.allSettled([updated]);
  }
  await updated;
  run.advance({
    step,
    epoch,
    totals: { count: totals.count + 1, loss: totals.loss + loss, tokens: totals.tokens + tokens },
    sinceLog: { loss: sinceLog.loss + loss, steps: sinceLog.steps + 1 },
    skipped: { total: skipped.total, inARow: 0 },
  });
  yield {
    type: "step",
    step,
    epoch,
    loss,
    gradNorm,
    learningRate: rate,
    tokens,
    seconds: (run.edge.now() - begin) / 1000,
    memory: process.memoryUsage.rss(),
  };
  if (step % run.recipe.loggingSteps === 0) {
    const { loss: sum, steps } = run.progress.sinceLog;
    run.advance({ sinceLog: { loss: 0, steps: 0 } });
    yield run.record({ type: "log", step, epoch, loss: sum / steps, gradNorm, learningRate: rate });
  }
}

/**
 * Handles a step whose loss or gradient is not finite: skips the update, or ends the run with the weights of
 * the step before.
 */
async function* skip(run: TrainState, plan: Omit<DrawnStep, "endsEpoch">, figures: StepFigures): Events {
  const { step, epoch, members } = plan;
  const { total, inARow } = run.progress.skipped;
  const skips = run.recipe.nonFiniteStep === "skip";
  const facts = {
    step,
    epoch,
    what: Number.isFinite(figures.loss)
      ? `The gradient of ${figures.notFinite[0] ?? "a parameter"} is not finite`
      : `The loss is ${figures.loss}`,
    sentences: [...new Set(members.map(({ place }) => place))],
  };
  if (skips && inARow + 1 < MOST_SKIPPED) {
    run.advance({ step, epoch, skipped: { total: total + 1, inARow: inARow + 1 } });
    const message = `${facts.what} at step ${step}; this step is skipped.`;
    yield { type: "warning", code: "STEP_SKIPPED", message };
    return;
  }
  yield* await run.parts.saver.settled();
  if (run.progress.step > 0 && run.progress.savedAt !== run.progress.step) yield* save(run, "checkpoint");
  yield* await run.parts.saver.settled();
  const folder = run.parts.saver.folderOf(run.progress.step);
  throw notFinite({ ...facts, folder, skipped: skips ? MOST_SKIPPED : 0 });
}
