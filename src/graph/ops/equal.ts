import type { Emission, OnnxNode } from "../tensor.js";

/** `to` of ONNX's Cast for int32. */
const INT32 = 6;

/** Returns nodes that write to `output` where two int64 tensors are equal. They compare in the type that the engine needs. */
export function equalIntegers(
  emission: Pick<Emission<unknown>, "profile" | "temporary">,
  inputs: readonly [string, string],
  output: string,
): readonly OnnxNode[] {
  const [a, b] = inputs.map((x) => comparable(emission, x));
  const compared = [a!.name, b!.name];
  return [...a!.nodes, ...b!.nodes, { opType: "Equal", inputs: compared, outputs: [output] }];
}

/** Returns an int64 tensor in the type in which the engine compares integers, and the nodes that convert it. */
export function comparable(
  { profile, temporary }: Pick<Emission<unknown>, "profile" | "temporary">,
  x: string,
): { readonly nodes: readonly OnnxNode[]; readonly name: string } {
  if (profile.comparedIntegers === "int64") return { nodes: [], name: x };
  const name = temporary();
  return { nodes: [{ opType: "Cast", inputs: [x], outputs: [name], attributes: { to: INT32 } }], name };
}
