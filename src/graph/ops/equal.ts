import type { Emission, OnnxNode } from "../tensor.js";

/** `to` of ONNX's Cast for int32. */
const INT32 = 6;

/** Returns nodes that write to `output` where two int64 tensors are equal. They compare in the type that the engine needs. */
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
