import { adamw } from "./adamw.js";
import type { OptimizerFactory } from "./optimizer.js";

/**
 * All optimizers, by HF's names for them (`optim`). To add one, add a file to this folder and a line here.
 */
const optimizers = {
  adamw_torch: adamw,
} as const satisfies Record<string, OptimizerFactory>;

/** Creates the optimizer of a recipe. This is always AdamW, since recipes refuse every other `optim`. */
export const createOptimizer: OptimizerFactory = (recipe, inputs) => optimizers.adamw_torch(recipe, inputs);
