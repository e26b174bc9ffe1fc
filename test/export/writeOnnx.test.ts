import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ExportDtype, type ExportTarget, exportedForm } from "../../src/export/exportedForm.js";
import { ExportedTagger } from "../../src/export/exportedTagger.js";
import { writeOnnx } from "../../src/export/writeOnnx.js";
import { ModelProtoSchema } from "../../src/graph/onnx/onnx_pb.js";
import { Tagger } from "../../src/infer/index.js";
import { InferenceWeights, type ModelConfig, ParameterReader } from "../../src/models/index.js";
import { LABELS, sequences, writeRandomModel } from "./randomModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-onnx-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const read = (path: string) => fromBinary(ModelProtoSchema, readFileSync(path));

describe.each(["bert", "roberta"] as const)("an exported %s", (family) => {
  const folder = join(scratch, family);
  let config: ModelConfig;
  let original: readonly Float32Array[];

  beforeAll(async () => {
    config = await writeRandomModel(folder, family);
    const weights = await InferenceWeights.load(folder, config, LABELS, "fp32");
    const tagger = await Tagger.open(weights, { threads: 1 });
    original = await tagger.logits(sequences);
    await tagger.dispose();
    await weights.dispose();
  });

  /** Writes a file into a folder of its own; gives its path. */
  async function written(dtype: ExportDtype, target: ExportTarget = "any", largest?: number) {
    const reader = await ParameterReader.open(folder, config, LABELS);
    const to = join(folder, `${dtype}-${target}-${largest}`);
    mkdirSync(to, { recursive: true });
    const form = exportedForm(dtype, target);
    const result = await writeOnnx(to, config, reader, form, largest);
    await reader.close();
    return { ...result, path: join(to, form.file) };
  }
  async function furthest(path: string): Promise<number> {
    const tagger = await ExportedTagger.open(path, config, LABELS, 1);
    const found = await tagger.logits(sequences);
    await tagger.dispose();
    return Math.max(
      ...found.flatMap((logits, index) =>
        Array.from(logits, (value, at) => Math.abs(value - original[index]![at]!)),
      ),
    );
  }

  it.each([
    ["fp32", 1e-5],
    ["fp16", 0.05],
    ["int8", 0.6],
  ] as const)("in %s gives the original's logits, padding or not", async (dtype, tolerance) => {
    expect(await furthest((await written(dtype)).path)).toBeLessThan(tolerance);
  });

  it.each(["fp32", "fp16", "int8"] as const)(
    "in %s has the standard's operators and names",
    async (dtype) => {
      const { path } = await written(dtype);
      const { opsetImport, irVersion, graph } = read(path);
      expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([["", 17n]]);
      expect(irVersion).toBe(8n);
      expect(new Set(graph!.node.map(({ domain }) => domain))).toEqual(new Set([""]));
      const values = [...graph!.input, ...graph!.output].map(({ name, type }) => {
        const { value } = type!;
        if (value.case !== "tensorType") throw new Error(`${name} is no tensor`);
        return [name, value.value.elemType, value.value.shape!.dim.map((dim) => dim.value.value)];
      });
      const [int64, float] = [7, 1];
      const sizes = ["batch_size", "sequence_length"];
      expect(values).toEqual([
        ["input_ids", int64, sizes],
        ["attention_mask", int64, sizes],
        ...(family === "bert" ? [["token_type_ids", int64, sizes]] : []),
        ["logits", float, [...sizes, BigInt(LABELS)]],
      ]);
    },
  );

  it("keeps weights that are too much for one file in a second one, and answers the same", async () => {
    const whole = await written("fp32");
    expect([whole.externalData, whole.bytes]).toEqual([false, statSync(whole.path).size]);
    const { path, externalData, bytes } = await written("fp32", "any", 1000);
    expect([externalData, bytes]).toEqual([true, statSync(path).size + statSync(`${path}_data`).size]);
    expect(statSync(path).size).toBeLessThan(whole.bytes / 2);
    expect(await furthest(path)).toBeLessThan(1e-5);
    const places = read(path).graph!.initializer.flatMap(({ externalData }) =>
      externalData.filter(({ key }) => key === "offset").map(({ value }) => Number(value)),
    );
    expect(places.length).toBeGreaterThan(20);
    expect(places.filter((offset) => offset % 4096 !== 0)).toEqual([]);
  });

  it("has 7-bit weights where it is to run anywhere, 8-bit ones for VNNI", async () => {
    const largest = (path: string) =>
      Math.max(
        ...read(path)
          .graph!.initializer.filter(({ name }) => /dense\.weight_quantized$/.test(name))
          .flatMap(({ rawData }) => Array.from(new Int8Array(Uint8Array.from(rawData).buffer), Math.abs)),
      );
    expect(largest((await written("int8", "any")).path)).toBe(63);
    expect(largest((await written("int8", "vnni")).path)).toBe(127);
  });

  it.skipIf(process.env.NERIUM_PYTHON === undefined)(
    "passes onnx.checker, and Python's onnxruntime gives its logits to 1e-4 (needs NERIUM_PYTHON)",
    async () => {
      const { path } = await written("fp32");
      const external = (await written("fp32", "any", 1000)).path;
      const task = join(folder, "task.json");
      writeFileSync(
        task,
        JSON.stringify({
          sequences: sequences.map(({ ids }) => [...ids]),
          padding: config.pad_token_id,
          files: [path, external],
          checked: [path, external, (await written("fp16")).path, (await written("int8")).path],
        }),
      );
      const program = join(import.meta.dirname, "children/run_exported.py");
      const output = execFileSync(process.env.NERIUM_PYTHON!, [program, task], { encoding: "utf8" });
      const logits = JSON.parse(output) as number[][][][];
      for (const byFile of logits)
        byFile.forEach((rows, index) => {
          rows.flat().forEach((value, at) => {
            expect(Math.abs(value - original[index]![at]!)).toBeLessThan(1e-4);
          });
        });
    },
  );
});
