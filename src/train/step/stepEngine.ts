import { type Collective, dividedByWeight, Shares, singleProcess } from "../../collective/index.js";
import { CrfHead, type Transitions, transitionsOf } from "../../crf/index.js";
import { type EvaluationOptions, evaluateTagger, Tagger } from "../../infer/index.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import { type StateBlock, usableThreads } from "../../runtime/index.js";
import type {
  TokenClassificationEvaluation,
  TrainingExample,
} from "../../tasks/tokenClassification/index.js";
import { AVERAGE, Snapshot, WEIGHTS } from "../checkpoint/snapshot.js";
import { adamwHyperparameters } from "../optimizers/adamw.js";
import { hostBlocks } from "../optimizers/hostBlocks.js";
import { createOptimizer } from "../optimizers/index.js";
import type { NamedBlocks, Optimizer } from "../optimizers/optimizer.js";
import { decayFactor, groupOf, type ParamGroup, paramGroups } from "../optimizers/paramGroups.js";
import { crfRateFactor, rateFactor } from "../optimizers/rates.js";
import { WeightAverage } from "../optimizers/weightAverage.js";
import type { EvaluationSplit, Prepared } from "../prepare/prepare.js";
import { CrfStep } from "./crfStep.js";
import { clipFactor, type GradientNorm, normOf, squaresOfShare, withTransitions } from "./gradientNorm.js";
import { SharedStop } from "./sharedStop.js";
import type { Step, StepBatch } from "./step.js";
import { type OwnPart, stepBatches } from "./stepBatches.js";
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

/** What the processes that train together share. */
interface Together {
  readonly collective: Collective;
  readonly stop: SharedStop;
  /** Which weights each process updates. */
  readonly shares: Shares;
  /** The sum of the gradients of all processes, for the weights that this one updates. */
  readonly sum: StateBlock;
}

/** The step graph, optimizer and tagger of a run, which share one set of weights. */
export class StepEngine {
  private tagger: Tagger | undefined;
  private lent: Snapshot | undefined;
  private staged: (OwnPart & { readonly step: number }) | undefined;

