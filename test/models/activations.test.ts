/** Every activation has transformers' values and gradients. `goldens/activations.py` writes them. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { gradient, input, standard, sum } from "../../src/graph/index.js";
import { activations } from "../../src/models/families/parts.js";
import { parseConfig } from "../../src/models/index.js";
import { compiled, profile } from "../graph/run.js";

interface Golden {
  readonly y: readonly number[];
  readonly gradient: readonly number[];
}
const { x: points, activations: golden } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "goldens/activations.json"), "utf8"),
) as { x: number[]; activations: Record<string, Golden> };

describe.each(Object.keys(activations))("the activation %s", (name) => {
  it.each([
    ["ONNX Runtime", profile],
    ["any engine", standard],
  ])("written for %s has transformers' values and gradients", async (_, own) => {
    const x = input("x", "float32", [points.length]);
    const y = activations[name]!(x);
    const graph = await compiled({ y, dx: gradient(sum(y), [x])[0]! }, { profile: own });
    const found = await graph.run({ x: { dims: [points.length], values: points } });
    await graph.dispose();
    const differences = (values: readonly number[], wanted: readonly number[]) =>
      values.map((value, at) => Math.abs(value - wanted[at]!) / Math.max(1, Math.abs(wanted[at]!)));
    expect(Math.max(...differences(found.y!.values, golden[name]!.y))).toBeLessThan(1e-6);
    expect(Math.max(...differences(found.dx!.values, golden[name]!.gradient))).toBeLessThan(2e-6);
  });

  it("is one that config.json can name", () => {
    const json = { model_type: "roberta", vocab_size: 9, hidden_act: name };
    expect(parseConfig(json, "config.json")).toMatchObject({ hidden_act: name });
  });
});
