import type { FsPort } from "../../files/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { ScheduleOptions } from "../../recipe/schedule.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { HistoryEvent } from "../../run/history.js";
import type { Progress } from "../../run/progress.js";
import type { Resumed } from "../checkpoint/resume.js";
import type { Saver } from "../checkpoint/saver.js";
import { StepSequence } from "../examples/batches.js";
import { schedule } from "../examples/plan.js";
import type { TrainingWindow } from "../examples/trainingData.js";
import type { OutputFolder } from "../finish/outputFolder.js";
import type { Prepared } from "../prepare/prepare.js";
import type { StepEngine } from "../step/stepEngine.js";
import { noBestModel } from "./bestModel.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

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

/** Where a run stands, for all who take it further. */
export class TrainState {
  progress: Progress;
  /** Why the run ends; until then `finished`. */
  reason: TrainResult["reason"] = "finished";
  /** `progress.history`: grows in place, for a copy at every log would make a long run's work quadratic. */
  private readonly history: HistoryEvent[];
  readonly sequence: StepSequence<TrainingWindow>;
  readonly schedule: ScheduleOptions;

  constructor(
    readonly recipe: Recipe,
    readonly edge: TrainingEdge,
    readonly parts: TrainLoopParts,
  ) {
    const progress = parts.resumed?.progress ?? beforeTheFirstStep;
    this.history = [...progress.history];
    this.progress = { ...progress, history: this.history };
    const { epochWindows, batchSize } = parts.prepared;
    this.sequence = new StepSequence(epochWindows, recipe, batchSize);
    this.schedule = schedule(recipe, this.sequence.plan.totalSteps);
  }

  /** Puts what has changed into the progress. */
  advance(changes: Partial<Progress>): void {
    this.progress = { ...this.progress, ...changes };
  }

  /** Keeps an event for card, checkpoints and Trainer's files; gives it back. */
  record<T extends HistoryEvent>(event: T): T {
    this.history.push(event);
    return event;
  }

  /** Seconds of work, those of the runs before included. */
  get seconds(): number {
    const { resumed, begin } = this.parts;
    return (resumed?.progress.seconds ?? 0) + (this.edge.now() - begin) / 1000;
  }

  /** Updates done: steps, less those that were skipped. */
  get updates(): number {
    return this.progress.step - this.progress.skipped.total;
  }

  /** The event that the run begins with. */
  get start(): Event<"start"> {
    const { train, validation, test, weights, labels, batchSize } = this.parts.prepared;
    return {
      type: "start",
      recipe: this.recipe,
      labels,
      trainSentences: train.facts.sentences,
      validationSentences: validation?.data.sentences.length ?? 0,
      testSentences: test?.data.sentences.length ?? 0,
      ...this.sequence.plan,
      batchSize,
      resumedAt: this.parts.resumed?.progress.step ?? 0,
      parameters: weights.parameterCount,
      vocabulary: weights.vocabularyRows,
      threads: this.edge.threads,
    };
  }
}
