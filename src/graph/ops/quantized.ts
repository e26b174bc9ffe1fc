/** Products with 8-bit weights, for trained models. None of them has a gradient. */
import { notStandard, shapeMismatch } from "../errors.js";
import { apply, type Op, present, type Tensor } from "../tensor.js";

type None = Record<never, never>;

/**
 * x W + b, computed with integers: `[n, in] · int8[in, out] · [out] + [out] → [n, out]`. b is optional.
 *
 * W is stored as round(W / scale), with one scale per output. x is quantised to 8 bits at run time, with one scale for its
 * whole range (ONNX's DynamicQuantizeLinear).
 */
export const dynamicLinearOp: Op<None> = {
  name: "dynamicLinear",
  infer: (inputs) => {
    const [x, w, scale, b] = inputs;
    const [from, to] = w!.shape;
    if (x!.shape.length !== 2 || x!.shape[1] !== from || scale!.shape[0] !== to || (b && b.shape[0] !== to))
      throw shapeMismatch(
        "dynamicLinear",
        inputs.map(({ shape }) => shape),
        "expected [n, in], [in, out], [out] and [out]",
      );
    return [{ type: "float32", shape: [x!.shape[0]!, to!] }];
  },
  emit: ({ inputs: [x, w, scale, b], outputs, profile, float, temporary }) => {
    if (profile.contribOperators.includes("DynamicQuantizeMatMul"))
      return [
        {
          opType: "DynamicQuantizeMatMul",
          domain: "com.microsoft",
          inputs: b === undefined ? [x!, w!, scale!] : [x!, w!, scale!, "", b],
          outputs,
        },
      ];
    const [whole, step, zero, sum, floats, factor] = Array.from({ length: 6 }, temporary);
    const product = b === undefined ? outputs : [temporary()];
    return [
      { opType: "DynamicQuantizeLinear", inputs: [x!], outputs: [whole!, step!, zero!] },
      { opType: "MatMulInteger", inputs: [whole!, w!, zero!], outputs: [sum!] },
      { opType: "Cast", inputs: [sum!], outputs: [floats!], attributes: { to: float } },
      { opType: "Mul", inputs: [step!, scale!], outputs: [factor!] },
      { opType: "Mul", inputs: [floats!, factor!], outputs: product },
      ...(b === undefined ? [] : [{ opType: "Add", inputs: [product[0]!, b], outputs }]),
    ];
  },
};
export const dynamicLinear = (x: Tensor, weight: Tensor, scale: Tensor, bias?: Tensor): Tensor =>
  apply(dynamicLinearOp, present(x, weight, scale, bias), {});

/**
 * x Wᵀ + b with W in blocks: `[n, in], uint8[out, blocks, size], [out · blocks], [out] → [n, out]`. b is optional.
 *
 * Each block of `size` numbers in a row of W has its own scale and is stored as 128 + round(W / scale). Each block of x is
 * quantised too, at run time. Only ONNX Runtime has this operator: `MatMulNBits` with 8 bits and accuracy level 4.
 */
export const blockLinearOp: Op<None> = {
  name: "blockLinear",
  infer: (inputs) => {
    const [x, w, scales, b] = inputs;
    const [to, blocks, size] = w!.shape as [number, number, number];
    const from = x!.shape[1] as number;
    if (Math.ceil(from / size) !== blocks || scales!.shape[0] !== to * blocks || (b && b.shape[0] !== to))
      throw shapeMismatch(
        "blockLinear",
        inputs.map(({ shape }) => shape),
        "expected [n, in], [out, blocks, size], [out · blocks] and [out]",
      );
    return [{ type: "float32", shape: [x!.shape[0]!, to] }];
  },
  emit: ({ inputs: [x, w, scales, b], outputs, types, profile }) => {
    if (!profile.contribOperators.includes("MatMulNBits")) throw notStandard("blockLinear");
    const [N, , block_size] = types.inputs[1]!.shape as [number, number, number];
    const K = types.inputs[0]!.shape[1] as number;
    return [
      {
        opType: "MatMulNBits",
        domain: "com.microsoft",
        inputs: b === undefined ? [x!, w!, scales!] : [x!, w!, scales!, "", "", b],
        outputs,
        attributes: { K, N, bits: 8, block_size, accuracy_level: 4 },
      },
    ];
  },
};
export const blockLinear = (x: Tensor, weight: Tensor, scales: Tensor, bias?: Tensor): Tensor =>
  apply(blockLinearOp, present(x, weight, scales, bias), {});
