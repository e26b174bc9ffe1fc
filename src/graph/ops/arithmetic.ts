/** Elementwise arithmetic with numpy's broadcasting. Gradients have the broadcast shape; `gradient` reduces them. */
import { scalar } from "../leaves.js";
import { broadcast } from "../shape.js";
import { apply, type Op, type Tensor } from "../tensor.js";

type None = Record<never, never>;

function binary(name: string, opType: string, vjp: NonNullable<Op<None>["vjp"]>): Op<None> {
  return {
    name,
    infer: ([a, b]) => [{ type: a!.type, shape: broadcast(name, a!.shape, b!.shape) }],
    vjp,
    emit: ({ inputs, outputs }) => [{ opType, inputs, outputs }],
  };
}

function unary(name: string, opType: string, vjp: NonNullable<Op<None>["vjp"]>): Op<None> {
  return {
    name,
    infer: ([x]) => [x!],
    vjp,
    emit: ({ inputs, outputs }) => [{ opType, inputs, outputs }],
  };
}

/** d(a + b) = da + db */
export const addOp = binary("add", "Add", ({ cotangents: [dy] }) => [dy!, dy!]);
export const add = (a: Tensor, b: Tensor): Tensor => apply(addOp, [a, b], {});

/** d(a − b) = da − db */
export const subtractOp = binary("subtract", "Sub", ({ cotangents: [dy] }) => [dy!, negate(dy!)]);
export const subtract = (a: Tensor, b: Tensor): Tensor => apply(subtractOp, [a, b], {});

/** d(a · b) = b · da + a · db */
export const multiplyOp = binary("multiply", "Mul", ({ inputs: [a, b], cotangents: [dy] }) => [
  multiply(dy!, b!),
  multiply(dy!, a!),
]);
export const multiply = (a: Tensor, b: Tensor): Tensor => apply(multiplyOp, [a, b], {});

/** d(a / b) = da / b − (a / b) · db / b */
export const divideOp = binary("divide", "Div", ({ inputs: [, b], outputs: [y], cotangents: [dy] }) => {
  const da = divide(dy!, b!);
  return [da, negate(multiply(y!, da))];
});
export const divide = (a: Tensor, b: Tensor): Tensor => apply(divideOp, [a, b], {});

/** d(−x) = −dx */
export const negateOp = unary("negate", "Neg", ({ cotangents: [dy] }) => [negate(dy!)]);
export const negate = (x: Tensor): Tensor => apply(negateOp, [x], {});

/** d eˣ = eˣ dx */
export const expOp = unary("exp", "Exp", ({ outputs: [y], cotangents: [dy] }) => [multiply(dy!, y!)]);
export const exp = (x: Tensor): Tensor => apply(expOp, [x], {});

/** d√x = dx / (2√x) */
export const sqrtOp = unary("sqrt", "Sqrt", ({ outputs: [y], cotangents: [dy] }) => [
  divide(scale(dy!, 0.5), y!),
]);
export const sqrt = (x: Tensor): Tensor => apply(sqrtOp, [x], {});

/** d erf x = 2/√π · e^(−x²) dx */
export const erfOp = unary("erf", "Erf", ({ inputs: [x], cotangents: [dy] }) => [
  multiply(dy!, scale(exp(negate(multiply(x!, x!))), 2 / Math.sqrt(Math.PI))),
]);
export const erf = (x: Tensor): Tensor => apply(erfOp, [x], {});

/** d tanh x = (1 − tanh² x) dx */
export const tanhOp = unary("tanh", "Tanh", ({ outputs: [y], cotangents: [dy] }) => [
  multiply(dy!, shift(negate(multiply(y!, y!)), 1)),
]);
export const tanh = (x: Tensor): Tensor => apply(tanhOp, [x], {});

/** σ(x) = 1 / (1 + e⁻ˣ); dσ = σ · (1 − σ) dx */
export const sigmoidOp = unary("sigmoid", "Sigmoid", ({ outputs: [y], cotangents: [dy] }) => [
  multiply(dy!, multiply(y!, shift(negate(y!), 1))),
]);
export const sigmoid = (x: Tensor): Tensor => apply(sigmoidOp, [x], {});

/** d max(x, 0) = dx where x > 0 */
export const reluOp = unary("relu", "Relu", ({ inputs: [x], cotangents: [dy] }) => [multiply(dy!, step(x!))]);
export const relu = (x: Tensor): Tensor => apply(reluOp, [x], {});

/** 1 where x > 0, otherwise 0. Its gradient is zero, except at x = 0, where there is none. */
export const stepOp: Op<None> = {
  name: "step",
  infer: ([x]) => [x!],
  vjp: () => [null],
  emit: ({ inputs, outputs, float, temporary, scalar: number }) => {
    const positive = temporary();
    return [
      { opType: "Greater", inputs: [inputs[0]!, number(0)], outputs: [positive] },
      { opType: "Cast", inputs: [positive], outputs, attributes: { to: float } },
    ];
  },
};
export const step = (x: Tensor): Tensor => apply(stepOp, [x], {});

/** x · factor */
export const scale = (x: Tensor, factor: number): Tensor => multiply(x, scalar(factor));
/** x + offset */
export const shift = (x: Tensor, offset: number): Tensor => add(x, scalar(offset));
