/** Products of matrices in bfloat16: which operations of a graph are in it. OpenVINO computes such graphs; CUDA does on a GPU. */
import { rmSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { type EmissionProfile, emit, gradient, input, sum, type Tensor } from "../../src/graph/index.js";
import { ModelProtoSchema, TensorProto_DataType as Type } from "../../src/graph/onnx/onnx_pb.js";
import { embedding, gemm, linear, matmul } from "../../src/graph/ops/index.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { cpuEngine, type Engine } from "../../src/runtime/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { describeOpenvino, openvinoEngine } from "../runtime/openvinoHere.js";
import { tinyModel } from "../train/tinyModel.js";
import { compiled, profile } from "./run.js";

const inBfloat16 = (of: EmissionProfile): EmissionProfile => ({ ...of, products: "bfloat16" });

/** The nodes of a graph, each with the types that casts give to its inputs and take from its outputs. */
function nodesOf(outputs: Record<string, Tensor>, of: EmissionProfile) {
  const { graph } = fromBinary(ModelProtoSchema, emit(outputs, { profile: of }));
  const casts = graph!.node.filter(({ opType }) => opType === "Cast");
  const castTo = (name: string) => casts.find(({ output }) => output[0] === name)?.attribute[0]?.i;
  return graph!.node.map(({ opType, input, output }) => ({
    opType,
    inputs: input.map((name) => castTo(name) === BigInt(Type.BFLOAT16)),
    isConverted: casts.some(
      (cast) => cast.input[0] === output[0] && cast.attribute[0]!.i === BigInt(Type.FLOAT),
    ),
  }));
}

const x = input("x", "float32", [3, 4]);
const w = input("w", "float32", [5, 4]);
const bias = input("bias", "float32", [5]);

test("both operands of every product are converted, and the product back; a bias is added in float32", () => {
  const products = {
    matmul: matmul(x, w, { transposeB: true, alpha: 0.5 }),
    linear: linear(x, w, bias),
    gemm: gemm(x, w, { transposeB: true }),
  };
  const nodes = nodesOf(products, inBfloat16(profile));
  const found = nodes.filter(({ opType }) => ["MatMul", "FusedMatMul", "Gemm"].includes(opType));
  expect(found.map(({ opType }) => opType).sort()).toEqual(["FusedMatMul", "Gemm", "Gemm"]);
  for (const { inputs, isConverted } of found)
    expect({ inputs, isConverted }).toEqual({ inputs: [true, true], isConverted: true });
  expect(nodes.filter(({ opType }) => opType === "Add")).toEqual([
    { opType: "Add", inputs: [false, false], isConverted: false },
  ]);
  expect(nodesOf(products, profile).filter(({ opType }) => opType === "Cast")).toEqual([]);
});

test("the sum of the rows of an embedding's gradient is not a product of matrices", () => {
  const table = input("table", "float32", [9, 4]);
  const ids = input("ids", "int64", ["n"]);
  const distinct = input("distinct", "int64", ["u"]);
  const [ofTable] = gradient(sum(embedding(table, ids, distinct), [0, 1]), [table]);
  const found = nodesOf({ ofTable: ofTable! }, inBfloat16(profile)).filter(
    ({ opType }) => opType === "MatMul",
  );
  expect(found).toEqual([{ opType: "MatMul", inputs: [false, false], isConverted: false }]);
});

/** The first gradient of a tiny model. */
async function firstGradient(engine: Engine) {
  const tiny = await tinyModel();
  const { recipe } = parseRecipe(tiny.recipe());
  const prepared = await prepare(recipe, undefined, { engines: { training: engine, evaluation: engine } });
  const trainer = await StepEngine.create(recipe, prepared, 1);
  const { loss } = await trainer.gradient([...prepared.train.windows].slice(0, 8), 1);
  const values = trainer.gradients.copyOut();
  await trainer.dispose();
  rmSync(tiny.folder, { recursive: true });
  return { loss, values };
}

describeOpenvino("on OpenVINO, which computes such graphs", () => {
  test.each([
    ["with FusedMatMul", (of: EmissionProfile) => inBfloat16(of)],
    ["without it", (of: EmissionProfile) => inBfloat16({ ...of, contribOperators: [] })],
  ])("a product is rounded, and near the one in float32, %s", async (_, change) => {
    const product = { y: matmul(x, w, { transposeB: true, alpha: 0.7 }) };
    const values = (dims: number[]) => ({
      dims,
      values: Array.from({ length: dims[0]! * dims[1]! }, (_, at) => Math.sin(at + 1)),
    });
    const feeds = { x: values([3, 4]), w: values([5, 4]) };
    const run = async (engine: Engine) => {
      const graph = await compiled(product, { engine });
      const { y } = await graph.run(feeds);
      graph.dispose();
      return y!.values;
    };
    const rounded = await run({ ...openvinoEngine, profile: change(openvinoEngine.profile) });
    const exact = await run(cpuEngine());
    const apart = rounded.map((value, at) => Math.abs(value - exact[at]!));
    expect(Math.max(...apart)).toBeLessThan(2e-2);
    expect(Math.max(...apart)).toBeGreaterThan(1e-5);
  });

  test("the gradient of a model is as far from that in float32 as bfloat16 is", async () => {
    const rounded = await firstGradient({ ...openvinoEngine, profile: inBfloat16(openvinoEngine.profile) });
    const exact = await firstGradient(cpuEngine());
    expect(rounded.loss / exact.loss).toBeCloseTo(1, 2);
    const apart = Math.hypot(...rounded.values.map((value, at) => value - exact.values[at]!));
    const distance = apart / Math.hypot(...exact.values);
    console.log(`distance of the gradient in bfloat16: ${distance.toExponential(1)}`);
    expect(distance).toBeLessThan(0.05);
    expect(distance).toBeGreaterThan(1e-4);
  });
});