  private constructor(
    private readonly recipe: Recipe,
    private readonly prepared: Prepared,
    private readonly threads: number,
    private readonly together: Together,
    /**
     * The gradient of the latest step, in the layout of the weights. With several processes it is that of this process's part.
     */
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
   * @param options.stop with which they agree to end early
   * @param options.profile where the engine writes a profile of the step, for benchmarks
   */
  static async create(
    recipe: Recipe,
    prepared: Prepared,
    threads: number,
    {
      collective = singleProcess,
      stop = new SharedStop(new AbortController().signal, collective.size === 1),
      profile,
    }: {
      readonly collective?: Collective;
      readonly stop?: SharedStop;
      readonly profile?: string | undefined;
    } = {},
  ): Promise<StepEngine> {
    return Owned.making(async (owned) => {
      const { config, weights, labels } = prepared;
      owned.own(weights);
      owned.own(prepared.train, "close");
      const { engine, layout } = weights;
      const shares = new Shares(layout.length, collective.size);
      const share = shares.lengthOf(collective.rank);
      const host = hostBlocks(engine, layout, share);
      if (host !== undefined) weights.moveTo(host.weights);
      await collective.broadcast(weights.block);
      if (prepared.crf !== undefined) await collective.broadcast(prepared.crf);
      const gradients = owned.own(host?.gradients ?? layout.allocate(engine), "free");
      const isAlone = collective.size === 1;
      const sum = isAlone ? gradients : owned.own(host?.share ?? engine.block(share * 4), "free");
      const together = { collective, stop, shares, sum };
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
      const ranges = shares.rangesOf(collective.rank);
      const updated = { weights: weights.block, gradients: sum, ...(isAlone ? {} : { ranges }) };
      const optimizer = owned.own(
        await createOptimizer(recipe, { engine, layout, ...updated, groups, threads, host }),
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
        together,
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
    const part = stepBatches(windows, step, this.recipe, this.prepared, this.together.collective);
    const [first] = part.batches;
    if (first !== undefined) this.step.load(first, true);
    this.staged = { step, ...part };
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
    const { batches, tokens } = this.staged!;
    this.staged = undefined;
    const own = await this.accumulate(batches);
    const { loss, norm, notFinite } = await this.reduced(own, batches.length > 0);
    return { loss, gradNorm: norm, notFinite, tokens };
  }

  /** Accumulates the gradient of this process's batches in place. Returns their part of the loss. */
  private async accumulate(batches: readonly StepBatch[]): Promise<number> {
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
    return loss;
  }

  /**
   * Adds up gradient and loss over all processes, and measures the sum.
   *
   * @param ran false if this process had no batch
   */
  private async reduced(own: number, ran: boolean): Promise<GradientNorm & { readonly loss: number }> {
    const { collective, shares, sum, stop } = this.together;
    const { layout } = this.prepared.weights;
    const names = layout.parameters.map(({ name }) => name);
    if (collective.size === 1) {
      const norm = ran ? this.step.gradientNorm() : normOf(names.map((name) => ({ name, square: 0 })));
      return { loss: own, ...this.withCrf(norm) };
    }
    await collective.reduceScatter(this.gradients, shares, sum);
    if (this.crf !== undefined) await collective.reduce(this.crf.gradient);
    const squares = squaresOfShare(sum, layout, shares.rangesOf(collective.rank));
    const figures = Float64Array.of(own, stop.vote, ...squares);
    await collective.reduce(figures);
    const [loss, votes, ...total] = figures;
    stop.settle(votes!);
    const norm = normOf(names.map((name, index) => ({ name, square: total[index]! })));
    return { loss: loss!, ...this.withCrf(norm) };
  }

  private withCrf(norm: GradientNorm): GradientNorm {
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
    // The state that several processes have gathered is a copy, which nothing changes.
    const changed = this.together.collective.size === 1 ? (lent?.optimizerBlocks ?? []) : [];
    const beforeWrite = (from: number, to: number) => lent?.beforeWrite(from, to, [WEIGHTS, ...changed]);
    await this.optimizer.update({ step, learningRate, clip, beforeWrite });
    await this.together.collective.allGather(weights.block, this.together.shares, (from, to) =>
      lent?.beforeWrite(from, to, [WEIGHTS]),
    );
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
   *
   * @param gathered the state of the optimizer for all weights, if several processes have shares of it. It is freed with
   *   the snapshot
   */
  snapshot(gathered?: NamedBlocks): Snapshot {
    const { weights } = this.prepared;
    const average = this.average && { [AVERAGE]: this.average.block };
    const blocks: NamedBlocks = {
      ...(gathered ?? this.optimizer.blocks),
      [WEIGHTS]: weights.block,
      ...average,
    };
    // It is read while training goes on.
    for (const block of Object.values(blocks)) block.fetch();
    const crf = this.crf?.state(this.average?.crf);
    const onEnd = () => {
      for (const block of Object.values(gathered ?? {})) block.free();
    };
    this.lent = new Snapshot(weights.layout, blocks, weights.unusedRowDecay, { crf, onEnd });
    return this.lent;
  }

  /**
   * The same for processes that train together: brings the state of the optimizer together at the first one, which writes
   * the checkpoint. Returns `undefined` to the others.
   */
  async sharedSnapshot(): Promise<Snapshot | undefined> {
    const { collective, shares } = this.together;
    if (collective.size === 1) return this.snapshot();
    const whole = this.allocatedState();
    for (const [name, block] of Object.entries(this.optimizer.blocks))
      await collective.gather(block, shares, whole?.[name]);
    return whole && this.snapshot(whole);
  }

  /** Blocks for the state of the optimizer for all weights, at the first process. */
  private allocatedState(): NamedBlocks | undefined {
    if (this.together.collective.rank > 0) return undefined;
    const { layout, engine } = this.prepared.weights;
    return Object.fromEntries(
      Object.keys(this.optimizer.blocks).map((name) => [name, layout.allocate(engine)]),
    );
  }

  /**
   * Lets the first process read a checkpoint, then gives all others what it has read.
   *
   * @param read reads weights, conditional random field and average, and the optimizer's state to these blocks
   */
  async restore<T>(read: (state: NamedBlocks) => Promise<T>): Promise<T> {
    const { collective, shares } = this.together;
    if (collective.size === 1) return read(this.optimizer.blocks);
    const whole = this.allocatedState();
    try {
      const result = whole && (await read(whole));
      for (const [name, block] of Object.entries(this.optimizer.blocks))
        await collective.scatter(whole?.[name], shares, block);
      for (const block of Object.values(this.crf?.blocks ?? {})) await collective.broadcast(block);
      await this.spread();
      return await collective.fromFirst(result as T);
    } finally {
      for (const block of Object.values(whole ?? {})) block.free();
    }
  }

  /** Gives the weights of the first process, their average and the conditional random field to all others. */
  async spread(): Promise<void> {
    const { collective } = this.together;
    if (collective.size === 1) return;
    const { weights, crf } = this.prepared;
    const { average } = this;
    const state = await collective.fromFirst({
      unusedRowDecay: weights.unusedRowDecay,
      average: average?.state,
    });
    weights.unusedRowDecay = state.unusedRowDecay;
    await collective.broadcast(weights.block);
    if (crf !== undefined) await collective.broadcast(crf);
    if (average === undefined) return;
    if (collective.rank > 0) average.begin(state.average!);
    await collective.broadcast(average.block);
    if (average.crf !== undefined) await collective.broadcast(average.crf);
  }

  /**
   * Waits a moment for the writer of a snapshot if the engine's threads use every processor. The threads are
   * as slow as the slowest one, so a step in parallel with the writer takes longer than both one after the
   * other.
   */
  async yieldToWriter(snapshot: Snapshot): Promise<void> {
    if (this.threads >= usableThreads()) await snapshot.mostlyRead(MOST_GIVEN_WAY);
  }

  /**
   * Evaluates a data set with the present weights, or with their average. Several processes divide the sequences; only the
   * first one gets the predictions.
   *
   * @param options.signal aborted to end early; the promise then rejects
   */
  async evaluate(
    split: EvaluationSplit,
    {
      average = false,
      signal,
      onProgress,
    }: { readonly average?: boolean } & Pick<EvaluationOptions, "signal" | "onProgress"> = {},
  ): Promise<TokenClassificationEvaluation> {
    const crf = this.transitions(average);
    const tagger = await this.taggerOf(average);
    const { task } = this.prepared;
    const { collective, stop } = this.together;
    if (collective.size === 1) return evaluateTagger(tagger, task, split, { crf, signal, onProgress });
    const { sequences, score } = task.evaluation(split, crf);
    const divided = dividedByWeight(
      sequences.map(({ ids }) => ids.length),
      collective.size,
    );
    const own = divided[collective.rank]!.map((index) => sequences[index]!);
    const logits = await tagger
      .logits(own, {
        signal: stop.asked,
        onProgress: (done) => onProgress?.(Math.floor((done / own.length) * sequences.length)),
      })
      .catch((error: unknown) => {
        if (stop.asked.aborted) return undefined;
        throw error;
      });
    // Slices, since what is sent must not contain the whole memory of a batch.
    const all = await collective.toFirst(logits?.map((each) => each.slice()));
    const isStopped = await collective.fromFirst(all?.includes(undefined));
    stop.settle(isStopped ? 1 : 0);
    if (isStopped) throw stop.signal.reason;
    if (all === undefined) {
      const told = await collective.fromFirst<Omit<TokenClassificationEvaluation, "predicted"> | undefined>(
        undefined,
      );
      return { ...told!, predicted: [] };
    }
    const inOrder = new Array<Float32Array>(sequences.length);
    divided.forEach((indices, rank) => {
      indices.forEach((index, at) => {
        inOrder[index] = all[rank]![at]!;
      });
    });
    const result = score(inOrder);
    const { predicted, ...told } = result;
    await collective.fromFirst(told);
    return result;
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
