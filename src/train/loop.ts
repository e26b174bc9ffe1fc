import type { Window } from "../tokenize/index.js";
import { notFinite } from "./errors.js";
import type { EvaluationMetrics, TrainEvent } from "./events.js";
import { writeFinishedRun } from "./finish.js";
import { Keeper } from "./keeper.js";
import { type Plan, plan, schedule } from "./plan.js";
import { type Prepared, prepare, type Split } from "./prepare.js";
import { epochOrder } from "./random.js";
import type { Recipe } from "./recipe.js";
import type { TrainResult } from "./run.js";
import { learningRate, type ScheduleOptions } from "./schedule.js";
import { Trainer } from "./trainer.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** What the loop needs from outside. */
export interface TrainingEdge {
  /** Aborted: finish the step, save, end. */
  readonly signal: AbortSignal;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly threads: number;
}

/** A training run as a generator of events; see `TrainEvent` for their order. */
export async function* training(recipe: Recipe, edge: TrainingEdge): AsyncGenerator<TrainEvent, TrainResult> {
  const begin = edge.now();
  const keeper = await Keeper.open(recipe);
  const prepared = await prepare(recipe);
  const trainer = await Trainer.create(recipe, prepared, edge.threads).catch(async (error) => {
    await prepared.weights.dispose();
    throw error;
  });
  try {
    const loop = new Loop(recipe, edge, prepared, trainer, keeper);
    for (const { type, code, message } of prepared.messages) yield loop.record({ type, code, message });
    yield* loop.run();
    return yield* loop.finish((edge.now() - begin) / 1000);
  } finally {
    await trainer.dispose();
  }
}

/** One step's work. */
interface Step {
  readonly members: readonly Window[];
  /** Epochs done after it. */
  readonly epoch: number;
  readonly endsEpoch: boolean;
}

class Loop {
  private readonly events: TrainEvent[] = [];
  private readonly plan: Plan;
  private readonly schedule: ScheduleOptions;
  private step = 0;
  private epoch = 0;
  private reason: TrainResult["reason"] = "finished";
  /** Sum of the losses since the last log, and number of its steps. */
  private sinceLog = { loss: 0, steps: 0 };
  private evaluatedAt = -1;
  private savedAt = -1;

  constructor(
    private readonly recipe: Recipe,
    private readonly edge: TrainingEdge,
    private readonly prepared: Prepared,
    private readonly trainer: Trainer,
    private readonly keeper: Keeper,
  ) {
    this.plan = plan(prepared.train.windowed.windows.length, recipe);
    this.schedule = schedule(recipe, this.plan.totalSteps);
  }

  record<T extends TrainEvent>(event: T): T {
    this.events.push(event);
    return event;
  }

  async *run(): AsyncGenerator<TrainEvent, void> {
    yield this.start();
    const steps = this.steps();
    let current = steps.next().value;
    while (current !== undefined && this.goesOn()) {
      const next = steps.next().value;
      this.epoch = current.epoch;
      yield* this.oneStep(current.members, next?.members);
      yield* this.evaluateAndSave("steps");
      const endsEpoch = current.endsEpoch || this.step === this.plan.totalSteps;
      if (endsEpoch && !this.edge.signal.aborted) yield* this.evaluateAndSave("epoch");
      current = next;
    }
    if (this.edge.signal.aborted) this.reason = "stopped";
  }

  /** The windows of every step, epoch after epoch, each in its own order. */
  private *steps(): Generator<Step, undefined> {
    const { windows } = this.prepared.train.windowed;
    const { perDeviceTrainBatchSize: size, gradientAccumulationSteps, seed, dataSeed } = this.recipe;
    const perStep = size * gradientAccumulationSteps;
    for (let epoch = 0; epoch < this.plan.epochs; epoch++) {
      const order = epochOrder(windows.length, dataSeed ?? seed, epoch);
      for (let first = 0; first < windows.length; first += perStep) {
        const end = Math.min(first + perStep, windows.length);
        const members = Array.from(order.subarray(first, end), (index) => windows[index]!);
        const share = Math.ceil(end / size) / this.plan.batchesPerEpoch;
        yield { members, epoch: epoch + share, endsEpoch: end === windows.length };
      }
    }
    return undefined;
  }

  private goesOn(): boolean {
    return this.step < this.plan.totalSteps && this.reason === "finished" && !this.edge.signal.aborted;
  }

  private start(): Event<"start"> {
    const { train, validation, test, weights, config, labels } = this.prepared;
    const left = config.vocab_size - (weights.vocabulary?.ids.length ?? config.vocab_size);
    return this.record({
      type: "start",
      recipe: this.recipe,
      labels,
      trainSentences: train.data.sentences.length,
      validationSentences: validation?.data.sentences.length ?? 0,
      testSentences: test?.data.sentences.length ?? 0,
      stepsPerEpoch: this.plan.stepsPerEpoch,
      totalSteps: this.plan.totalSteps,
      parameters: weights.parameterCount + left * config.hidden_size,
      vocabulary: { used: config.vocab_size - left, total: config.vocab_size },
      threads: this.edge.threads,
    });
  }

