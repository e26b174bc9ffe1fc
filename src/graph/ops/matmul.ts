import { shapeMismatch } from "../errors.js";
import { floatCode } from "../onnx/messages.js";
import { broadcast } from "../shape.js";
import { apply, type Emission, type OnnxNode, type Op, present, type Shape, type Tensor } from "../tensor.js";
import { lastTwoSwapped } from "./movement.js";
import { sum } from "./reduction.js";

export interface MatmulOptions {
  /** Use the first matrix transposed (its last two axes). */
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Factor of the product. */
  readonly alpha: number;
}

/**
 * Writes a product in the type that the engine computes products in. Its operands are converted to it, and the product back. A
 * bias, the third input, is added afterwards, in float32.
 */
function inProductType<A>(
  emit: (emission: Emission<A>) => readonly OnnxNode[],
): (emission: Emission<A>) => readonly OnnxNode[] {
  return (emission) => {
    const { inputs, outputs, profile, temporary } = emission;
    if (profile.products === "float32") return emit(emission);
    const [left, right, bias] = inputs;
    const [a, b, product, result] = [temporary(), temporary(), temporary(), outputs[0]!];
    const converted = bias === undefined ? result : temporary();
    const cast = (from: string, to: string, type: "bfloat16" | "float32"): OnnxNode => ({
      opType: "Cast",
      inputs: [from],
      outputs: [to],
      attributes: { to: floatCode(type) },
    });
    const factors: OnnxNode[] = [];
    const scalar = (value: number): string => {
      const factor = temporary();
      factors.push(cast(emission.scalar(value), factor, "bfloat16"));
      return factor;
    };
    const nodes = emit({ ...emission, inputs: [a, b], outputs: [product], scalar });
    return [
      cast(left!, a, "bfloat16"),
      cast(right!, b, "bfloat16"),
      ...factors,
      ...nodes,
      cast(product, converted, "float32"),
      ...(bias === undefined ? [] : [{ opType: "Add", inputs: [converted, bias], outputs }]),
    ];
  };
}

const turned = (shape: Shape, transpose: boolean): Shape =>
  transpose ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;

/**
 * α · A · B over the last two axes: `[…, n, k] · […, k, m] → […, n, m]`.
 *
 * With Y = αAB: dA = α dY Bᵀ, dB = α Aᵀ dY, and accordingly for transposed operands.
 */
export const matmulOp: Op<MatmulOptions> = {
  name: "matmul",
  infer: ([a, b], { transposeA, transposeB }) => {
    const left = turned(a!.shape, transposeA);
    const right = turned(b!.shape, transposeB);
    if (left.at(-1) !== right.at(-2))
      throw shapeMismatch("matmul", [left, right], "the inner dimensions differ");
    const batch = broadcast("matmul", left.slice(0, -2), right.slice(0, -2));
    return [{ type: "float32", shape: [...batch, left.at(-2)!, right.at(-1)!] }];
  },
  vjp: ({ inputs: [a, b], attributes: { transposeA, transposeB, alpha }, cotangents: [dy] }) => [
    transposeA
      ? matmul(b!, dy!, { transposeA: transposeB, transposeB: true, alpha })
      : matmul(dy!, b!, { transposeB: !transposeB, alpha }),
    transposeB
      ? matmul(dy!, a!, { transposeA: true, transposeB: transposeA, alpha })
      : matmul(a!, dy!, { transposeA: !transposeA, alpha }),
  ],
  emit: inProductType((emission) => {
    const { inputs, outputs, profile, attributes } = emission;
    const { transposeA, transposeB, alpha } = attributes;
    if (!transposeA && !transposeB && alpha === 1) return [{ opType: "MatMul", inputs, outputs }];
    if (!profile.contribOperators.includes("FusedMatMul")) return plainMatmul(emission);
    return [
      {
        opType: "FusedMatMul",
        domain: "com.microsoft",
        inputs,
        outputs,
        attributes: { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } },
      },
    ];
  }),
};

/** Returns the product with separate nodes for transposes and factor. The factor is applied to A, as in transformers' exports. */
function plainMatmul({
  inputs: [a, b],
  outputs,
  types,
  attributes: { transposeA, transposeB, alpha },
  temporary,
  scalar,
}: Emission<MatmulOptions>): readonly OnnxNode[] {
  const nodes: OnnxNode[] = [];
  const through = (opType: string, inputs: string[], attributes: OnnxNode["attributes"] = {}): string => {
    const outputs = [temporary()];
    nodes.push({ opType, inputs, outputs, attributes });
    return outputs[0]!;
  };
  const operand = (name: string, index: number, transpose: boolean) =>
    transpose
      ? through("Transpose", [name], { perm: lastTwoSwapped(types.inputs[index]!.shape.length) })
      : name;
  const left = operand(a!, 0, transposeA);
  const scaled = alpha === 1 ? left : through("Mul", [left, scalar(alpha)]);
  const right = operand(b!, 1, transposeB);
  return [...nodes, { opType: "MatMul", inputs: [scaled, right], outputs }];
}
export function matmul(a: Tensor, b: Tensor, options: Partial<MatmulOptions> = {}): Tensor {
  return apply(matmulOp, [a, b], { transposeA: false, transposeB: false, alpha: 1, ...options });
}

/**
 * x Wᵀ + b, with torch's layout of W: `[n, in] · [out, in]ᵀ + [out] → [n, out]`. b is optional.
 *
 * dx = dY W, dW = dYᵀ x, db = Σₙ dY.
 */
export const linearOp: Op<Record<never, never>> = {
  name: "linear",
  infer: (inputs) => {
    const [x, w, b] = inputs;
    if (x!.shape.length !== 2 || x!.shape[1] !== w!.shape[1] || (b && w!.shape[0] !== b.shape[0]))
      throw shapeMismatch(
        "linear",
        inputs.map(({ shape }) => shape),
        "expected [n, in], [out, in] and [out]",
      );
    return [{ type: "float32", shape: [x!.shape[0]!, w!.shape[0]!] }];
  },
  vjp: ({ inputs: [x, w, b], cotangents: [dy] }) => [
    gemm(dy!, w!),
    gemm(dy!, x!, { transposeA: true }),
    ...(b === undefined ? [] : [sum(dy!, [0])]),
  ],
  emit: inProductType(({ inputs, outputs }) => [
    { opType: "Gemm", inputs, outputs, attributes: { transB: 1 } },
  ]),
};
export const linear = (x: Tensor, weight: Tensor, bias?: Tensor): Tensor =>
  apply(linearOp, present(x, weight, bias), {});

/** The product of two matrices without batch axes, with ONNX's `Gemm`. It is faster than MatMul if an operand is transposed. */
export const gemmOp: Op<Omit<MatmulOptions, "alpha">> = {
  name: "gemm",
  infer: (inputs, attributes) => matmulOp.infer(inputs, { ...attributes, alpha: 1 }),
  vjp: (pullback) => matmulOp.vjp!({ ...pullback, attributes: { ...pullback.attributes, alpha: 1 } }),
  emit: inProductType(({ inputs, outputs, attributes: { transposeA, transposeB } }) => [
    {
      opType: "Gemm",
      inputs,
      outputs,
      attributes: { transA: Number(transposeA), transB: Number(transposeB) },
    },
  ]),
};
export const gemm = (a: Tensor, b: Tensor, options: Partial<Omit<MatmulOptions, "alpha">> = {}): Tensor =>
  apply(gemmOp, [a, b], { transposeA: false, transposeB: false, ...options });
