import { availableParallelism } from "node:os";
import { CrfHead, transitionsOf } from "../../crf/index.js";
import { type EvaluationOptions, evaluateTagger, Tagger } from "../../infer/index.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import type { StateBlock } from "../../runtime/index.js";
import type { TrainingExample } from "../../tasks/tokenClassification/index.js";
import { AVERAGE, Snapshot, WEIGHTS } from "../checkpoint/snapshot.js";
import { adamwHyperparameters } from "../optimizers/adamw.js";
import { createOptimizer } from "../optimizers/index.js";
import type { Optimizer } from "../optimizers/optimizer.js";
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

/** What forward and backward pass of one step gave. */
export interface StepFigures {
  readonly loss: number;
  /** Global norm of the gradient before clipping. */
  readonly gradNorm: number;
  /** Parameters whose gradient is not finite. */
  readonly notFinite: readonly string[];
  readonly tokens: number;
}

/** Milliseconds that training waits for a checkpoint; a disk that takes longer is written to beside it. */
const MOST_GIVEN_WAY = 1000;

/** The machinery of a run: step graph, optimizer and tagger over one set of weights. */
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
    /** Of the parameters. */
    private readonly groups: readonly ParamGroup[],
    /** The model's conditional random field, where it has one. */
    readonly crf: CrfHead | undefined,
    /** Where the recipe asks for one. */
    readonly average: WeightAverage | undefined,
    private readonly owned: Owned,
  ) {}

  /**
   * Takes over what was prepared: weights and training data go with the trainer, or at once where it can't be made.
   *
   * @param options.collective the processes that train together; default: this one alone
   * @param options.profile where the engine shall write a profile of the step, for benchmarks
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
      const { engine } = weights;
      await collective.broadcast(weights.block);
      if (prepared.crf !== undefined) await collective.broadcast(prepared.crf);
      const gradients = owned.own(weights.layout.allocate(engine), "free");
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
          ? await TrainingStep.create(config, weights.layout, blocks, options, prepared.task)
          : await CrfStep.create(config, weights.layout, blocks, options, crf),
      );
      const { layout } = weights;
      const groups = paramGroups(layout, recipe.weightDecay, (parameter) =>
        rateFactor(parameter, weights.encoder.layers, recipe),
      );
      const optimizer = owned.own(
        await createOptimizer(recipe, { engine, layout, ...blocks, groups, threads }),
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
   * Puts a step's first batch where the engine will read it. What is staged while the optimizer works on the step before
   * costs no time of its own; `gradient` stages what nobody has.
   *
   * @param windows of the whole step; of several processes each takes its share, and the loss divides by the total of all
   */
  stage(windows: readonly TrainingExample[], step: number): void {
    const batches = stepBatches(windows, step, this.recipe, this.prepared, this.collective);
    const [first] = batches;
    if (first !== undefined) this.step.load(first, true);
    this.staged = { step, batches };
  }

  /**
   * The gradient of one step's windows: accumulated over batches, then reduced over processes, then measured. The loss is the
   * mean over all labelled tokens of the step, whatever number of batches they run in. Windows without a label add nothing.
   *
   * @param step number of the step, from 1
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

  /** The gradient of this process's batches, where it stands; gives their part of the loss, and their tokens. */
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

  /** Makes gradient and figures those of all processes. */
  private async reduce(figures: Float64Array): Promise<void> {
    await this.collective.reduce(this.gradients);
    if (this.crf !== undefined) await this.collective.reduce(this.crf.gradient);
    await this.collective.reduce(figures);
  }

  /** @param ran false where there was no batch. The graph measures what it has computed, and nothing else. */
  private norm(ran: boolean): GradientNorm {
    const isOfGraph = ran && this.collective.size === 1;
    const norm = isOfGraph
      ? this.step.gradientNorm()
      : gradientNorm(this.gradients, this.prepared.weights.layout);
    return this.crf === undefined ? norm : withTransitions(norm, this.crf.squaredNorm);
  }

  /**
   * Moves the weights along the gradient of the latest step, clipped.
   *
   * @param step number of the update, from 1
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

  /** Takes the weights after so many updates into their average, where there is one and it is time, or `now`. */
  async followAverage(updates: number, now: boolean): Promise<void> {
    const mayChange = (from: number, to: number) => this.lent?.beforeWrite(from, to, [AVERAGE]);
    await this.average?.follow(updates, { now, mayChange });
  }

  /**
   * Weights, the optimizer's state and average as they are now, to be written while training goes on. The snapshot before must
   * have ended.
   */
  snapshot(): Snapshot {
    const { weights } = this.prepared;
    const average = this.average && { [AVERAGE]: this.average.block };
    const blocks = { ...this.optimizer.blocks, [WEIGHTS]: weights.block, ...average };
    const crf = this.crf?.state(this.average?.crf);
    this.lent = new Snapshot(weights.layout, blocks, weights.unusedRowDecay, { crf });
    return this.lent;
  }

  /**
   * Leaves the machine to the writer of a snapshot for a moment, where the engine's threads would take every processor from
   * it: they go at the pace of the slowest, so a step beside the writer takes longer than both in turn.
   */
  async yieldToWriter(snapshot: Snapshot): Promise<void> {
    if (this.threads >= availableParallelism()) await snapshot.mostlyRead(MOST_GIVEN_WAY);
  }

  /** Scores a data set with the weights as they stand, or with their average. */
  async evaluate(
    split: EvaluationSplit,
    {
      average = false,
      ...options
    }: { readonly average?: boolean } & Pick<EvaluationOptions, "signal" | "onProgress"> = {},
  ) {
    const { labels, weights, task } = this.prepared;
    const values = average ? this.average!.crf : this.prepared.crf;
    const crf = values && transitionsOf(values, labels.length);
    this.tagger ??= this.owned.own(await Tagger.create(weights, { threads: this.threads }));
    this.tagger.readFrom(weights.layout, average ? this.average!.block : weights.block);
    return evaluateTagger(this.tagger, task, split, { crf, ...options });
  }

  /** Ends profiling, if it was asked for; gives the files written. */
  endProfiling(): readonly string[] {
    return this.step.endProfiling();
  }

  /** Gives all memory back. Call it when nothing is under way. */
  dispose(): Promise<void> {
    return this.owned.release();
  }
}
