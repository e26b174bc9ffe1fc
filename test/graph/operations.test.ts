/** One contract for every operation: the inferred shape is the runtime's, the gradient is the central difference's. */
import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { type EmissionProfile, emit, input, standard, type Tensor } from "../../src/graph/index.js";
import { ModelProtoSchema, type NodeProto, TensorProto_DataType } from "../../src/graph/onnx/onnx_pb.js";
import * as ops from "../../src/graph/ops/index.js";
import { type Case, cases, casesOf, type Random, withGradients } from "./cases.js";
import { compiled, type Value } from "./run.js";

const STEP = 1e-2;

async function check(each: Case, random: Random): Promise<void> {
  const { graph: named, feeds, outputs, varied } = withGradients(each, random);
  const graph = await compiled(named);
  const result = await graph.run(feeds);
  outputs.forEach((y, index) => {
    expect(result[`output.${index}`]!.dims, "inferred shape").toEqual(y.shape);
  });
  await checkForms(outputs, feeds, result);
  for (const name of varied) {
    const { dims, values } = feeds[name]!;
    expect(result[`gradient.${name}`]!.dims).toEqual(dims);
    for (let at = 0; at < values.length; at++) {
      const lossAt = async (value: number) =>
        (await graph.run({ ...feeds, [name]: { dims, values: values.with(at, value) } })).loss!.values[0]!;
      const numeric = ((await lossAt(values[at]! + STEP)) - (await lossAt(values[at]! - STEP))) / (2 * STEP);
      const analytic = result[`gradient.${name}`]!.values[at]!;
      expect(
        Math.abs(analytic - numeric),
        `d ${name}[${at}]: ${analytic}, by difference ${numeric}`,
      ).toBeLessThan(2e-3 * Math.max(1, Math.abs(numeric)));
    }
  }
  graph.dispose();
}

/** For other engines the results are the same; what has no form for them says so. */
async function checkForms(
  outputs: readonly Tensor[],
  feeds: Record<string, Value>,
  expected: Record<string, Value>,
): Promise<void> {
  const named = Object.fromEntries(outputs.map((y, index) => [`output.${index}`, y]));
  if (outputs.some(({ node }) => node.inputs.some((x) => x.node.op.name === "blockLinear"))) {
    expect(() => emit(named, { profile: standard })).toThrow(/cannot be expressed with standard ONNX/);
    return;
  }
  for (const profile of [standard, scant]) {
    const { graph: written, opsetImport } = fromBinary(ModelProtoSchema, emit(named, { profile }));
    expect(opsetImport.map(({ domain }) => domain)).toEqual([""]);
    if (profile === scant) expectScant(written!.node);
    const graph = await compiled(named, { profile });
    const result = await graph.run(feeds);
    for (const name of Object.keys(named))
      result[name]!.values.forEach((value, at) => {
        expect(value).toBeCloseTo(expected[name]!.values[at]!, 4);
      });
    graph.dispose();
  }
}

/** An engine without LogSoftmax, that compares whole numbers of 32 bits alone. */
const scant: EmissionProfile = {
  ...standard,
  logSoftmax: false,
  comparedIntegers: "int32",
  scatterElements: false,
  exactSine: false,
};

function expectScant(nodes: readonly NodeProto[]): void {
  expect(nodes.filter(({ opType }) => opType === "LogSoftmax")).toEqual([]);
  const toInt32 = nodes.filter(
    ({ opType, attribute }) => opType === "Cast" && attribute[0]!.i === BigInt(TensorProto_DataType.INT32),
  );
  const casts = toInt32.flatMap(({ output }) => output);
  const compared = nodes.filter(({ opType }) => opType === "Equal").flatMap(({ input }) => input);
  expect(compared.filter((name) => !casts.includes(name))).toEqual([]);
}

test("a log softmax written as its formula stays finite where a softmax is 0", async () => {
  const y = ops.logSoftmax(input("x", "float32", [1, 3]));
  const graph = await compiled({ y }, { profile: scant });
  const { y: found } = await graph.run({ x: { dims: [1, 3], values: [2000, 0, 2000] } });
  expect(found!.values.map((value) => value.toFixed(4))).toEqual(["-0.6931", "-2000.6931", "-0.6931"]);
  graph.dispose();
});

describe("every operation's gradient agrees with the central difference", () => {
  const names = Object.keys(ops).filter((name) => name.endsWith("Op"));
  test("every operation has a case", () => {
    expect(Object.keys(cases).sort()).toEqual(names.sort());
  });
  test("every operation has a name of its own, by which equal nodes are found", () => {
    const own = names.map((name) => (ops as unknown as Record<string, { name: string }>)[name]!.name);
    expect(new Set(own).size).toBe(names.length);
  });
  test.each(names)("%s", async (name) => {
    for (const { each, random } of casesOf(name)) await check(each, random);
  });
});
