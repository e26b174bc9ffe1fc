import { embedding, gather, layerNorm, linear, rmsNorm, type Tensor } from "../../graph/index.js";
import type { Lookup } from "../batch/batch.js";

/**
 * How a model applies its weights: as floats, or quantised. `at` is the common name of a weight and its bias, without `.weight`
 * and `.bias`.
 */
export interface WeightOps {
  /** x Wᵀ + b: `[rows, in] → [rows, out]`. Without b if the model has none. */
  linear(at: string, x: Tensor): Tensor;
  /** Layer normalisation: `[rows, hidden] → [rows, hidden]`. Without a bias if the model has none. */
  layerNorm(at: string, x: Tensor, epsilon: number): Tensor;
  /** Root mean square normalisation: `[rows, hidden] → [rows, hidden]`. */
  rmsNorm(at: string, x: Tensor, epsilon: number): Tensor;
  /** Rows of a table: `[rows, hidden]`. */
  embedding(at: string, lookup: Lookup): Tensor;
  /** A whole table, which must not be that of the vocabulary: `[rows, hidden]`. */
  table(at: string): Tensor;
}

/**
 * Applies weights as floats.
 *
 * @param p returns a parameter by its name, or `undefined` if the model has none
 */
export const floatWeightOps = (p: (name: string) => Tensor | undefined): WeightOps => ({
  linear: (at, x) => linear(x, p(`${at}.weight`)!, p(`${at}.bias`)),
  layerNorm: (at, x, epsilon) => layerNorm(x, p(`${at}.weight`)!, p(`${at}.bias`), epsilon),
  rmsNorm: (at, x, epsilon) => rmsNorm(x, p(`${at}.weight`)!, epsilon),
  embedding: (at, { indices, distinct }) =>
    distinct === undefined
      ? gather(p(`${at}.weight`)!, indices)
      : embedding(p(`${at}.weight`)!, indices, distinct),
  table: (at) => p(`${at}.weight`)!,
});
