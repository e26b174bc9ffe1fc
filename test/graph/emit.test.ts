import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  add,
  constant,
  emit,
  exp,
  gather,
  gelu,
  gradient,
  input,
  matmul,
  multiply,
  rematerialise,
  reshape,
  step,
  sum,
  type Tensor,
} from "../../src/graph/index.js";
import { ModelProtoSchema } from "../../src/graph/onnx/onnx_pb.js";
import { compiled } from "./run.js";

const x = input("x", "float32", ["n", 3]);
const written = (outputs: Record<string, Tensor>) => fromBinary(ModelProtoSchema, emit(outputs)).graph!;
const opTypes = (outputs: Record<string, Tensor>) => written(outputs).node.map(({ opType }) => opType);

test("nodes that no output needs are not written", () => {
  exp(x);
  expect(opTypes({ y: add(x, x) })).toEqual(["Add"]);
  expect(written({ y: add(x, x) }).input.map(({ name }) => name)).toEqual(["x"]);
});

test("equal nodes are written once", () => {
  expect(opTypes({ y: multiply(exp(x), exp(x)) })).toEqual(["Exp", "Mul"]);
});

test("a value marked recomputable is computed again for the backward pass, and the result is the same", async () => {
  const gradientOf = (mark: (y: Tensor) => Tensor) => {
    const y = mark(exp(x));
    return gradient(sum(multiply(y, y)), [x])[0]!; // d e²ˣ = 2e²ˣ
  };
  const count = (dx: Tensor) => opTypes({ dx }).filter((type) => type === "Exp").length;
  expect(count(gradientOf((y) => y))).toBe(1);
  const again = gradientOf(rematerialise);
  expect(count(again)).toBe(2);
  const graph = await compiled({ dx: again });
  const { dx } = await graph.run({ x: { dims: [1, 3], values: [0, 1, 2] } });
  dx!.values.forEach((value, at) => {
    expect(value).toBeCloseTo(2 * Math.exp(2 * at), 3);
  });
  graph.dispose();
});

test("one tensor can be two outputs, and an input can be an output", async () => {
  const y = add(x, x);
  const graph = await compiled({ a: y, b: y, c: x });
  const result = await graph.run({ x: { dims: [1, 3], values: [1, 2, 3] } });
  expect([result.a!.values, result.b!.values, result.c!.values]).toEqual([
    [2, 4, 6],
    [2, 4, 6],
    [1, 2, 3],
  ]);
  graph.dispose();
});

test("the same graph gives the same bytes", () => {
  const build = () => {
    const y = input("y", "float32", ["n", 4]);
    const w = input("w", "float32", [4, 4]);
    const loss = sum(gelu(matmul(y, w)));
    return emit({ loss, dw: gradient(loss, [w])[0]! });
  };
  expect(Buffer.from(build()).equals(Buffer.from(build()))).toBe(true);
});

test("nodes that nothing follows stand last and in reverse, so that ONNX Runtime runs the first one first", () => {
  const [a, b] = [input("a", "float32", [2]), input("b", "float32", [2])];
  const names = written({ first: exp(a), second: exp(b) }).node.map(({ name }) => name);
  expect(names).toEqual(["second", "first"]);
});

test("two inputs of one name are an error that names it", () => {
  expect(() => emit({ y: add(x, input("x", "float32", [3])) })).toThrow(/named "x"/);
});

test("shapes that do not fit are an error that names operation and shapes", () => {
  expect(() => matmul(x, input("w", "float32", [4, 2]))).toThrow(
    "matmul: [n, 3] and [4, 2]: inner dimensions differ",
  );
  expect(() => reshape(x, [2, 2])).toThrow("reshape: [n, 3] and [2, 2]: sizes differ");
});

test("a gradient through an operation without a rule is an error, one through an index is none", () => {
  const table = input("table", "float32", [4, 3]);
  const index = constant([1, 2], [2], "int64");
  expect(() => gradient(sum(gather(table, index)), [table])).toThrow(
    "gather of [4, 3] and [2] has no gradient rule",
  );
  expect(() => gradient(sum(step(x)), [x])).not.toThrow();
});

test("a value used twice gets the sum of both gradients", async () => {
  // y = x · x + 3x, dy/dx = 2x + 3: at 1, 2, 3 that is 5, 7, 9
  const loss = sum(add(multiply(x, x), multiply(x, constant([3], []))));
  const graph = await compiled({ dx: gradient(loss, [x])[0]! });
  expect((await graph.run({ x: { dims: [1, 3], values: [1, 2, 3] } })).dx!.values).toEqual([5, 7, 9]);
  graph.dispose();
});
