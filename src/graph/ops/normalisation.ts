import { notDifferentiable, shapeMismatch } from "../errors.js";
import { apply, applyAll, type Op, present, type Tensor } from "../tensor.js";
import { multiply, subtract } from "./arithmetic.js";
import { meanOfLast, sum } from "./reduction.js";

/**
 * Layer normalisation over the last axis: `[n, h], [h], [h] → [n, h]` (https://arxiv.org/abs/1607.06450). The bias is optional.
 *
 * y = x̂ · w + b with x̂ = (x − mean) · r, r = 1/√(variance + ε).
 * With g = dy · w: dx = r · (g − mean(g) − x̂ · mean(g · x̂)); dw = Σₙ dy · x̂; db = Σₙ dy.
 * Mean and r are further outputs, `[n, 1]` each. Only this gradient rule uses them, and they have no gradient themselves.
 */
export const layerNormOp: Op<{ readonly epsilon: number }> = {
  name: "layerNorm",
  infer: (inputs) => {
    const [x, ...vectors] = inputs;
    if (x!.shape.length !== 2 || vectors.some(({ shape }) => shape[0] !== x!.shape[1]))
      throw shapeMismatch(
        "layerNorm",
        inputs.map(({ shape }) => shape),
        "expected [n, h], [h] and [h]",
      );
    const perRow = { type: "float32", shape: [x!.shape[0]!, 1] } as const;
    return [x!, perRow, perRow];
  },
  vjp: ({ inputs: [x, weight, bias], outputs: [, mean, inverse], cotangents: [dy, ...ofRows] }) => {
    if (ofRows.some((each) => each !== undefined))
      throw notDifferentiable("layerNorm's mean or r", [x!.shape]);
    const normalised = multiply(subtract(x!, mean!), inverse!);
    const dyNormalised = multiply(dy!, normalised);
    const g = multiply(dy!, weight!);
    const meanAlong = meanOfLast(multiply(dyNormalised, weight!));
    const dx = multiply(inverse!, subtract(subtract(g, meanOfLast(g)), multiply(normalised, meanAlong)));
    return [dx, sum(dyNormalised, [0]), ...(bias === undefined ? [] : [sum(dy!, [0])])];
  },
  emit: ({ inputs, outputs, attributes: { epsilon } }) => [
    { opType: "LayerNormalization", inputs, outputs, attributes: { axis: -1, epsilon: { float: epsilon } } },
  ],
};
export const layerNorm = (x: Tensor, weight: Tensor, bias: Tensor | undefined, epsilon: number): Tensor =>
  applyAll(layerNormOp, present(x, weight, bias), { epsilon })[0]!;

/**
 * Root mean square normalisation over the last axis: `[n, h], [h] → [n, h]` (https://arxiv.org/abs/1910.07467).
 *
 * y = x̂ · w with x̂ = x · r, r = 1/√(mean(x²) + ε). With g = dy · w: dx = r · (g − x̂ · mean(g · x̂)); dw = Σₙ dy · x̂.
 * r is a further output, `[n, 1]`. Only this gradient rule uses it, and it has no gradient itself.
 */
export const rmsNormOp: Op<{ readonly epsilon: number }> = {
  name: "rmsNorm",
  infer: ([x, weight]) => {
    if (x!.shape.length !== 2 || x!.shape[1] !== weight!.shape[0])
      throw shapeMismatch("rmsNorm", [x!.shape, weight!.shape], "expected [n, h] and [h]");
    return [x!, { type: "float32", shape: [x!.shape[0]!, 1] }];
  },
  vjp: ({ inputs: [x, weight], outputs: [, inverse], cotangents: [dy, ofRows] }) => {
    if (ofRows !== undefined) throw notDifferentiable("rmsNorm's r", [x!.shape]);
    const normalised = multiply(x!, inverse!);
    const dyNormalised = multiply(dy!, normalised);
    const meanAlong = meanOfLast(multiply(dyNormalised, weight!));
    const dx = multiply(inverse!, subtract(multiply(dy!, weight!), multiply(normalised, meanAlong)));
    return [dx, sum(dyNormalised, [0])];
  },
  emit: ({ inputs: [x, weight], outputs: [y, inverse], attributes: { epsilon }, temporary, scalar }) => {
    const [square, mean, shifted, root, normalised] = Array.from({ length: 5 }, temporary) as string[];
    return [
      { opType: "Mul", inputs: [x!, x!], outputs: [square!] },
      { opType: "ReduceMean", inputs: [square!], outputs: [mean!], attributes: { axes: [-1], keepdims: 1 } },
      { opType: "Add", inputs: [mean!, scalar(epsilon)], outputs: [shifted!] },
      { opType: "Sqrt", inputs: [shifted!], outputs: [root!] },
      { opType: "Reciprocal", inputs: [root!], outputs: [inverse!] },
      { opType: "Mul", inputs: [x!, inverse!], outputs: [normalised!] },
      { opType: "Mul", inputs: [normalised!, weight!], outputs: [y!] },
    ];
  },
};
export const rmsNorm = (x: Tensor, weight: Tensor, epsilon: number): Tensor =>
  applyAll(rmsNormOp, [x, weight], { epsilon })[0]!;

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