  private async *oneStep(
    members: readonly Window[],
    next: readonly Window[] | undefined,
  ): AsyncGenerator<TrainEvent, void> {
    const begin = this.edge.now();
    const step = this.step + 1;
    const figures = await this.trainer.gradient(members, step);
    if (!Number.isFinite(figures.loss) || !Number.isFinite(figures.gradNorm))
      throw await this.failure(members, figures);
    const rate = learningRate(this.step, this.schedule);
    const updated = this.trainer.update(step, rate, figures.gradNorm);
    if (next !== undefined) this.trainer.stage(next, step + 1);
    await updated;
    this.step = step;
    const { loss, gradNorm, tokens } = figures;
    yield this.record({
      type: "step",
      step,
      epoch: this.epoch,
      loss,
      gradNorm,
      learningRate: rate,
      tokens,
      seconds: (this.edge.now() - begin) / 1000,
      memory: process.memoryUsage.rss(),
    });
    this.sinceLog = { loss: this.sinceLog.loss + loss, steps: this.sinceLog.steps + 1 };
    if (step % this.recipe.loggingSteps === 0) {
      const mean = this.sinceLog.loss / this.sinceLog.steps;
      this.sinceLog = { loss: 0, steps: 0 };
      yield this.record({ type: "log", step, epoch: this.epoch, loss: mean, gradNorm, learningRate: rate });
    }
  }

  /** The error of a step that is not finite; saves the weights, which are still those of the step before. */
  private async failure(members: readonly Window[], figures: { loss: number; notFinite: readonly string[] }) {
    const { data } = this.prepared.train;
    const lines = [
      ...new Set(members.flatMap(({ ownedWords }) => ownedWords.map(({ sentence }) => sentence))),
    ];
    const folder =
      this.step === 0 ? undefined : await this.keeper.save(this.prepared, this.step, this.events);
    return notFinite({
      step: this.step + 1,
      epoch: this.epoch,
      what: Number.isFinite(figures.loss)
        ? `The gradient of ${figures.notFinite[0] ?? "a parameter"} is not finite`
        : `The loss is ${figures.loss}`,
      sentences: lines.map((sentence) => `${data.file}:${data.sentences[sentence]!.line}`),
      folder,
    });
  }

  private async *evaluateAndSave(moment: "steps" | "epoch"): AsyncGenerator<TrainEvent, void> {
    const { evalStrategy, evalSteps, saveStrategy, saveSteps } = this.recipe;
    const due = (strategy: string, every: number) =>
      strategy === moment && (moment === "epoch" || this.step % every === 0);
    const { validation } = this.prepared;
    let improved = false;
    if (validation !== undefined && due(evalStrategy, evalSteps) && this.evaluatedAt !== this.step) {
      this.evaluatedAt = this.step;
      const { metrics } = yield* this.evaluate("validation", validation);
      improved = this.keeper.judge(this.step, metrics);
      if (this.keeper.patienceIsOver) this.reason = "early-stopping";
    }
    const saves = saveStrategy === "best" ? improved : due(saveStrategy, saveSteps);
    if (saves && this.savedAt !== this.step) {
      this.savedAt = this.step;
      const folder = await this.keeper.save(this.prepared, this.step, this.events);
      yield this.record({ type: "save", step: this.step, folder, reason: improved ? "best" : "checkpoint" });
    }
  }

  private async *evaluate(split: "validation" | "test", { data, windowed }: Split) {
    const begin = this.edge.now();
    const total = windowed.windows.length;
    const progress: number[] = [];
    const running = this.trainer.evaluate({ data, windowed }, { onProgress: (done) => progress.push(done) });
    // Progress is told between batches, while the evaluation goes on.
    for (let done = false; !done; ) {
      done = await Promise.race([
        running.then(() => true),
        new Promise<false>((wake) => setTimeout(wake, 200, false)),
      ]);
      const last = progress.at(-1);
      progress.length = 0;
      if (!done && last !== undefined)
        yield { type: "evaluation-progress", split, done: last, total } as const;
    }
    const { loss, scores, strict, predicted } = await running;
    const { precision, recall, f1 } = scores.micro;
    const metrics: EvaluationMetrics = { loss, precision, recall, f1, accuracy: scores.accuracy };
    yield this.record({
      type: "evaluation",
      split,
      step: this.step,
      epoch: this.epoch,
      metrics,
      scores,
      strict,
      scheme: data.scheme,
      seconds: (this.edge.now() - begin) / 1000,
      sentences: data.sentences.length,
    });
    return { metrics, predicted };
  }

  /** After the last step: the best model back where asked for, a last evaluation, the test set, and the model folder. */
  async *finish(preparationAndTraining: number): AsyncGenerator<TrainEvent, TrainResult> {
    const { validation, test } = this.prepared;
    const best = await this.keeper.restoreBest(this.prepared.weights);
    let metrics = best?.metrics ?? this.keeper.lastMetrics;
    // Whoever stops a run does not want to wait for it.
    const waits = this.reason !== "stopped";
    if (waits && validation !== undefined && this.evaluatedAt !== this.step && best === undefined)
      metrics = (yield* this.evaluate("validation", validation)).metrics;
    const tested = waits && test !== undefined ? yield* this.evaluate("test", test) : undefined;
    const end: Event<"end"> = {
      type: "end",
      reason: this.reason,
      step: this.step,
      epoch: this.epoch,
      seconds: preparationAndTraining,
      folder: this.recipe.output,
    };
    this.record(end);
    await writeFinishedRun(this.recipe, this.prepared, this.events, tested?.predicted);
    yield this.record({
      type: "save",
      step: best?.step ?? this.step,
      folder: this.recipe.output,
      reason: best ? "best" : "last",
    });
    yield end;
    return {
      folder: this.recipe.output,
      reason: this.reason,
      metrics,
      testMetrics: tested?.metrics,
      steps: this.step,
      seconds: preparationAndTraining,
    };
  }
}
