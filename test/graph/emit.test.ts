import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  add,
  cast,
  constant,
  cumulativeSum,
  emit,
  exp,
  gather,
  gelu,
  gradient,
  input,
  concat as joined,
  layerNorm,
  matmul,
  meanOfLast,
  multiply,
  rematerialise,
  reshape,
  scalar,
  standard,
  step,
  sum,
  type Tensor,
} from "../../src/graph/index.js";
import { ModelProtoSchema } from "../../src/graph/onnx/onnx_pb.js";
import { multiplyOp } from "../../src/graph/ops/arithmetic.js";
import { apply, type Pullback } from "../../src/graph/tensor.js";
import { compiled, profile } from "./run.js";

const x = input("x", "float32", ["n", 3]);
const written = (outputs: Record<string, Tensor>) =>
  fromBinary(ModelProtoSchema, emit(outputs, { profile })).graph!;
const opTypes = (outputs: Record<string, Tensor>) => written(outputs).node.map(({ opType }) => opType);

test("nodes that no output needs are not written", () => {
  exp(x);
  expect(opTypes({ y: add(x, x) })).toEqual(["Add"]);
  expect(written({ y: add(x, x) }).input.map(({ name }) => name)).toEqual(["x"]);
});

test("equal nodes are written once", () => {
  expect(opTypes({ y: multiply(exp(x), exp(x)) })).toEqual(["Exp", "Mul"]);
});

describe("numbers that JSON or a string would show alike stay apart", () => {
  const unlike = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0];

  test("as constants", async () => {
    const one = input("one", "float32", [1]);
    const graph = await compiled({ y: joined(unlike.map((value) => multiply(one, scalar(value)))) });
    const { y } = await graph.run({ one: { dims: [1], values: [1] } });
    expect(y!.values).toEqual(unlike);
    graph.dispose();
  });

  test("as attributes, and as the initializers of an operation", () => {
    const w = input("w", "float32", [3, 2]);
    const products = unlike.map((alpha) => matmul(x, w, { alpha }));
    const outputs = { y: products.reduce(add) };
    const factors = written(outputs).node.flatMap(({ attribute }) =>
      attribute.filter(({ name }) => name === "alpha").map(({ f }) => f),
    );
    expect(factors).toEqual(unlike);
    const plain = fromBinary(ModelProtoSchema, emit(outputs, { profile: standard })).graph!;
    expect(plain.initializer.map(({ floatData }) => floatData)).toEqual(unlike.map((value) => [value]));
    const alike = { y: add(matmul(x, w, { alpha: Number.NaN }), matmul(x, w, { alpha: Number.NaN })) };
    expect(opTypes(alike)).toEqual(["FusedMatMul", "Add"]);
  });
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
  // Nothing after the second computation needs the first, so that it need not stay in memory.
  const { node } = written({ dx: again });
  const [first, second] = node.filter(({ opType }) => opType === "Exp");
  const after = node.slice(node.indexOf(second!));
  expect(after.some(({ input }) => input.includes(first!.output[0]!))).toBe(false);
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
    return emit({ loss, dw: gradient(loss, [w])[0]! }, { profile });
  };
  expect(Buffer.from(build()).equals(Buffer.from(build()))).toBe(true);
});

test("nodes that nothing follows stand last and in reverse, so that ONNX Runtime runs the first one first", () => {
  const [a, b] = [input("a", "float32", [2]), input("b", "float32", [2])];
  const names = written({ first: exp(a), second: exp(b) }).node.map(({ name }) => name);
  expect(names).toEqual(["second", "first"]);
});

test("two inputs of one name are an error that names it", () => {
  expect(() => emit({ y: add(x, input("x", "float32", [3])) }, { profile })).toThrow(/the name "x"/);
});

test("shapes that do not fit are an error that names operation and shapes", () => {
  expect(() => matmul(x, input("w", "float32", [4, 2]))).toThrow(
    "matmul: [n, 3] and [4, 2]: the inner dimensions differ",
  );
  expect(() => reshape(x, [2, 2])).toThrow("reshape: [n, 3] and [2, 2]: the sizes differ");
});

test("a gradient through an operation without a rule is an error, one through an index is none", () => {
  const table = input("table", "float32", [4, 3]);
  const index = constant([1, 2], [2], "int64");
  expect(() => gradient(sum(gather(table, index)), [table])).toThrow(
    "gather of [4, 3] and [2] has no gradient rule",
  );
  expect(() => gradient(sum(step(x)), [x])).not.toThrow();
});

test("a loss that is no scalar is an error that names its shape, unless it has a cotangent of this shape", () => {
  const y = exp(x);
  expect(() => gradient(y, [x])).toThrow("gradient: [n, 3] and []: loss and cotangent have different shapes");
  expect(() => gradient(y, [x], input("dy", "float32", ["m", 3]))).toThrow("gradient: [n, 3] and [m, 3]");
  expect(() => gradient(y, [x], input("dy", "float32", ["n", 3]))).not.toThrow();
});

test("a gradient rule that does not give one gradient for each input is an error that names both", () => {
  const w = input("w", "float32", [3]);
  /** The derivatives with respect to x and w of a product whose rule gives this. */
  const derivatives = (rule: (dy: Tensor) => readonly (Tensor | null)[]) => {
    const op = { ...multiplyOp, name: "odd", vjp: ({ cotangents: [dy] }: Pullback<object>) => rule(dy!) };
    return gradient(sum(apply(op, [x, w], {})), [x, w]);
  };
  const none = "The gradient rule of odd returns no gradient for input 1, of shape [3]";
  expect(() => derivatives((dy) => [dy])).toThrow(none);
  expect(() => derivatives((dy) => [dy, undefined as never])).toThrow(none);
  expect(() => derivatives(() => [])).toThrow("no gradient for input 0, of shape [n, 3]");
  expect(() => derivatives((dy) => [dy, dy, null])).toThrow("returns 3 gradients for 2 inputs");
  expect(derivatives((dy) => [dy, null]).map(({ node }) => node.op.name)).toEqual(["expand", "zerosLike"]);
});

test("a rule that knows a part of its gradient alone does not take the rest for zero", () => {
  const row = input("row", "float32", ["n", 4]);
  const w = input("w", "float32", [4]);
  const [slope] = gradient(sum(exp(layerNorm(row, w, w, 1e-5))), [row]);
  // Its gradient goes through mean and r of the rows as well.
  expect(() => gradient(sum(slope!), [row])).toThrow("layerNorm's mean or r of [n, 4] has no gradient rule");
  expect(() => gradient(sum(cumulativeSum(row, 1)), [row])).toThrow(
    "cumulativeSum of [n, 4] has no gradient",
  );
  expect(opTypes({ dx: gradient(sum(cast(row, "float32")), [row])[0]! })).toContain("Expand");
  expect(() => meanOfLast(input("wide", "float32", [4, "n"]))).toThrow("mean: [4, n]: the last dimension");
});

test("a value used twice gets the sum of both gradients", async () => {
  // y = x · x + 3x, dy/dx = 2x + 3: at 1, 2, 3 that is 5, 7, 9
  const loss = sum(add(multiply(x, x), multiply(x, constant([3], []))));
  const graph = await compiled({ dx: gradient(loss, [x])[0]! });
  expect((await graph.run({ x: { dims: [1, 3], values: [1, 2, 3] } })).dx!.values).toEqual([5, 7, 9]);
  graph.dispose();
});
