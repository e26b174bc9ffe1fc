/** The building blocks of families: types of config keys, activations, names in files, attention. */
import { z } from "zod";
import {
  add,
  gelu,
  geluTanh,
  matmul,
  relu,
  rematerialise,
  silu,
  softmax,
  type Tensor,
} from "../../graph/index.js";
import type { AttentionForm } from "../batch/batch.js";

/** The limits are far beyond any encoder. They keep products of these sizes exact, whatever a file claims. */
export const size = z.int().positive().max(10_000_000);
export const width = z.int().positive().max(65_536);
export const layerCount = z.int().positive().max(1_000);
/** Numbers that 32-bit floats can work with. */
export const small = z.number().positive().max(100);
export const probability = z.number().min(0).lt(1);

/**
 * The implemented activations, under their names in config.json: those of transformers' activations.py that compute GELU, exactly
 * or with tanh, SiLU and ReLU.
 */
export const activations: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  gelu,
  gelu_python: gelu,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu_python_tanh: geluTanh,
  relu,
  silu,
  swish: silu,
};

/**
 * Returns the names that a tensor may have in a weight file. Files of bare encoders omit the prefix. Files converted from
 * TensorFlow call LayerNorm's weight and bias gamma and beta, in every family.
 */
export function storedNames(prefix: string, name: string): readonly string[] {
  const names = name.startsWith(`${prefix}.`) ? [name, name.slice(prefix.length + 1)] : [name];
  const old = (each: string) =>
    each.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
  return [...names, ...names.map(old)];
}

/**
 * Scaled dot-product attention (https://arxiv.org/abs/1706.03762) of rows: three times `[rows, hidden]` → `[rows, hidden]`.
 *
 * @param drop dropout of the attention weights
 */
export function attention(
  [query, key, value]: readonly Tensor[],
  form: AttentionForm,
  drop: (attentionWeights: Tensor) => Tensor,
): Tensor {
  const queries = form.queries(query!); // [groups, heads, queries, headSize]
  const headSize = queries.shape[3] as number;
  // What grows with the square of the length is computed again in the backward pass.
  const scores = rematerialise(
    matmul(queries, form.keys(key!), { transposeB: true, alpha: 1 / Math.sqrt(headSize) }),
  );
  const attentionWeights = rematerialise(softmax(rematerialise(add(scores, form.bias)))); // [groups, heads, queries, keys]
  const context = matmul(drop(attentionWeights), form.keys(value!)); // [groups, heads, queries, headSize]
  return form.rows(context); // [rows, hidden]
}
