import type { Emission, OnnxNode } from "../tensor.js";

/** `to` of ONNX's Cast for int32. */
const INT32 = 6;

/** Nodes that write to `output` where two tensors of int64 hold the same numbers, compared in the engine's type. */
export function equalIntegers(
  { profile, temporary }: Pick<Emission<unknown>, "profile" | "temporary">,
  inputs: readonly [string, string],
  output: string,
): readonly OnnxNode[] {
  const equal = (inputs: readonly string[]) => ({ opType: "Equal", inputs, outputs: [output] });
  if (profile.comparedIntegers === "int64") return [equal(inputs)];
  const casts = inputs.map((x) => ({
    opType: "Cast",
    inputs: [x],
    outputs: [temporary()],
    attributes: { to: INT32 },
  }));
  return [...casts, equal(casts.flatMap(({ outputs }) => outputs))];
}
