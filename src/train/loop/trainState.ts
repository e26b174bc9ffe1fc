import type { Collective } from "../../collective/index.js";
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

/** What the training loop needs from outside. */
export interface TrainingEdge {
  /** When aborted, the run finishes its current step, saves a checkpoint and ends. */
  readonly signal: AbortSignal;
  /** Returns milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly threads: number;
  /** Continue from the newest checkpoint in the output folder. */
  readonly resume: boolean;
  readonly fs: FsPort;
  /** The processes that train together. Defaults to this one alone. */
  readonly collective?: Collective;
}

/** The output folder of a run, as the process sees it that trains: only the first of several has it. */
export type RunFolder = Pick<
  OutputFolder,
  "checkpoint" | "kept" | "obsolete" | "warnings" | "finished" | "check"
>;

/** The parts that a run works with. */
export interface TrainLoopParts {
  readonly prepared: Prepared;
  readonly trainer: StepEngine;
  readonly saver: Saver;
  readonly output: RunFolder;
  readonly collective: Collective;
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

/** The state of a run, shared by all parts of the training loop. */
export class TrainState {
  progress: Progress;
  /** Why the run ends; `finished` until another reason is set. */
  reason: TrainResult["reason"] = "finished";
  /**
   * `progress.history`. It grows in place: copying it at every log would take quadratic time in a long run.
   */
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

  /** Updates the progress. */
  advance(changes: Partial<Progress>): void {
    this.progress = { ...this.progress, ...changes };
  }

  /** Records an event for the card, checkpoints and HF Trainer's files. Returns the event. */
  record<T extends HistoryEvent>(event: T): T {
    this.history.push(event);
    return event;
  }

  /** Seconds of work, including those of earlier runs that this one resumes. */
  get seconds(): number {
    const { resumed, begin } = this.parts;
    return (resumed?.progress.seconds ?? 0) + (this.edge.now() - begin) / 1000;
  }

  /** Number of updates so far: steps, minus the skipped ones. */
  get updates(): number {
    return this.progress.step - this.progress.skipped.total;
  }

  /** The first event of the training loop. */
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
