import { apply, type DataType, type Op, type Shape, type Tensor } from "./tensor.js";

/** A value that the caller provides for each run, such as a parameter or the indices of a batch. */
export const inputOp: Op<{ name: string; type: DataType; shape: Shape }> = {
  name: "input",
  infer: (_, { type, shape }) => [{ type, shape }],
  emit: () => [],
};
export const input = (name: string, type: DataType, shape: Shape): Tensor =>
  apply(inputOp, [], { name, type, shape });

/** A constant of which the graph has only the name. Its values are provided when the model is compiled, or are in a file. */
export const weightOp: Op<{ name: string; type: DataType; shape: readonly number[] }> = {
  name: "weight",
  infer: (_, { type, shape }) => [{ type, shape }],
  emit: () => [],
};
export const weight = (name: string, type: DataType, shape: readonly number[]): Tensor =>
  apply(weightOp, [], { name, type, shape });

/** A constant whose values are in the graph. */
export const constantOp: Op<{ type: DataType; shape: readonly number[]; values: readonly number[] }> = {
  name: "constant",
  infer: (_, { type, shape }) => [{ type, shape }],
  emit: () => [],
};
export const constant = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
  type: DataType = "float32",
): Tensor => apply(constantOp, [], { type, shape, values });

/** `float32[]` */
export const scalar = (value: number): Tensor => constant([value], []);
