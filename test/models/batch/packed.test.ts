/** A literal padding token in a text is a piece like others, but for its position, which transformers counts in its own way. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { exportedForm } from "../../../src/export/exportedForm.js";
import { ExportedTagger } from "../../../src/export/exportedTagger.js";
import { writeOnnx } from "../../../src/export/writeOnnx.js";
import { Tagger } from "../../../src/infer/index.js";
import {
  compactVocabulary,
  InferenceWeights,
  type PackedBatch,
  ParameterReader,
  packBatch,
} from "../../../src/models/index.js";
import { LABELS, writeRandomModel } from "../../export/randomModel.js";

const python = process.env.NERIUM_PYTHON;
const scratch = mkdtempSync(join(tmpdir(), "nerium-batch-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const sequence = (ids: readonly number[]) => ({
  ids: Int32Array.from(ids),
  labelled: Int32Array.from(ids.keys()),
});
const feed = (batch: PackedBatch, name: string): number[] =>
  Array.from(batch.feeds.find((each) => each.name === name)!.data, Number);

/** RobertaEmbeddings.create_position_ids_from_input_ids of one sequence. */
function transformersPositions(ids: readonly number[], padding: number): number[] {
  let count = 0;
  return ids.map((id) => (id === padding ? padding : padding + ++count));
}

describe("positions of a packed batch", () => {
  const batches = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }), {
    minLength: 1,
    maxLength: 5,
  });

  test("are transformers', each of them once among the distinct ones, and no other", () =>
    fc.assert(
      fc.property(batches, fc.integer({ min: 0, max: 2 }), (all, padding) => {
        const packed = packBatch(all.map(sequence), { heads: 1, positionIds: { paddingId: padding } });
        const positions = feed(packed, "positionIds");
        expect(positions).toEqual(all.flatMap((ids) => transformersPositions(ids, padding)));
        const distinct = feed(packed, "distinctPositions");
        expect(distinct.toSorted((a, b) => a - b)).toEqual([...new Set(positions)].sort((a, b) => a - b));
        expect(feed(packed, "attentionBias").filter((bias) => bias === 0)).toHaveLength(positions.length);
      }),
    ));

  test("are counted from 0 for BERT, whatever stands there", () =>
    fc.assert(
      fc.property(batches, (all) => {
        const packed = packBatch(all.map(sequence), { heads: 1, positionIds: {} });
        expect(feed(packed, "positionIds")).toEqual(all.flatMap((ids) => [...ids.keys()]));
        const longest = Math.max(...all.map(({ length }) => length));
        expect(feed(packed, "distinctPositions")).toEqual(Array.from({ length: longest }, (_, at) => at));
      }),
    ));
});

test("an id whose embedding was left out is an error that names it", () => {
  const { rowOf } = compactVocabulary([2, 7], 10);
  const pack = (id: number) => packBatch([sequence([2, id])], { heads: 1, positionIds: {} }, rowOf);
  expect(feed(pack(7), "inputIds")).toEqual([0, 1]);
  for (const id of [3, 10, -1]) expect(() => pack(id)).toThrow(`The embedding of the id ${id} in a batch`);
});

describe.each(["bert", "roberta"] as const)("a %s that reads padding in a text", (family) => {
  const folder = join(scratch, family);
  const sequences = [
    [5, 0, 1, 9, 0, 0, 1, 1, 7],
    [1, 0, 30],
    [4, 8, 15, 16, 23, 42, 3, 11, 12, 13, 14, 0, 1],
    [2, 3],
  ].map(sequence);
  const furthest = (found: readonly ArrayLike<number>[], wanted: readonly ArrayLike<number>[]) =>
    Math.max(
      ...found.flatMap((row, index) => Array.from(row, (value, at) => Math.abs(value - wanted[index]![at]!))),
    );

  /** Logits of the packed batch, and of the padded one that an exported file takes. */
  async function answers() {
    const config = await writeRandomModel(folder, family);
    const weights = await InferenceWeights.load(folder, config, LABELS, "fp32");
    const tagger = await Tagger.open(weights, { threads: 1 });
    const packed = await tagger.logits(sequences);
    await tagger.dispose();
    await weights.dispose();
    const reader = await ParameterReader.open(folder, config, LABELS);
    const onnx = join(folder, "onnx");
    mkdirSync(onnx, { recursive: true });
    const form = exportedForm("fp32", "any");
    await writeOnnx(onnx, config, reader, form);
    await reader.close();
    const exported = await ExportedTagger.open(join(onnx, form.file), config, LABELS, 1);
    const padded = await exported.logits(sequences);
    await exported.dispose();
    return { packed, padded };
  }

  test("gives the same logits packed and padded", async () => {
    const { packed, padded } = await answers();
    expect(furthest(packed, padded)).toBeLessThan(1e-5);
  });

  test.skipIf(python === undefined)("gives transformers' logits (needs NERIUM_PYTHON)", async () => {
    const { packed } = await answers();
    const task = join(folder, "task.json");
    writeFileSync(task, JSON.stringify(sequences.map(({ ids }) => [...ids])));
    const program = [
      "import json, sys, torch",
      "from transformers import AutoModelForTokenClassification",
      "model = AutoModelForTokenClassification.from_pretrained(sys.argv[1], num_labels=int(sys.argv[3])).eval()",
      "rows = [model(torch.tensor([ids])).logits[0].tolist() for ids in json.load(open(sys.argv[2]))]",
      "print(json.dumps(rows))",
    ].join("\n");
    const printed = execFileSync(python!, ["-c", program, folder, task, String(LABELS)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const wanted = (JSON.parse(printed) as number[][][]).map((rows) => rows.flat());
    expect(furthest(packed, wanted)).toBeLessThan(1e-4);
  });
});
