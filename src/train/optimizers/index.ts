import { adamw } from "./adamw.js";
import type { OptimizerFactory } from "./optimizer.js";

/** The optimizers that there are, by HF's names for them (`optim`). A new one is a file beside this, and a line here. */
const optimizers = {
  adamw_torch: adamw,
} as const satisfies Record<string, OptimizerFactory>;

/** Makes the optimizer that a recipe asks for: AdamW, since recipes refuse every other `optim`. */
export const createOptimizer: OptimizerFactory = (recipe, inputs) => optimizers.adamw_torch(recipe, inputs);
