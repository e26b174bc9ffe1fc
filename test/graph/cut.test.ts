import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  constant,
  cut,
  emit,
  exp,
  gradient,
  input,
  multiply,
  rematerialise,
  type Tensor,
} from "../../src/graph/index.js";
import { ModelProtoSchema } from "../../src/graph/onnx/onnx_pb.js";
import { compiled, profile } from "./run.js";

const opTypes = (outputs: Record<string, Tensor>) =>
  fromBinary(ModelProtoSchema, emit(outputs, { profile })).graph!.node.map(({ opType }) => opType);

test("the second part takes from the first what it needs, and gives what the whole graph gives", async () => {
  const x = input("x", "float32", ["n"]);
  const y = exp(multiply(x, constant([3], [1])));
  const z = exp(y);
  const dz = input("dz", "float32", ["n"]);
  const [dx] = gradient(z, [x], dz);
  const { first, second, kept } = cut({ z }, { dx: dx! });
  // z is computed once, and y once.
  expect(opTypes(first).filter((type) => type === "Exp")).toHaveLength(2);
  expect(opTypes(second)).not.toContain("Exp");
  expect(Object.keys(kept).sort()).toEqual(["kept.0", "kept.1"]);

  const whole = await compiled({ dx: dx! });
  const [forward, backward] = [await compiled(first), await compiled(second)];
  const feeds = { x: { dims: [2], values: [0.25, -0.5] } };
  const slope = { dz: { dims: [2], values: [2, -1] } };
  const { z: value, ...values } = await forward.run(feeds);
  value!.values.forEach((found, at) => {
    expect(found).toBeCloseTo(Math.exp(Math.exp(3 * feeds.x.values[at]!)), 4);
  });
  const parts = await backward.run({ ...feeds, ...slope, ...values });
  expect(parts.dx).toEqual((await whole.run({ ...feeds, ...slope })).dx);
  for (const graph of [whole, forward, backward]) graph.dispose();
});

test("what is to be recomputed is computed in both parts, from what it was made of", () => {
  const x = input("x", "float32", ["n"]);
  const y = rematerialise(multiply(exp(x), constant([3], [1])));
  const z = multiply(y, y);
  const { first, second, kept } = cut({ z }, { dx: gradient(z, [x], input("dz", "float32", ["n"]))[0]! });
  expect(opTypes(first)).toEqual(["Exp", "Mul", "Mul"]);
  // exp(x) alone crosses: y = 3 exp(x) is computed again.
  expect(opTypes(second)).not.toContain("Exp");
  expect(Object.values(kept).map(({ node }) => node.op.name)).toEqual(["exp"]);
});
