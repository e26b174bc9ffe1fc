import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type ExportOptions, exportModel } from "../../src/export/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-export-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folder: string;
let number = 0;
beforeEach(async () => {
  folder = await writeTinyModel(join(scratch, `model-${number++}`));
});

const exported = (options: ExportOptions = {}) =>
  exportModel(folder, { threads: 1, minEqualTags: 0.5, ...options });
const inOnnx = () => readdirSync(join(folder, "onnx")).sort();
const textOf = (name: string) => readFileSync(join(folder, name), "utf8");
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("an export", () => {
  it("writes three files, each as close to the original as its numbers allow", async () => {
    const { files, checkedOn } = await exported();
    expect(inOnnx()).toEqual([
      ".nerium-export.json",
      "export_results.json",
      "model.onnx",
      "model_fp16.onnx",
      "model_quantized.onnx",
    ]);
    expect(checkedOn).toMatchObject({ sentences: 24, f1: 1 });
    const [fp32, fp16, int8] = files;
    expect(fp32!.logitDifference).toBeLessThan(1e-4);
    expect([fp32!.equalTags, fp32!.f1]).toEqual([1, 1]);
    expect(fp16!.logitDifference).toBeLessThan(0.05);
    expect(int8!.equalTags).toBeGreaterThan(0.9);
    expect(fp16!.bytes).toBeLessThan(fp32!.bytes);
    expect(int8!.bytes).toBeLessThan(fp32!.bytes);
  });

  it("says what it does, step by step", async () => {
    const steps: string[] = [];
    await exported({ dtypes: ["fp32"], onProgress: ({ doing, what }) => steps.push(`${doing} ${what}`) });
    expect(steps).toEqual(["checking the original", "writing model.onnx", "checking model.onnx"]);
  });

  it("scores original and files on a tagged file", async () => {
    const file = join(scratch, "tagged.txt");
    writeFileSync(file, "Anna B-PER\nWolff I-PER\nlives O\n\nBerlin B-LOC\n");
    const { checkedOn, files } = await exported({ dtypes: ["fp32"], check: file });
    expect(checkedOn).toMatchObject({ name: file, sentences: 2, words: 4 });
    expect(files[0]!.f1).toBe(checkedOn.f1);
    expect(checkedOn.f1).toBeLessThan(1);
  });

  it("of one dtype leaves the files of others, and the card tells of all", async () => {
    writeFileSync(join(folder, "README.md"), "# Tiny\n");
    await exported({ dtypes: ["fp32"] });
    const before = readFileSync(join(folder, "onnx/model.onnx"));
    await exported({ dtypes: ["int8"] });
    expect(readFileSync(join(folder, "onnx/model.onnx")).equals(before)).toBe(true);
    expect(inOnnx()).toEqual([
      ".nerium-export.json",
      "export_results.json",
      "model.onnx",
      "model_quantized.onnx",
    ]);
    expect(textOf("README.md").match(/`onnx\/model(_quantized)?\.onnx` +\| (fp32|int8)/g)).toHaveLength(2);
  });

  it("keeps a card known as one that nobody has edited, and only such a one", async () => {
    const known = () => (JSON.parse(textOf("training_args.json")) as { cardSha256: string }).cardSha256;
    const argumentsOf = (card: string) =>
      writeFileSync(join(folder, "training_args.json"), JSON.stringify({ cardSha256: sha256(card) }));
    writeFileSync(join(folder, "README.md"), "# Tiny\n");
    argumentsOf("# Tiny\n");
    await exported({ dtypes: ["fp32"] });
    expect(known()).toBe(sha256(textOf("README.md")));
    argumentsOf("# Another\n");
    await exported({ dtypes: ["fp32"] });
    expect(known()).toBe(sha256("# Another\n"));
  });

  it("tells transformers.js of weights in a file of their own, and takes it back when they are not", async () => {
    const told = () =>
      (JSON.parse(textOf("config.json")) as Record<string, { use_external_data_format?: unknown }>)[
        "transformers.js_config"
      ]?.use_external_data_format;
    await exported({ dtypes: ["fp32"] });
    expect(told()).toBeUndefined();
    await exported({ dtypes: ["fp32"], largestFile: 1000 });
    expect(told()).toEqual({ "model.onnx": 1 });
    expect(inOnnx()).toContain("model.onnx_data");
    await exported({ dtypes: ["fp32"] });
    expect(told()).toEqual({});
    expect(inOnnx()).not.toContain("model.onnx_data");
  });

  it("writes tokenizer.json for a folder that has only a vocabulary", async () => {
    expect(existsSync(join(folder, "tokenizer.json"))).toBe(false);
    await exported({ dtypes: ["fp32"] });
    expect(existsSync(join(folder, "tokenizer.json"))).toBe(true);
  });
});

describe("an export that fails", () => {
  it("below a threshold replaces nothing", async () => {
    await exported({ dtypes: ["fp32"] });
    const before = [inOnnx(), readFileSync(join(folder, "onnx/model.onnx"))];
    await expect(exported({ dtypes: ["fp32", "int8"], minEqualTags: 1 })).rejects.toMatchObject({
      code: "EXPORT_CHECK_FAILED",
      where: join(folder, "onnx/model_quantized.onnx"),
    });
    const file = join(scratch, "wrong.txt");
    writeFileSync(file, "Anna B-LOC\nWolff O\n");
    await expect(exported({ dtypes: ["fp32"], check: file, minF1: 0.99 })).rejects.toMatchObject({
      code: "EXPORT_CHECK_FAILED",
      message: expect.stringMatching(
        /^F1 of the exported model is .* but must be at least 0.99. No file was replaced$/,
      ),
    });
    expect([inOnnx(), readFileSync(join(folder, "onnx/model.onnx"))]).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.includes("onnx"))).toEqual(["onnx"]);
  });

  it("refuses options that it does not know, and a model without a head", async () => {
    await expect(exported({ dtypes: ["q4" as "fp32"] })).rejects.toMatchObject({
      code: "EXPORT_OPTION_INVALID",
      where: "dtypes",
    });
    await expect(exported({ minF1: 2 })).rejects.toMatchObject({ where: "minF1 of exportModel" });
    await expect(exported({ target: "gpu" as "any" })).rejects.toMatchObject({ where: "target" });
    const base = await writeTinyModel(join(scratch, "base"), { head: false });
    await expect(exportModel(base)).rejects.toMatchObject({ code: "MODEL_HEAD_MISSING" });
    expect(existsSync(join(base, "onnx"))).toBe(false);
  });

  it("stops when it is told to, with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(exported({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(existsSync(join(folder, "onnx"))).toBe(false);
  });
});
