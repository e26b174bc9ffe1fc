import { elements, type Parameter } from "../../models/index.js";
import { normal, truncatedNormal } from "../random.js";

/** The initial values of a new parameter, or of a part of it with this shape. */
export function initialValues({ initial }: Parameter, shape: readonly number[], seed: number): Float32Array {
  const count = elements(shape);
  if (typeof initial === "number") return new Float32Array(count).fill(initial);
  const { std, zeroRow, cutoff } = initial;
  const values = cutoff === undefined ? normal(count, std, seed) : truncatedNormal(count, std, cutoff, seed);
  const width = shape[1]!;
  if (zeroRow !== undefined) values.fill(0, zeroRow * width, (zeroRow + 1) * width);
  return values;
}
