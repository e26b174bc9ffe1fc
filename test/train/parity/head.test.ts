/** A model without a head, and the head that the seed of a recording gives it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CONLL_LABELS } from "../../../bench/parity/arguments.js";
import { readRecording } from "../../../bench/parity/recording.js";
import { parseRecipe } from "../../../src/recipe/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { tinyModel } from "../tinyModel.js";

const file = resolve(
  import.meta.dirname,
  "../../../../shared/reference/parity/bert-base-cased-30-steps.json",
);
const present = existsSync(file);
if (!present) console.warn(`Skipped: ${file} is not there.`);

const scratch = mkdtempSync(join(tmpdir(), "nerium-head-"));
const folders = [scratch];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe.skipIf(!present)("a headless model as wide as bert-base-cased", () => {
  it("starts from the recorded head with the recorded seed, and from another with another", async () => {
    const { arguments: recorded, head } = readRecording(file);
    const { encoder, folder } = await tinyModel({
      hidden_size: 768,
      num_hidden_layers: 1,
      num_attention_heads: 12,
      intermediate_size: 16,
    });
    folders.push(folder);
    const train = join(scratch, "train.conll");
    writeFileSync(train, `${CONLL_LABELS.map((tag, index) => `word${index} ${tag}`).join("\n")}\n`);
    const first = async (seed: unknown) => {
      const input = { model: encoder, train, output: join(scratch, "out"), labels: CONLL_LABELS, seed };
      const { weights, messages } = await prepare(parseRecipe(input).recipe);
      expect(messages.map(({ code }) => code)).toContain("HEAD_INITIALISED");
      const values = {
        weight: Float32Array.from(weights.values("classifier.weight")),
        bias: [...weights.values("classifier.bias")],
      };
      await weights.dispose();
      return values;
    };
    const { weight, bias } = await first(recorded.seed);
    const theirs = head!.weight.flat();
    expect(weight).toHaveLength(theirs.length);
    expect(Math.max(...theirs.map((value, at) => Math.abs(value - weight[at]!)))).toBeLessThan(1e-6);
    expect(bias).toEqual(head!.bias);
    const other = await first(7);
    expect(Math.max(...theirs.map((value, at) => Math.abs(value - other.weight[at]!)))).toBeGreaterThan(0.01);
  });
});
