import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-evaluate-"));
const data = join(scratch, "data.conll");
let model: string;
beforeAll(async () => {
  // The words o, b and i are read as outside, a name's beginning and its inside.
  const reads = { labels: ["O", "B-PER", "I-PER", "B-LOC"], reads: ["o", "b", "i", "a"] };
  model = await writeTinyModel(join(scratch, "model"), reads);
  writeFileSync(data, "b B-PER\ni I-PER\no O\n\no O\ni B-PER\n");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function evaluated(...flags: readonly string[]) {
  const { io, stdout, stderr } = testIo();
  const code = await nerium(["evaluate", model, data, "--threads", "1", ...flags], io);
  return { code, out: stdout.text, err: stderr.text };
}

describe("where decoding goes beyond the largest logit", () => {
  it("the report says how, and what the largest logit alone would score", async () => {
    const { code, out, err } = await evaluated("--decoding", "viterbi", "--quiet");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { argmax, ...json } = JSON.parse((await evaluated("--decoding", "viterbi", "--json")).out);
    // The second sentence begins inside a name: no scheme allows it, though its largest logits say so.
    expect(argmax.micro).toMatchObject({ precision: 1, recall: 1, support: 2 });
    expect(json.default.micro.f1).toBeLessThan(1);
    expect(out).toContain(
      "decoded with viterbi (sequences that IOB2 allows); argmax decoding gives F1 1.0000\n",
    );
  });

  it("without it there is nothing to tell", async () => {
    const { out } = await evaluated("--quiet");
    expect(out).not.toContain("argmax");
    expect(JSON.parse((await evaluated("--json")).out)).not.toHaveProperty("argmax");
  });
});

describe("--predictions", () => {
  it("writes no file that the evaluation reads, with --force too", async () => {
    for (const file of [data, join(model, "config.json"), join(model, "model.safetensors")]) {
      const before = readFileSync(file);
      const { code, err } = await evaluated("--predictions", file, "--force");
      expect({ file, code }).toEqual({ file, code: 1 });
      expect(err).toContain("[FILES_OUTPUT_IS_INPUT]");
      expect(readFileSync(file)).toEqual(before);
    }
  });
});
