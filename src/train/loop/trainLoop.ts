import type { FsPort } from "../../files/index.js";
import type { Recipe } from "../../recipe/index.js";
import { learningRate, type ScheduleOptions } from "../../recipe/schedule.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { HistoryEvent } from "../../run/history.js";
import type { Progress } from "../../run/progress.js";
import { restoreModel } from "../checkpoint/restore.js";
import type { Resumed } from "../checkpoint/resume.js";
import type { Saver } from "../checkpoint/saver.js";
import { stateText } from "../checkpoint/state.js";
import { notFinite } from "../errors.js";
import { type StepPlan, StepSequence } from "../examples/batches.js";
import { schedule } from "../examples/plan.js";
import type { TrainingWindow } from "../examples/trainingData.js";
import { trainerStateText, writeFinishedRun } from "../finish/finish.js";
import type { OutputFolder } from "../finish/outputFolder.js";
import type { EvaluationSplit, Prepared } from "../prepare/prepare.js";
import type { StepEngine, StepFigures } from "../step/stepEngine.js";
import { noBestModel, patienceIsOver, updatedBestModel } from "./bestModel.js";
import { runEvents, runState } from "./runHistory.js";
import { validation } from "./validation.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;
type Events<T = void> = AsyncGenerator<TrainEvent, T>;
type DrawnStep = StepPlan<TrainingWindow>;

/** What the loop needs from outside. */
export interface TrainingEdge {
  /** Aborted: finish the step, save, end. */
  readonly signal: AbortSignal;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly threads: number;
  /** Go on from the newest checkpoint in the output folder. */
  readonly resume: boolean;
  readonly fs: FsPort;
}

/** Steps in a row that may go without an update where the recipe says to skip them. */
const MOST_SKIPPED = 3;

/** What a run works with. */
export interface TrainLoopParts {
  readonly prepared: Prepared;
  readonly trainer: StepEngine;
  readonly saver: Saver;
  readonly output: OutputFolder;
  readonly fingerprint: Promise<Fingerprint>;
  readonly begin: number;
  readonly resumed: Resumed | undefined;
}

const beforeTheFirstStep: Progress = {
  step: 0,
  epoch: 0,
  seconds: 0,
  totals: { count: 0, loss: 0, tokens: 0 },
  sinceLog: { loss: 0, steps: 0 },
  skipped: { total: 0, inARow: 0 },
  evaluatedAt: -1,
  savedAt: -1,
  judgement: noBestModel,
  history: [],
};

/** One run, from its first step to its model folder. */
export class TrainLoop {
  private progress: Progress;
  /** `progress.history`: grows in place, for a copy at every log would make a long run's work quadratic. */
  private readonly history: HistoryEvent[];
  private readonly course: StepSequence<TrainingWindow>;
  private readonly schedule: ScheduleOptions;
  private reason: TrainResult["reason"] = "finished";

  constructor(
    private readonly recipe: Recipe,
    private readonly edge: TrainingEdge,
    private readonly parts: TrainLoopParts,
  ) {
    const progress = parts.resumed?.progress ?? beforeTheFirstStep;
    this.history = [...progress.history];
    this.progress = { ...progress, history: this.history };
    const { epochWindows, batchSize } = parts.prepared;
    this.course = new StepSequence(epochWindows, recipe, batchSize);
    this.schedule = schedule(recipe, this.course.plan.totalSteps);
  }

  private advance(changes: Partial<Progress>): void {
    this.progress = { ...this.progress, ...changes };
  }

  private record<T extends HistoryEvent>(event: T): T {
    this.history.push(event);
    return event;
  }

  /** Seconds of work, those of the runs before included. */
  private get seconds(): number {
    const { resumed, begin } = this.parts;
    return (resumed?.progress.seconds ?? 0) + (this.edge.now() - begin) / 1000;
  }

  private get start(): Event<"start"> {
    const { train, validation, test, weights, labels, batchSize } = this.parts.prepared;
    return {
      type: "start",
      recipe: this.recipe,
      labels,
      trainSentences: train.facts.sentences,
      validationSentences: validation?.data.sentences.length ?? 0,
      testSentences: test?.data.sentences.length ?? 0,
      ...this.course.plan,
      batchSize,
      resumedAt: this.parts.resumed?.progress.step ?? 0,
      parameters: weights.parameterCount,
      vocabulary: weights.vocabularyRows,
      threads: this.edge.threads,
    };
  }

