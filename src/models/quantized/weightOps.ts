import { embedding, linear, type Tensor, takeRows } from "../../graph/index.js";
import type { Lookup } from "../batch/packed.js";

/** How a model applies its large weights: as floats, or quantised. `at` is the name of a weight without `.weight`. */
export interface Layers {
  /** x Wᵀ + b: `[rows, in] → [rows, out]`. */
  linear(at: string, x: Tensor): Tensor;
  /** Rows of a table: `[rows, hidden]`. */
  embedding(at: string, lookup: Lookup): Tensor;
}

/** Weights as they are. */
export const floatLayers = (p: (name: string) => Tensor): Layers => ({
  linear: (at, x) => linear(x, p(`${at}.weight`), p(`${at}.bias`)),
  embedding: (at, { indices, distinct }) =>
    distinct === undefined
      ? takeRows(p(`${at}.weight`), indices)
      : embedding(p(`${at}.weight`), indices, distinct),
});
