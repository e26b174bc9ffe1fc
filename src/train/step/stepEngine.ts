import { CrfHead, type Transitions, transitionsOf } from "../../crf/index.js";
import { type EvaluationOptions, evaluateTagger, Tagger } from "../../infer/index.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import { type StateBlock, usableThreads } from "../../runtime/index.js";
import type { TrainingExample } from "../../tasks/tokenClassification/index.js";
import { AVERAGE, Snapshot, WEIGHTS } from "../checkpoint/snapshot.js";
import { adamwHyperparameters } from "../optimizers/adamw.js";
import { hostBlocks } from "../optimizers/hostBlocks.js";
import { createOptimizer } from "../optimizers/index.js";
import type { NamedBlocks, Optimizer } from "../optimizers/optimizer.js";
import { decayFactor, groupOf, type ParamGroup, paramGroups } from "../optimizers/paramGroups.js";
import { crfRateFactor, rateFactor } from "../optimizers/rates.js";
import { WeightAverage } from "../optimizers/weightAverage.js";
import type { EvaluationSplit, Prepared } from "../prepare/prepare.js";
import { type Collective, singleProcess } from "./collective.js";
import { CrfStep } from "./crfStep.js";
import { clipFactor, type GradientNorm, gradientNorm, withTransitions } from "./gradientNorm.js";
import type { Step, StepBatch } from "./step.js";
import { stepBatches } from "./stepBatches.js";
import { TrainingStep } from "./trainingStep.js";

/** The results of the forward and backward pass of one step. */
export interface StepFigures {
  readonly loss: number;
  /** Global norm of the gradient before clipping. */
  readonly gradNorm: number;
  /** Parameters whose gradient is not finite. */
  readonly notFinite: readonly string[];
  readonly tokens: number;
}

/**
 * Maximum milliseconds that training waits for a checkpoint. On a slower disk, training goes on while it is
 * written.
 */
const MOST_GIVEN_WAY = 1000;

/** The step graph, optimizer and tagger of a run, which share one set of weights. */
export class StepEngine {
  private tagger: Tagger | undefined;
  private lent: Snapshot | undefined;
  private staged: { readonly step: number; readonly batches: readonly StepBatch[] } | undefined;

  private constructor(
    private readonly recipe: Recipe,
    private readonly prepared: Prepared,
    private readonly threads: number,
    private readonly collective: Collective,
    /** The gradient of the latest step, in the layout of the weights. */
    readonly gradients: StateBlock,
    private readonly step: Step,
    readonly optimizer: Optimizer,
    /** The parameter groups. */
    private readonly groups: readonly ParamGroup[],
    /** The model's conditional random field, if it has one. */
    readonly crf: CrfHead | undefined,
    /** The average of the weights, if the recipe asks for one. */
    readonly average: WeightAverage | undefined,
    private readonly owned: Owned,
  ) {}

  /**
   * Takes ownership of the weights and the training data in `prepared`. They are released with the engine, or
   * immediately if it cannot be created.
   *
   * @param options.collective the processes that train together; defaults to this one alone
   * @param options.profile where the engine writes a profile of the step, for benchmarks
   */
  static async create(
    recipe: Recipe,
    prepared: Prepared,
    threads: number,
    {
      collective = singleProcess,
      profile,
    }: { readonly collective?: Collective; readonly profile?: string | undefined } = {},
  ): Promise<StepEngine> {
    return Owned.making(async (owned) => {
      const { config, weights, labels } = prepared;
      owned.own(weights);
      owned.own(prepared.train, "close");
      const { engine, layout } = weights;
      const host = hostBlocks(engine, layout);
      if (host !== undefined) weights.moveTo(host.weights);
      await collective.broadcast(weights.block);
      if (prepared.crf !== undefined) await collective.broadcast(prepared.crf);
      const gradients = owned.own(host?.gradients ?? layout.allocate(engine), "free");
      const blocks = { weights: weights.block, gradients };
      const crf = prepared.crf && new CrfHead(labels, prepared.crf, adamwHyperparameters(recipe));
      const options = {
        engine,
        labels: labels.length,
        threads,
        accumulates: recipe.gradientAccumulationSteps > 1,
        profile,
      };
      const step: Step = owned.own(
        crf === undefined
          ? await TrainingStep.create(config, layout, blocks, options, prepared.task)
          : await CrfStep.create(config, layout, blocks, options, crf),
      );
      const groups = paramGroups(layout, recipe.weightDecay, (parameter) =>
        rateFactor(parameter, weights.encoder.layers, recipe),
      );
      const optimizer = owned.own(
        await createOptimizer(recipe, { engine, layout, ...blocks, groups, threads, host }),
      );
      const { emaDecay: decay } = recipe;
      const average =
        decay === undefined
          ? undefined
          : owned.own(await WeightAverage.create(weights, { decay, threads, crf: prepared.crf }));
      return new StepEngine(
        recipe,
        prepared,
        threads,
        collective,
        gradients,
        step,
        optimizer,
        groups,
        crf,
        average,
        owned,
      );
    });
  }

  /**
   * Copies a step's first batch to the memory that the engine reads. Staging during the update of the step
   * before takes no extra time. {@link gradient} stages a step that was not staged.
   *
   * @param windows all windows of the step; each process takes its share, and the loss divides by the total
   *   of all
   */
  stage(windows: readonly TrainingExample[], step: number): void {
    const batches = stepBatches(windows, step, this.recipe, this.prepared, this.collective);
    const [first] = batches;
    if (first !== undefined) this.step.load(first, true);
    this.staged = { step, batches };
  }

