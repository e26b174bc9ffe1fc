import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-cli-export-"));
const model = join(scratch, "model");
const tagged = join(scratch, "tagged.txt");
beforeAll(async () => {
  await writeTinyModel(model);
  writeFileSync(tagged, "Anna B-PER\nWolff I-PER\nlives O\n\nBerlin B-LOC\n");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ran(...args: string[]) {
  const { io, stdout, stderr } = testIo();
  const code = await nerium(args, io);
  return { code, out: stdout.text, err: stderr.text };
}

test("nerium export prints each file with its figures, beside the original's", async () => {
  const { code, out } = await ran(
    "export",
    model,
    "--dtype",
    "fp32,int8",
    "--check",
    tagged,
    "--min-equal-tags",
    "0.4",
  );
  expect(code).toBe(0);
  const lines = out.trimEnd().split("\n");
  expect(lines[0]).toBe(`checked on ${tagged}: 2 sentences, 4 words`);
  expect(lines[2]).toMatch(/^ +size +logit difference +equal tags +F1$/);
  expect(lines[3]).toMatch(/^original +\d\.\d{4}$/);
  expect(lines[4]).toMatch(/model\.onnx +\d+ kB +\S+ +100\.00% +\d\.\d{4}$/);
  expect(lines[5]).toMatch(/model_quantized\.onnx +\d+ kB +\S+ +\S+% +\d\.\d{4}$/);
});

test("--json gives the same as one object", async () => {
  const { code, out } = await ran("export", model, "--dtype", "fp16", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    model,
    folder: join(model, "onnx"),
    checkedOn: { sentences: 24 },
    files: [{ dtype: "fp16", file: "model_fp16.onnx", externalData: false }],
  });
});

test("an unknown dtype is a matter of usage, a check that fails is one of the model", async () => {
  const unknown = await ran("export", model, "--dtype", "fp32,q4");
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("one or more of fp32, fp16, int8");
  const before = readdirSync(join(model, "onnx"));
  const failed = await ran("export", model, "--dtype", "fp32", "--check", tagged, "--min-f1", "1");
  expect(failed.code).toBe(1);
  expect(failed.err).toContain("No file was replaced");
  expect(readdirSync(join(model, "onnx"))).toEqual(before);
});

test("nerium evaluate scores a model in 8 bits", async () => {
  const { code, out } = await ran("evaluate", model, tagged, "--dtype", "q8", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ sentences: 2, words: 4 });
});
