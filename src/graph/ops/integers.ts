/** Operations on integers: ids, masks, positions. None of them has a gradient. */
import { apply, type DataType, type Op, type Tensor } from "../tensor.js";
import { equalIntegers } from "./equal.js";

type None = Record<never, never>;

/** `to` of ONNX's Cast. float32 is missing, because the emitter decides which type replaces it. */
const codes: Readonly<Record<Exclude<DataType, "float32">, number>> = {
  int64: 7,
  bool: 9,
  uint8: 2,
  int8: 3,
};

/** Converts numbers to another type. Integer types lose the fraction. No gradient passes through. */
export const castOp: Op<{ readonly type: DataType }> = {
  name: "cast",
  infer: ([x], { type }) => [{ type, shape: x!.shape }],
  vjp: () => [null],
  emit: ({ inputs, outputs, float, attributes: { type } }) => [
    { opType: "Cast", inputs, outputs, attributes: { to: type === "float32" ? float : codes[type] } },
  ],
};
export const cast = (x: Tensor, type: DataType): Tensor =>
  x.type === type ? x : apply(castOp, [x], { type });

/** 1 where an integer is not equal to `value`, otherwise 0: `int64[…] → int64[…]`. */
export const differsFromOp: Op<{ readonly value: number }> = {
  name: "differsFrom",
  infer: ([x]) => [x!],
  vjp: () => [null],
  emit: (emission) => {
    const { inputs, outputs, attributes, temporary, integer } = emission;
    const [equal, differs] = [temporary(), temporary()];
    return [
      ...equalIntegers(emission, [inputs[0]!, integer(attributes.value)], equal),
      { opType: "Not", inputs: [equal], outputs: [differs] },
      { opType: "Cast", inputs: [differs], outputs, attributes: { to: codes.int64 } },
    ];
  },
};
export const differsFrom = (x: Tensor, value: number): Tensor => apply(differsFromOp, [x], { value });

/** The index of each element along the last of two axes, from 0: `[n, m] → int64[n, m]`. */
export const placesOp: Op<None> = {
  name: "places",
  infer: ([x]) => [{ type: "int64", shape: x!.shape }],
  vjp: () => [null],
  emit: ({ inputs: [x], outputs, temporary, integer }) => {
    const [shape, length, range] = [temporary(), temporary(), temporary()];
    return [
      { opType: "Shape", inputs: [x!], outputs: [shape] },
      { opType: "Gather", inputs: [shape, integer(1)], outputs: [length] },
      { opType: "Range", inputs: [integer(0), length, integer(1)], outputs: [range] },
      { opType: "Expand", inputs: [range, shape], outputs },
    ];
  },
};
export const places = (x: Tensor): Tensor => apply(placesOp, [x], {});

/** Sums along an axis up to and including each element. For floats there would be a gradient, but it is not implemented. */
export const cumulativeSumOp: Op<{ readonly axis: number }> = {
  name: "cumulativeSum",
  infer: ([x]) => [x!],
  emit: ({ inputs, outputs, attributes: { axis }, integer }) => [
    { opType: "CumSum", inputs: [inputs[0]!, integer(axis)], outputs },
  ],
};
export const cumulativeSum = (x: Tensor, axis: number): Tensor => apply(cumulativeSumOp, [x], { axis });