  async *run(): Events {
    yield this.start;
    const { step } = this.progress;
    // A run that was interrupted in an evaluation goes on with it.
    if (step > 0) yield* this.afterStep({ endsEpoch: this.course.endsEpoch(step) });
    if (patienceIsOver(this.progress.judgement, this.recipe)) this.reason = "early-stopping";
    const goesOn = () => this.reason === "finished" && !this.edge.signal.aborted;
    const plans = this.course.steps(step);
    let current = goesOn() ? plans.next().value : undefined;
    while (current !== undefined && goesOn()) {
      const next: DrawnStep | undefined = plans.next().value;
      yield* this.oneStep(current, next);
      yield* this.parts.saver.ended();
      yield* this.afterStep(current);
      current = next;
    }
    if (this.edge.signal.aborted) this.reason = "stopped";
    if (this.reason === "stopped" && this.progress.savedAt !== this.progress.step)
      yield* this.save("checkpoint");
    yield* await this.parts.saver.settled();
  }

  private async *oneStep({ step, members, epoch }: DrawnStep, next: DrawnStep | undefined): Events {
    const { trainer } = this.parts;
    const begin = this.edge.now();
    const figures = await trainer.gradient(members, step);
    const { loss, gradNorm, tokens } = figures;
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm))
      return yield* this.skip({ step, members, epoch }, figures);
    const rate = learningRate(step - 1, this.schedule);
    const { totals, skipped, sinceLog } = this.progress;
    const updated = trainer.update(step - skipped.total, rate, gradNorm);
    try {
      if (next !== undefined) trainer.stage(next.members, next.step);
    } finally {
      // Whatever comes next, nothing may be released that the update is at work on.
      await Promise.allSettled([updated]);
    }
    await updated;
    this.advance({
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
      seconds: (this.edge.now() - begin) / 1000,
      memory: process.memoryUsage.rss(),
    };
    if (step % this.recipe.loggingSteps === 0) {
      const { loss: sum, steps } = this.progress.sinceLog;
      this.advance({ sinceLog: { loss: 0, steps: 0 } });
      yield this.record({ type: "log", step, epoch, loss: sum / steps, gradNorm, learningRate: rate });
    }
  }

  /** A step whose loss or gradient is not finite: no update, or the end of the run with the weights of the step before. */
  private async *skip(plan: Omit<DrawnStep, "endsEpoch">, figures: StepFigures): Events {
    const { step, epoch, members } = plan;
    const { total, inARow } = this.progress.skipped;
    const skips = this.recipe.nonFiniteStep === "skip";
    const facts = {
      step,
      epoch,
      what: Number.isFinite(figures.loss)
        ? `The gradient of ${figures.notFinite[0] ?? "a parameter"} is not finite`
        : `The loss is ${figures.loss}`,
      sentences: [...new Set(members.map(({ place }) => place))],
    };
    if (skips && inARow + 1 < MOST_SKIPPED) {
      this.advance({ step, epoch, skipped: { total: total + 1, inARow: inARow + 1 } });
      const message = `${facts.what} at step ${step}; the step is skipped.`;
      yield { type: "warning", code: "STEP_SKIPPED", message };
      return;
    }
    yield* await this.parts.saver.settled();
    if (this.progress.step > 0 && this.progress.savedAt !== this.progress.step)
      yield* this.save("checkpoint");
    yield* await this.parts.saver.settled();
    const folder = this.parts.saver.folderOf(this.progress.step);
    throw notFinite({ ...facts, folder, skipped: skips ? MOST_SKIPPED : 0 });
  }

  /** Evaluations and checkpoints that are due. */
  private async *afterStep({ endsEpoch }: Pick<DrawnStep, "endsEpoch">): Events {
    yield* this.evaluateAndSave("steps");
    if (endsEpoch && !this.edge.signal.aborted) yield* this.evaluateAndSave("epoch");
  }

  private async *evaluateAndSave(moment: "steps" | "epoch"): Events {
    const { evalStrategy, evalSteps, saveStrategy, saveSteps } = this.recipe;
    const { step, evaluatedAt, judgement } = this.progress;
    const due = (strategy: string, every: number) =>
      strategy === moment && (moment === "epoch" || step % every === 0);
    const { validation } = this.parts.prepared;
    let improved = false;
    if (validation !== undefined && due(evalStrategy, evalSteps) && evaluatedAt !== step) {
      const evaluation = yield* this.validate(validation);
      if (evaluation === undefined) return;
      const { improved: isBetter, ...judged } = updatedBestModel(judgement, evaluation.event, this.recipe);
      improved = isBetter;
      this.advance({ evaluatedAt: step, judgement: judged });
      if (patienceIsOver(judged, this.recipe)) this.reason = "early-stopping";
    }
    const saves = saveStrategy === "best" ? improved : due(saveStrategy, saveSteps);
    if (saves && this.progress.savedAt !== step) {
      const reason = improved ? "best" : "checkpoint";
      this.advance({ savedAt: step });
      this.record({ type: "save", step, folder: `checkpoint-${step}`, reason });
      yield* this.save(reason);
    }
  }

  /** Begins to write a checkpoint of this moment; the run goes on meanwhile. */
  private async *save(reason: Event<"save">["reason"]): Events {
    const { prepared, trainer, saver, resumed } = this.parts;
    yield* await saver.settled();
    const fingerprint = await this.parts.fingerprint;
    const progress = { ...this.progress, seconds: this.seconds };
    const { recipe, start } = this;
    const state = runState({
      recipe,
      prepared,
      average: trainer.average?.state,
      progress,
      fingerprint,
      forced: resumed?.forced ?? [],
      threads: this.edge.threads,
    });
    const content = {
      step: progress.step,
      snapshot: trainer.snapshot(),
      state: stateText(state),
      trainerState: trainerStateText(recipe, prepared, runEvents(start, progress, recipe.output)),
    };
    saver.begin(content, reason, progress.judgement.best?.step);
    await trainer.yieldToWriter(content.snapshot);
  }

  /** Updates done: steps, less those that were skipped. */
  private get updates(): number {
    return this.progress.step - this.progress.skipped.total;
  }

  /** The weights as they stand and, where there is one, their average, on the validation data. */
  private async *validate(data: EvaluationSplit) {
    const { trainer } = this.parts;
    await trainer.followAverage(this.updates, true);
    return yield* this.evaluate("validation", data, trainer.average === undefined ? "last" : "both");
  }

  /** `undefined` where the run is stopped meanwhile. */
  private async *evaluate(
    split: "validation" | "test",
    data: EvaluationSplit,
    weights: "last" | "average" | "both",
  ) {
    const { signal, now } = this.edge;
    const { step, epoch } = this.progress;
    const at = { signal, now, step, epoch, weights, recipe: this.recipe };
    const evaluated = yield* validation(this.parts.trainer, split, data, at);
    if (evaluated !== undefined) yield this.record(evaluated.event);
    return evaluated;
  }

  /** After the last step: the best model back where asked for, a last evaluation, the test set, and the model folder. */
  async *finish(): Events<TrainResult> {
    const { prepared, trainer, saver, resumed } = this.parts;
    const { recipe, edge } = this;
    const { output } = recipe;
    const { step, epoch, judgement } = this.progress;
    const best = recipe.loadBestModelAtEnd ? judgement.best : undefined;
    const bestFolder = best && saver.folderOf(best.step);
    if (bestFolder !== undefined) await restoreModel(bestFolder, prepared, { average: best!.ofAverage });
    const restored = bestFolder === undefined ? undefined : best;
    let metrics = restored?.metrics ?? judgement.lastMetrics;
    const seconds = this.seconds;
    // Whoever stops a run does not want to wait for it.
    const evaluates = (split: EvaluationSplit | undefined): split is EvaluationSplit =>
      split !== undefined && !edge.signal.aborted;
    if (evaluates(prepared.validation) && this.progress.evaluatedAt !== step && restored === undefined) {
      const last = yield* this.validate(prepared.validation);
      if (last !== undefined) {
        metrics = last.event.metrics;
        const lastOfAverage = last.event.compared?.better === "average";
        const judged = { ...judgement, lastMetrics: metrics, lastOfAverage };
        this.advance({ evaluatedAt: step, judgement: judged });
      }
    }
    const { evaluatedAt } = this.progress;
    const keepsAverage =
      restored === undefined && evaluatedAt === step && this.progress.judgement.lastOfAverage;
    const kept = keepsAverage ? "average" : "last";
    const tested = evaluates(prepared.test) ? yield* this.evaluate("test", prepared.test, kept) : undefined;
    if (edge.signal.aborted && this.reason !== "stopped") {
      this.reason = "stopped";
      if (restored === undefined && this.progress.savedAt !== step) yield* this.save("checkpoint");
      yield* await saver.settled();
    }
    const { reason } = this;
    const end = this.record({ type: "end", reason, step, epoch, seconds, folder: output });
    await this.parts.output.check();
    const result = {
      reason,
      metrics,
      testMetrics: tested?.event.metrics,
      steps: step,
      tokens: this.progress.totals.tokens,
      seconds,
      fingerprint: await this.parts.fingerprint,
    };
    const ending = {
      predicted: tested?.predicted,
      result,
      forced: resumed?.forced ?? [],
      moment: keepsAverage ? trainer.average : undefined,
    };
    await writeFinishedRun(recipe, prepared, runEvents(this.start, this.progress, output), ending, edge.fs);
    yield { type: "save", step: restored?.step ?? step, folder: output, reason: restored ? "best" : "last" };
    yield end;
    return { ...result, folder: output };
  }
}
