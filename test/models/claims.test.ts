/** A config.json may claim any size. The weights are looked at before memory is allocated for them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InferenceWeights, ModelWeights, modelTypes, readConfig } from "../../src/models/index.js";
import { cpuEngine, type Engine } from "../../src/runtime/index.js";
import { iob2, writeTinyModel } from "../infer/tinyModel.js";

let folder: string;
let config: Record<string, unknown>;
beforeAll(async () => {
  folder = await writeTinyModel(mkdtempSync(join(tmpdir(), "nerium-claims-")));
  config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const thrifty = (): Engine => ({
  ...cpuEngine(),
  block: (bytes) => {
    throw new Error(`${bytes} bytes were allocated`);
  },
});

const CLAIMS: readonly Record<string, unknown>[] = [
  { hidden_size: 65_536 },
  { num_hidden_layers: 1000 },
  { vocab_size: 10_000_000 },
  { hidden_size: 65_536, num_hidden_layers: 1000, vocab_size: 10_000_000, intermediate_size: 10_000_000 },
  ...modelTypes.map((model_type) => ({ model_type, n_layers: 1000, num_hidden_layers: 1000 })),
];

describe.each(CLAIMS.map((claim) => [JSON.stringify(claim), claim] as const))("a claim of %s", (_, claim) => {
  it("is refused by the names and shapes of the weights", async () => {
    writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, ...claim }));
    const claimed = await readConfig(folder);
    const refused = { code: expect.stringMatching(/^MODEL_(TENSORS_MISSING|TENSOR_SHAPE|HEAD_MISSING)$/) };
    const engine = thrifty();
    await expect(ModelWeights.load(folder, claimed, iob2.length, { engine })).rejects.toMatchObject(refused);
    await expect(InferenceWeights.load(folder, claimed, iob2.length, "fp32", engine)).rejects.toMatchObject(
      refused,
    );
  });
});

it.each([
  ["hidden_size", 1e9],
  ["num_attention_heads", 0],
  ["num_hidden_layers", -1],
  ["num_hidden_layers", 1e9],
  ["max_position_embeddings", 2 ** 40],
  ["vocab_size", 0],
  ["intermediate_size", -5],
  ["num_labels", -1],
])("%s: %d is refused when config.json is read", async (key, value) => {
  for (const model_type of modelTypes) {
    const names: Record<string, string> = {
      hidden_size: "dim",
      num_attention_heads: "n_heads",
      num_hidden_layers: "n_layers",
      intermediate_size: "hidden_dim",
    };
    const changed = { ...config, model_type, [key]: value, [names[key] ?? key]: value };
    writeFileSync(join(folder, "config.json"), JSON.stringify(changed));
    await expect(readConfig(folder), model_type).rejects.toMatchObject({ code: "MODEL_CONFIG_UNREADABLE" });
  }
});
