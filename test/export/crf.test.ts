/** Exported files give logits. A model with a conditional random field (CRF) may score higher than they do, and the export says so. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { crfTensors } from "../../src/crf/index.js";
import type { NeriumWarning } from "../../src/errors.js";
import { exportModel } from "../../src/export/index.js";
import { evaluateFolder } from "../../src/infer/index.js";
import { writeSafetensors } from "../../src/safetensors/index.js";
import { testIo } from "../cli/testIo.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-export-crf-"));
const folder = join(scratch, "model");
const tagged = join(scratch, "tagged.conll");
const LABELS = ["O", "B-PER", "I-PER"];

beforeAll(async () => {
  // The words o, b and i are read as outside, a name's beginning and its inside.
  await writeTinyModel(folder, { labels: LABELS, reads: ["o", "b", "i"] });
  const file = join(folder, "config.json");
  const json = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...json, nerium: { crf: true } }));
  // A name never begins after a name: the second word of "b b" is its inside.
  const values = new Float32Array(LABELS.length * (LABELS.length + 2));
  values[1 * LABELS.length + 1] = -1000;
  values[1 * LABELS.length + 2] = 1;
  await writeSafetensors(join(folder, "crf.safetensors"), crfTensors(values, LABELS.length));
  writeFileSync(tagged, "b B-PER\nb I-PER\no O\n\nb B-PER\no O\nb B-PER\nb I-PER\n");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("the original's F1 is that of its CRF, and a warning gives both", async () => {
  const warnings: NeriumWarning[] = [];
  const { checkedOn, files } = await exportModel(folder, {
    dtypes: ["fp32"],
    check: tagged,
    threads: 1,
    onWarning: (warning) => warnings.push(warning),
  });
  const { scores } = await evaluateFolder(folder, tagged, { threads: 1 });
  expect(checkedOn.f1).toBe(1);
  expect(checkedOn.f1).toBe(scores.micro.f1);
  expect(files[0]).toMatchObject({ equalTags: 1 });
  expect(files[0]!.f1).toBeLessThan(0.5);
  expect(warnings).toEqual([
    {
      code: "EXPORT_WITHOUT_CRF",
      message: expect.stringContaining(`F1 is ${files[0]!.f1.toFixed(4)} (model.onnx) instead of 1.0000.`),
    },
  ]);
});

test("the command prints the warning, and --min-f1 is held against what was exported", async () => {
  const ran = async (...flags: string[]) => {
    const { io, stdout, stderr } = testIo();
    const code = await nerium(["export", folder, "--dtype", "fp32", "--check", tagged, ...flags], io);
    return { code, out: stdout.text, err: stderr.text };
  };
  const { code, out, err } = await ran();
  expect(code).toBe(0);
  expect(out).toMatch(/^original +1\.0000$/m);
  expect(err).toMatch(/^warning: .*do not contain the model's conditional random field/);
  const refused = await ran("--min-f1", "0.9");
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("[EXPORT_CHECK_FAILED]");
  expect(refused.err).toContain("train the model without crf");
});
