import type { Tensor } from "../../src/graph/index.js";
import * as ops from "../../src/graph/ops/index.js";
import { cpuEngine, type Engine } from "../../src/runtime/index.js";
import { casesOf, withGradients } from "../graph/cases.js";
import { compiled, type Value } from "../graph/run.js";

/** Weights of 8 bits, which are computed on the CPU only. */
const QUANTIZED = ["dynamicLinearOp", "blockLinearOp"];

const furthest = (a: Value, b: Value): number =>
  Math.max(0, ...a.values.map((value, at) => Math.abs(value - b.values[at]!))) /
  Math.max(1, ...b.values.map(Math.abs));

/**
 * Computes every operation and its gradient on an engine and on the CPU, in one graph. Returns the number of its outputs, and the
 * names of those that differ by more than 1e-5.
 */
export async function comparedOperations(
  engine: Engine,
): Promise<{ readonly outputs: number; readonly wrong: readonly string[] }> {
  const names = Object.keys(ops).filter((name) => name.endsWith("Op") && !QUANTIZED.includes(name));
  const outputs: Record<string, Tensor> = {};
  const feeds: Record<string, Value> = {};
  for (const name of names) {
    // One of the three shapes of each form.
    const chosen = [...casesOf(name)].filter((_, index) => index % 3 === 2);
    for (const [index, { each, random }] of chosen.entries()) {
      const made = withGradients(each, random, `${name}.${index}.`);
      Object.assign(outputs, made.graph);
      Object.assign(feeds, made.feeds);
    }
  }
  const run = async (on: Engine) => {
    const graph = await compiled(outputs, { engine: on });
    const results = await graph.run(feeds);
    graph.dispose();
    return results;
  };
  const [here, there] = [await run(cpuEngine()), await run(engine)];
  const wrong = Object.keys(outputs).filter(
    (name) =>
      there[name]!.dims.join() !== here[name]!.dims.join() || !(furthest(there[name]!, here[name]!) < 1e-5),
  );
  return { outputs: Object.keys(outputs).length, wrong };
}
