/** AdamW (https://arxiv.org/abs/1711.05101) as torch.optim.AdamW computes it. */

import type { AdamWHyperparameters } from "../../crf/adamw.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import { GraphUpdates } from "./adamwGraph.js";
import { ThreadUpdates } from "./adamwThreads.js";
import { type AdamWBlocks, type AdamWUpdates, adamwScalars } from "./adamwUpdates.js";
import type { Optimizer, OptimizerFactory, Update } from "./optimizer.js";
import type { ParamGroup } from "./paramGroups.js";

export const adamwHyperparameters = (recipe: Recipe): AdamWHyperparameters => ({
  beta1: recipe.adamBeta1,
  beta2: recipe.adamBeta2,
  epsilon: recipe.adamEpsilon,
});

class AdamW implements Optimizer {
  constructor(
    private readonly options: AdamWHyperparameters,
    private readonly groups: readonly ParamGroup[],
    private readonly updates: AdamWUpdates,
    readonly blocks: AdamWBlocks,
    private readonly owned: Owned,
  ) {}

  update(update: Update): Promise<void> {
    return this.updates.run(adamwScalars(this.options, update, this.groups), update);
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}

export const adamw: OptimizerFactory = (recipe, inputs) =>
  Owned.making(async (owned) => {
    const { engine, host, groups, gradients } = inputs;
    const allocate = () => engine.block(gradients.byteLength);
    const [mean, square] = host?.spare ?? [allocate(), allocate()];
    const blocks = { exp_avg: owned.own(mean!, "free"), exp_avg_sq: owned.own(square!, "free") };
    const updates = owned.own(
      host === undefined
        ? await GraphUpdates.create(inputs, blocks)
        : new ThreadUpdates(host.memory, inputs, blocks),
    );
    return new AdamW(adamwHyperparameters(recipe), groups, updates, blocks, owned);
  });
