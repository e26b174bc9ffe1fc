import { apply, type Op, type Tensor } from "../tensor.js";
import { add, erf, exp, multiply, negate, scale, shift, sigmoid, subtract, tanh } from "./arithmetic.js";
import { sum } from "./reduction.js";

type None = Record<never, never>;

/**
 * GELU, exact form: x · Φ(x) with Φ(x) = (1 + erf(x/√2)) / 2 (https://arxiv.org/abs/1606.08415).
 *
 * dx = dy · (Φ(x) + x · φ(x)), φ(x) = e^(−x²/2) / √(2π). The gradient computes everything from x, so only x is kept in memory.
 * ONNX Runtime fuses exactly these five ONNX nodes into one.
 */
export const geluOp: Op<None> = {
  name: "gelu",
  infer: ([x]) => [x!],
  vjp: ({ inputs: [x], cotangents: [dy] }) => {
    const cumulative = shift(scale(erf(scale(x!, Math.SQRT1_2)), 0.5), 0.5);
    const density = scale(exp(scale(multiply(x!, x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [multiply(dy!, add(cumulative, multiply(x!, density)))];
  },
  emit: ({ inputs: [x], outputs, temporary, scalar }) => {
    const [scaled, erf, shifted, doubled] = [temporary(), temporary(), temporary(), temporary()];
    return [
      { opType: "Div", inputs: [x!, scalar(Math.SQRT2)], outputs: [scaled] },
      { opType: "Erf", inputs: [scaled], outputs: [erf] },
      { opType: "Add", inputs: [erf, scalar(1)], outputs: [shifted] },
      { opType: "Mul", inputs: [x!, shifted], outputs: [doubled] },
      { opType: "Mul", inputs: [doubled, scalar(0.5)], outputs },
    ];
  },
};
export const gelu = (x: Tensor): Tensor => apply(geluOp, [x], {});

/** √(2/π) and the factor of x³ in the approximation of GELU with tanh. */
const [TANH_SCALE, CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];

/**
 * GELU, approximated with tanh: x · (1 + t) / 2 with t = tanh u, u = √(2/π) · (x + 0.044715 x³)
 * (https://arxiv.org/abs/1606.08415).
 *
 * dx = dy · (1 + t + x · (1 − t²) · u′) / 2, u′ = √(2/π) · (1 + 3 · 0.044715 x²). As for {@link geluOp}, only x is kept in memory.
 */
export const geluTanhOp: Op<None> = {
  name: "geluTanh",
  infer: ([x]) => [x!],
  vjp: ({ inputs: [x], cotangents: [dy] }) => {
    const square = multiply(x!, x!);
    const t = tanh(multiply(x!, scale(shift(scale(square, CUBIC), 1), TANH_SCALE)));
    const slope = scale(shift(scale(square, 3 * CUBIC), 1), TANH_SCALE);
    const rest = multiply(multiply(x!, shift(negate(multiply(t, t)), 1)), slope);
    return [multiply(dy!, scale(add(shift(t, 1), rest), 0.5))];
  },
  emit: ({ inputs: [x], outputs, temporary, scalar }) => {
    const [cubed, curved, sum, scaled, tanh, shifted, halved] = Array.from({ length: 7 }, temporary);
    return [
      { opType: "Pow", inputs: [x!, scalar(3)], outputs: [cubed!] },
      { opType: "Mul", inputs: [cubed!, scalar(CUBIC)], outputs: [curved!] },
      { opType: "Add", inputs: [x!, curved!], outputs: [sum!] },
      { opType: "Mul", inputs: [sum!, scalar(TANH_SCALE)], outputs: [scaled!] },
      { opType: "Tanh", inputs: [scaled!], outputs: [tanh!] },
      { opType: "Add", inputs: [tanh!, scalar(1)], outputs: [shifted!] },
      { opType: "Mul", inputs: [x!, scalar(0.5)], outputs: [halved!] },
      { opType: "Mul", inputs: [halved!, shifted!], outputs },
    ];
  },
};
export const geluTanh = (x: Tensor): Tensor => apply(geluTanhOp, [x], {});

/**
 * SiLU, also called swish: x · σ(x) (https://arxiv.org/abs/1606.08415).
 *
 * dx = dy · (σ + x · σ · (1 − σ)) with σ = σ(x). As for {@link geluOp}, only x is kept in memory.
 */
export const siluOp: Op<None> = {
  name: "silu",
  infer: ([x]) => [x!],
  vjp: ({ inputs: [x], cotangents: [dy] }) => {
    const gate = sigmoid(x!);
    return [multiply(dy!, multiply(gate, shift(multiply(x!, shift(negate(gate), 1)), 1)))];
  },
  emit: ({ inputs: [x], outputs, temporary }) => {
    const gate = temporary();
    return [
      { opType: "Sigmoid", inputs: [x!], outputs: [gate] },
      { opType: "Mul", inputs: [x!, gate], outputs },
    ];
  },
};
export const silu = (x: Tensor): Tensor => apply(siluOp, [x], {});

/** Softmax over the last axis. dx = y · (dy − Σ y·dy). */
export const softmaxOp: Op<None> = {
  name: "softmax",
  infer: ([x]) => [x!],
  vjp: ({ outputs: [y], cotangents: [dy] }) => {
    const weighted = multiply(y!, dy!);
    return [subtract(weighted, multiply(y!, sum(weighted, [-1], true)))];
  },
  emit: ({ inputs, outputs }) => [{ opType: "Softmax", inputs, outputs, attributes: { axis: -1 } }],
};
export const softmax = (x: Tensor): Tensor => apply(softmaxOp, [x], {});

/** Logarithm of the softmax over the last axis. dx = dy − eʸ · Σ dy. */
export const logSoftmaxOp: Op<None> = {
  name: "logSoftmax",
  infer: ([x]) => [x!],
  vjp: ({ outputs: [y], cotangents: [dy] }) => [subtract(dy!, multiply(exp(y!), sum(dy!, [-1], true)))],
  emit: ({ inputs, outputs, profile, temporary, integers }) => {
    if (profile.logSoftmax) return [{ opType: "LogSoftmax", inputs, outputs, attributes: { axis: -1 } }];
    // (x − max x) − log Σ eˣ⁻ᵐᵃˣ ˣ, which stays finite even if a softmax is 0.
    const [largest, shifted, powers, total, log] = Array.from({ length: 5 }, temporary);
    return [
      {
        opType: "ReduceMax",
        inputs,
        outputs: [largest!],
        attributes: { axes: [-1], keepdims: 1 },
      },
      { opType: "Sub", inputs: [inputs[0]!, largest!], outputs: [shifted!] },
      { opType: "Exp", inputs: [shifted!], outputs: [powers!] },
      {
        opType: "ReduceSum",
        inputs: [powers!, integers([-1])],
        outputs: [total!],
        attributes: { keepdims: 1 },
      },
      { opType: "Log", inputs: [total!], outputs: [log!] },
      { opType: "Sub", inputs: [shifted!, log!], outputs },
    ];
  },
};
export const logSoftmax = (x: Tensor): Tensor => apply(logSoftmaxOp, [x], {});

/**
 * Cross-entropy against target distributions: `[n, classes], [n, classes], [n, 1] → []`.
 *
 * −Σₙ weightₙ Σ꜀ targetₙ꜀ log softmax(logits)ₙ꜀. Use weight 0 for rows to ignore, weights of 1/m for a mean over m rows, and
 * targets that are not one-hot for label smoothing.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, weights: Tensor): Tensor {
  return negate(sum(multiply(multiply(targets, weights), logSoftmax(logits))));
}
