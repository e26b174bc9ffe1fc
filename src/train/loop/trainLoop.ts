import { isNeriumError } from "../../errors.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import { deviceLostAt } from "../errors.js";
import { patienceIsOver } from "./bestModel.js";
import { afterStep, save } from "./evaluateAndSave.js";
import { finishRun } from "./finishRun.js";
import { type DrawnStep, oneStep } from "./oneStep.js";
import { type TrainingEdge, type TrainLoopParts, TrainState } from "./trainState.js";

type Events<T = void> = AsyncGenerator<TrainEvent, T>;

/** One run, from its first step to the model folder. */
export class TrainLoop {
  private readonly state: TrainState;

  constructor(recipe: Recipe, edge: TrainingEdge, parts: TrainLoopParts) {
    this.state = new TrainState(recipe, edge, parts);
  }

  async *run(): Events {
    try {
      yield* this.steps();
    } catch (error) {
      if (!isNeriumError(error) || error.code !== "RUNTIME_DEVICE_LOST") throw error;
      const { saver } = this.state.parts;
      await saver.quiet();
      throw deviceLostAt(this.state.progress.step, saver.newest, error);
    }
  }

  private async *steps(): Events {
    const { state } = this;
    yield state.start;
    const { step } = state.progress;
    // A run that was interrupted during an evaluation repeats that evaluation.
    if (step > 0) yield* afterStep(state, { endsEpoch: state.sequence.endsEpoch(step) });
    if (patienceIsOver(state.progress.judgement, state.recipe)) state.reason = "early-stopping";
    const goesOn = () => state.reason === "finished" && !state.edge.signal.aborted;
    const plans = state.sequence.steps(step);
    let current = goesOn() ? plans.next().value : undefined;
    while (current !== undefined && goesOn()) {
      const next: DrawnStep | undefined = plans.next().value;
      yield* oneStep(state, current, next);
      yield* state.parts.saver.ended();
      yield* afterStep(state, current);
      current = next;
    }
    if (state.edge.signal.aborted) state.reason = "stopped";
    if (state.reason === "stopped" && state.progress.savedAt !== state.progress.step)
      yield* save(state, "checkpoint");
    yield* await state.parts.saver.settled();
  }

  /** Everything after the last step: see {@link finishRun}. */
  finish(): Events<TrainResult> {
    return finishRun(this.state);
  }
}
