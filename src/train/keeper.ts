import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { recoverInside, writeFolderAtomically } from "../files/index.js";
import type { ModelWeights } from "../models/index.js";
import { outputExists } from "./errors.js";
import type { EvaluationMetrics, TrainEvent } from "./events.js";
import { checkCard, writeTrainerState } from "./finish.js";
import { writeModel } from "./modelFolder.js";
import type { Prepared } from "./prepare.js";
import type { Recipe } from "./recipe.js";

/** A model that was saved on the way. */
interface Saved {
  readonly step: number;
  readonly folder: string;
  /** What rows of the vocabulary that this run leaves out were multiplied by until then. */
  readonly leftOutFactor: number;
}

/** The best evaluation so far. */
export interface Best {
  readonly step: number;
  readonly metric: number;
  readonly metrics: EvaluationMetrics;
}

/** Keeps the models of a run: the best and the last ones, each a whole folder `checkpoint-STEP` or not there at all. */
export class Keeper {
  best: Best | undefined;
  lastMetrics: EvaluationMetrics | undefined;
  private saved: readonly Saved[] = [];
  private withoutImprovement = 0;

  private constructor(private readonly recipe: Recipe) {}

  /** Refuses an output folder that holds something, unless the recipe says to overwrite it. Writes nothing. */
  static async open(recipe: Recipe): Promise<Keeper> {
    await recoverInside(recipe.output);
    const entries = await readdir(recipe.output).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw outputExists(recipe.output);
    });
    if (entries.length > 0 && !recipe.overwriteOutputDir) throw outputExists(recipe.output);
    await checkCard(recipe);
    return new Keeper(recipe);
  }

  /** Takes an evaluation in; true when it is the best so far. HF's rules of `EarlyStoppingCallback` and best model. */
  judge(step: number, metrics: EvaluationMetrics): boolean {
    this.lastMetrics = metrics;
    const { metricForBestModel, greaterIsBetter, earlyStoppingThreshold } = this.recipe;
    const metric = metrics[metricForBestModel.replace(/^eval_/, "") as keyof EvaluationMetrics];
    const gain =
      this.best === undefined
        ? Number.POSITIVE_INFINITY
        : (metric - this.best.metric) * (greaterIsBetter ? 1 : -1);
    this.withoutImprovement = gain > earlyStoppingThreshold ? 0 : this.withoutImprovement + 1;
    if (gain <= 0) return false;
    this.best = { step, metric, metrics };
    return true;
  }

  get patienceIsOver(): boolean {
    const { earlyStoppingPatience } = this.recipe;
    return earlyStoppingPatience !== undefined && this.withoutImprovement >= earlyStoppingPatience;
  }

  /** Writes `checkpoint-STEP`, then removes what `save_total_limit` has no room for; never the best. */
  async save(prepared: Prepared, step: number, events: readonly TrainEvent[]): Promise<string> {
    const folder = join(this.recipe.output, `checkpoint-${step}`);
    await writeFolderAtomically(
      folder,
      async (temporary) => {
        await writeModel(temporary, prepared);
        await writeTrainerState(temporary, this.recipe, prepared, events);
      },
      { replace: true },
    );
    this.saved = [...this.saved, { step, folder, leftOutFactor: prepared.weights.leftOutFactor }];
    await this.prune();
    return folder;
  }

  private async prune(): Promise<void> {
    const limit = this.recipe.saveTotalLimit;
    if (limit === undefined) return;
    const recent = this.saved.slice(-limit);
    const kept = this.saved.filter((each) => recent.includes(each) || each.step === this.best?.step);
    for (const each of this.saved)
      if (!kept.includes(each)) await rm(each.folder, { recursive: true, force: true });
    this.saved = kept;
  }

  /** With `load_best_model_at_end`: the best saved weights back in memory. */
  async restoreBest(weights: ModelWeights): Promise<Best | undefined> {
    const best = this.saved.find(({ step }) => step === this.best?.step);
    if (!this.recipe.loadBestModelAtEnd || best === undefined) return undefined;
    await weights.restore(best.folder);
    weights.leftOutFactor = best.leftOutFactor;
    return this.best;
  }
}
