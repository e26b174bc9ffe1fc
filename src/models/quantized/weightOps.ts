import { embedding, gather, linear, type Tensor } from "../../graph/index.js";
import type { Lookup } from "../batch/packed.js";

/** How a model applies its large weights: as floats, or quantised. `at` is the name of a weight without `.weight`. */
export interface WeightOps {
  /** x Wᵀ + b: `[rows, in] → [rows, out]`. */
  linear(at: string, x: Tensor): Tensor;
  /** Rows of a table: `[rows, hidden]`. */
  embedding(at: string, lookup: Lookup): Tensor;
}

/** Weights as they are. */
export const floatWeightOps = (p: (name: string) => Tensor): WeightOps => ({
  linear: (at, x) => linear(x, p(`${at}.weight`), p(`${at}.bias`)),
  embedding: (at, { indices, distinct }) =>
    distinct === undefined
      ? gather(p(`${at}.weight`), indices)
      : embedding(p(`${at}.weight`), indices, distinct),
});
