import { notDifferentiable, shapeMismatch } from "../errors.js";
import { apply, applyAll, type Op, type Tensor } from "../tensor.js";
import { multiply, subtract } from "./arithmetic.js";
import { meanOfLast, sum } from "./reduction.js";

/**
 * Layer normalisation over the last axis: `[n, h], [h], [h] → [n, h]` (https://arxiv.org/abs/1607.06450).
 *
 * y = x̂ · w + b with x̂ = (x − mean) · r, r = 1/√(variance + ε).
 * With g = dy · w: dx = r · (g − mean(g) − x̂ · mean(g · x̂)); dw = Σₙ dy · x̂; db = Σₙ dy.
 * Mean and r are further outputs, `[n, 1]` each. Only this gradient rule uses them, and they have no gradient themselves.
 */
export const layerNormOp: Op<{ readonly epsilon: number }> = {
  name: "layerNorm",
  infer: ([x, weight, bias]) => {
    if (x!.shape.length !== 2 || x!.shape[1] !== weight!.shape[0] || x!.shape[1] !== bias!.shape[0])
      throw shapeMismatch(
        "layerNorm",
        [x!.shape, weight!.shape, bias!.shape],
        "expected [n, h], [h] and [h]",
      );
    const perRow = { type: "float32", shape: [x!.shape[0]!, 1] } as const;
    return [x!, perRow, perRow];
  },
  vjp: ({ inputs: [x, weight], outputs: [, mean, inverse], cotangents: [dy, ...ofRows] }) => {
    if (ofRows.some((each) => each !== undefined))
      throw notDifferentiable("layerNorm's mean or r", [x!.shape]);
    const normalised = multiply(subtract(x!, mean!), inverse!);
    const dyNormalised = multiply(dy!, normalised);
    const g = multiply(dy!, weight!);
    const meanAlong = meanOfLast(multiply(dyNormalised, weight!));
    const dx = multiply(inverse!, subtract(subtract(g, meanOfLast(g)), multiply(normalised, meanAlong)));
    return [dx, sum(dyNormalised, [0]), sum(dy!, [0])];
  },
  emit: ({ inputs, outputs, attributes: { epsilon } }) => [
    { opType: "LayerNormalization", inputs, outputs, attributes: { axis: -1, epsilon: { float: epsilon } } },
  ],
};
export const layerNorm = (x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor =>
  applyAll(layerNormOp, [x, weight, bias], { epsilon })[0]!;

/**
 * Dropout with a given mask: `[…], uint8[…] → […]`; y = x · mask / (1 − p), dx = dy · mask / (1 − p).
 *
 * The mask is 1 where a value is kept. It is an input, so the graph has no random state and a run can be repeated.
 */
export const dropoutOp: Op<{ readonly probability: number }> = {
  name: "dropout",
  infer: ([x]) => [x!],
  vjp: ({ inputs: [, mask], attributes: { probability }, cotangents: [dy] }) => [
    dropout(dy!, mask!, probability),
    null,
  ],
  emit: ({ inputs: [x, mask], outputs, attributes: { probability }, temporary, scalar }) => {
    const factors = temporary();
    return [
      { opType: "DequantizeLinear", inputs: [mask!, scalar(1 / (1 - probability))], outputs: [factors] },
      { opType: "Mul", inputs: [x!, factors], outputs },
    ];
  },
};
export const dropout = (x: Tensor, mask: Tensor, probability: number): Tensor =>
  apply(dropoutOp, [x, mask], { probability });