  /**
   * Computes the gradient of one step's windows: accumulated over batches, reduced over processes, then
   * measured. The loss is the mean over all labelled tokens of the step, independent of the number of
   * batches. Windows without a label add nothing.
   *
   * @param step the number of the step, from 1
   */
  async gradient(windows: readonly TrainingExample[], step: number): Promise<StepFigures> {
    if (this.staged?.step !== step) this.stage(windows, step);
    const { batches } = this.staged!;
    this.staged = undefined;
    const figures = await this.accumulate(batches);
    await this.reduce(figures);
    const { norm, notFinite } = this.norm(batches.length > 0);
    const [loss, tokens] = figures;
    return { loss: loss!, gradNorm: norm, notFinite, tokens: tokens! };
  }

  /**
   * Accumulates the gradient of this process's batches in place. Returns their part of the loss and their
   * number of tokens.
   */
  private async accumulate(batches: readonly StepBatch[]): Promise<Float64Array> {
    if (batches.length === 0) {
      this.gradients.write(0, this.gradients.byteLength / 4, (values) => {
        values.fill(0);
      });
      this.crf?.begin();
    }
    let loss = 0;
    for (const [index, batch] of batches.entries()) {
      const first = index === 0;
      if (!first) this.step.load(batch, first);
      loss += await this.step.run(first);
    }
    return Float64Array.of(
      loss,
      batches.reduce((sum, { packed }) => sum + packed.sizes.tokens, 0),
    );
  }

  /** Adds up gradient and figures over all processes. */
  private async reduce(figures: Float64Array): Promise<void> {
    await this.collective.reduce(this.gradients);
    if (this.crf !== undefined) await this.collective.reduce(this.crf.gradient);
    await this.collective.reduce(figures);
  }

  /** @param ran false if there was no batch. The graph's own norm covers only what this process computed. */
  private norm(ran: boolean): GradientNorm {
    const isOfGraph = ran && this.collective.size === 1;
    const norm = isOfGraph
      ? this.step.gradientNorm()
      : gradientNorm(this.gradients, this.prepared.weights.layout);
    return this.crf === undefined ? norm : withTransitions(norm, this.crf.squaredNorm);
  }

  /**
   * Updates the weights with the clipped gradient of the latest step.
   *
   * @param step the number of the update, from 1
   */
  async update(step: number, learningRate: number, gradNorm: number): Promise<void> {
    const { lent } = this;
    const { weights } = this.prepared;
    const clip = clipFactor(gradNorm, this.recipe.maxGradNorm);
    const beforeWrite = (from: number, to: number) =>
      lent?.beforeWrite(from, to, [WEIGHTS, ...lent.optimizerBlocks]);
    await this.optimizer.update({ step, learningRate, clip, beforeWrite });
    this.crf?.update({ step, learningRate: learningRate * crfRateFactor(this.recipe), clip });
    const table = groupOf(this.groups, weights.layout, weights.layout.vocabulary.name);
    weights.unusedRowDecay *= decayFactor(table, learningRate);
    await this.followAverage(step, false);
  }

  /**
   * Adds the weights to their average, if there is one and it is time, or if `now` is true.
   *
   * @param updates the number of updates so far
   */
  async followAverage(updates: number, now: boolean): Promise<void> {
    const mayChange = (from: number, to: number) => this.lent?.beforeWrite(from, to, [AVERAGE]);
    await this.average?.follow(updates, { now, mayChange });
  }

  /**
   * Takes a snapshot of weights, optimizer state and average, to be written while training goes on. The
   * previous snapshot must have ended.
   */
  snapshot(): Snapshot {
    const { weights } = this.prepared;
    const average = this.average && { [AVERAGE]: this.average.block };
    const blocks: NamedBlocks = { ...this.optimizer.blocks, [WEIGHTS]: weights.block, ...average };
    // It is read while training goes on.
    for (const block of Object.values(blocks)) block.fetch();
    const crf = this.crf?.state(this.average?.crf);
    this.lent = new Snapshot(weights.layout, blocks, weights.unusedRowDecay, { crf });
    return this.lent;
  }

  /**
   * Waits a moment for the writer of a snapshot if the engine's threads use every processor. The threads are
   * as slow as the slowest one, so a step in parallel with the writer takes longer than both one after the
   * other.
   */
  async yieldToWriter(snapshot: Snapshot): Promise<void> {
    if (this.threads >= usableThreads()) await snapshot.mostlyRead(MOST_GIVEN_WAY);
  }

  /** Evaluates a data set with the present weights, or with their average. */
  async evaluate(
    split: EvaluationSplit,
    {
      average = false,
      ...options
    }: { readonly average?: boolean } & Pick<EvaluationOptions, "signal" | "onProgress"> = {},
  ) {
    const crf = this.transitions(average);
    return evaluateTagger(await this.taggerOf(average), this.prepared.task, split, { crf, ...options });
  }

  /** Returns the forward pass of the present weights, or of their average. The engine owns it. */
  async taggerOf(average: boolean): Promise<Tagger> {
    const { weights, evaluationEngine: engine } = this.prepared;
    this.tagger ??= this.owned.own(await Tagger.create(weights, { threads: this.threads, engine }));
    this.tagger.readFrom(weights.layout, average ? this.average!.block : weights.block);
    return this.tagger;
  }

  /** The transitions of the present conditional random field, or of their average, if the model has one. */
  transitions(average: boolean): Transitions | undefined {
    const values = average ? this.average!.crf : this.prepared.crf;
    return values && transitionsOf(values, this.prepared.labels.length);
  }

  /** Ends profiling, if enabled. Returns the paths of the files written. */
  endProfiling(): readonly string[] {
    return this.step.endProfiling();
  }

  /** Frees all memory. Call it only while nothing is running. */
  dispose(): Promise<void> {
    return this.owned.release();
  }
}
