/** OpenVINO computes in float32 what ONNX Runtime does: every operation and its gradient. */
import { expect, test } from "vitest";
import * as ops from "../../../../src/graph/ops/index.js";
import { casesOf, withGradients } from "../../../graph/cases.js";
import { compiled, type Value } from "../../../graph/run.js";
import { describeOpenvino, openvinoEngine } from "../../openvinoHere.js";

/** Weights of 8 bits, which are computed by ONNX Runtime only. */
const QUANTIZED = ["dynamicLinearOp", "blockLinearOp"];
const names = Object.keys(ops).filter((name) => name.endsWith("Op") && !QUANTIZED.includes(name));

function furthest(a: Value, b: Value): number {
  const scale = Math.max(1, ...b.values.map(Math.abs));
  return Math.max(0, ...a.values.map((value, at) => Math.abs(value - b.values[at]!) / scale));
}

describeOpenvino("OpenVINO agrees with ONNX Runtime", () => {
  test.each(names)("in %s", async (name) => {
    for (const { each, random } of casesOf(name)) {
      const { graph, feeds } = withGradients(each, random);
      const [one, other] = [await compiled(graph), await compiled(graph, { engine: openvinoEngine })];
      const [expected, given] = [await one.run(feeds), await other.run(feeds)];
      for (const output of Object.keys(graph)) {
        expect(given[output]!.dims, output).toEqual(expected[output]!.dims);
        expect(furthest(given[output]!, expected[output]!), output).toBeLessThan(1e-5);
      }
      one.dispose();
      other.dispose();
    }
  });
});
