import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { NeriumWarning } from "../../src/errors.js";
import { load } from "../../src/infer/index.js";
import { configLabels, labelsOf, ModelWeights, parseConfig, readConfig } from "../../src/models/index.js";
import { growth, LINEAR } from "../growth.js";
import { iob2, writeTinyModel } from "../infer/tinyModel.js";

const bert = { model_type: "bert", vocab_size: 100, hidden_size: 8, num_attention_heads: 2 };
const config = (more: Record<string, unknown>) => parseConfig({ ...bert, ...more }, "config.json");

/** The labels that a trained model gets from its config.json, and what is said about them. */
function labels(more: Record<string, unknown>, rows?: number) {
  const warnings: NeriumWarning[] = [];
  const found = labelsOf(config(more), { file: "config.json", rows, warn: (each) => warnings.push(each) });
  return { found, warnings: warnings.map(({ code, message }) => `${code} ${message}`) };
}

describe("the labels of a model", () => {
  it.each([
    ["num_labels", { num_labels: 1e12 }],
    [
      "id2label",
      { id2label: Object.fromEntries(Array.from({ length: 100_001 }, (_, id) => [id, `B-${id}`])) },
    ],
  ])("are an error if %s has more than any model", (_, more) => {
    expect(() => labels(more)).toThrow(
      expect.objectContaining({ code: "MODEL_LABELS_INCONSISTENT", where: "config.json" }),
    );
  });

  it("are compared in time that grows with their number", async () => {
    const time = await growth((count) => {
      const names = Array.from({ length: count }, (_, id) => `B-${id}`);
      const label2id = Object.fromEntries(names.map((name, id) => [name, id]));
      labels({ id2label: { ...names }, label2id: { ...label2id, more: count } });
    });
    expect(time).toBeLessThan(LINEAR);
  });

  it("come in the order of their ids, whatever the order of the keys", () => {
    const given = {
      id2label: { "1": "B-X", "0": "O", "2": "I-X" },
      label2id: { "I-X": 2, O: 0, "B-X": "1" },
      num_labels: 3,
    };
    expect(labels(given, 3)).toEqual({ found: ["O", "B-X", "I-X"], warnings: [] });
    expect(labels({ id2label: { "0": "__proto__x", "1": "constructor" } }).found).toEqual([
      "__proto__x",
      "constructor",
    ]);
  });

  it("without names are called as in transformers, as many as the classifier has rows, with a warning", () => {
    const warning = (rows: string, last: number) =>
      `classifier.weight has ${rows}, and id2label is missing. The labels are called LABEL_0 to LABEL_${last}. To name them, add id2label.`;
    const names = ["LABEL_0", "LABEL_1", "LABEL_2"];
    expect(labels({ num_labels: 3 }, 3)).toEqual({
      found: names,
      warnings: [`LABEL_NAMES_MISSING config.json: ${warning("3 rows", 2)}`],
    });
    expect(labels({ id2label: null, label2id: null, num_labels: null }, 3).found).toEqual(names);
    expect(labels({ num_labels: 7 }, 3)).toEqual({
      found: names,
      warnings: [`LABEL_NAMES_MISSING config.json: num_labels is 7, but ${warning("3 rows", 2)}`],
    });
    expect(labels({ num_labels: 3 }).found).toEqual(names);
    expect(labels({}).found).toEqual(["LABEL_0", "LABEL_1"]);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a label twice", { id2label: { "0": "O", "1": "X", "2": "X" } }, /contains X twice, as 1 and as 2\. /],
    [
      "an inverse that is none",
      { id2label: { "0": "O", "1": "X" }, label2id: { O: 1, X: 0 } },
      /id2label has 0: O, but label2id has O: 1\. /,
    ],
    [
      "an inverse with less",
      { id2label: { "0": "O", "1": "X" }, label2id: { O: 0 } },
      /label2id does not have X\. /,
    ],
    [
      "an inverse with more",
      { id2label: { "0": "O" }, label2id: { O: 0, Y: 1 } },
      /label2id has Y: 1, which is not in id2label\. /,
    ],
    [
      "another number",
      { id2label: { "0": "O" }, num_labels: 9 },
      /num_labels is 9, but id2label has 1 label\. /,
    ],
  ])("with %s are those of id2label, with one warning that names file and keys", (_, more, message) => {
    const { found, warnings } = labels(more);
    expect(found).toEqual(Object.values(more.id2label as object));
    expect(warnings).toEqual([
      expect.stringMatching(/^LABELS_INCONSISTENT config\.json: .* id2label decides, /),
    ]);
    expect(warnings[0]).toMatch(message);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a gap", { id2label: { "0": "O", "2": "B-X" } }, /id2label has no key 1; its keys are: 0, 2/],
    ["keys that are no numbers", { id2label: { O: "O" } }, /id2label has no key 0; its keys are: O/],
    ["keys like 01", { id2label: { "00": "O" } }, /id2label has no key 0; its keys are: 00/],
    ["no label at all", { id2label: {} }, /id2label is empty/],
    ["an empty label", { id2label: { "0": "O", "1": "" } }, /label 1 of id2label is empty/],
    [
      "fewer names than the classifier has rows",
      { id2label: { "0": "O", "1": "X" } },
      /id2label has 2 labels, but classifier.weight has 3 rows/,
    ],
  ])("with %s are an error", (_, more, message) => {
    expect(() => labels(more, 3)).toThrow(
      expect.objectContaining({ code: "MODEL_LABELS_INCONSISTENT", message: expect.stringMatching(message) }),
    );
  });
});

describe("the labels that a run can take over from a model", () => {
  const taken = (more: Record<string, unknown>) => configLabels(config(more), "config.json", () => {});
  it("are those with names of their own", () => {
    expect(taken({ id2label: { "0": "O", "1": "B-X" } })).toEqual(["O", "B-X"]);
    expect(taken({})).toBeUndefined();
    expect(taken({ num_labels: 7 })).toBeUndefined();
    expect(taken({ id2label: { "0": "LABEL_0", "1": "LABEL_1" } })).toBeUndefined();
    expect(taken({ id2label: { "0": "X", "1": "X" } })).toBeUndefined();
  });
});

describe("a model folder", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nerium-labels-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  async function loaded(name: string, change: (json: Record<string, unknown>) => void) {
    const folder = await writeTinyModel(join(scratch, name));
    const file = join(folder, "config.json");
    const json = JSON.parse(readFileSync(file, "utf8"));
    change(json);
    writeFileSync(file, JSON.stringify(json));
    const warnings: NeriumWarning[] = [];
    const ner = await load(folder, { threads: 1, onWarning: (each) => warnings.push(each) });
    const found = await ner("Anna lives in Berlin", { aggregationStrategy: "none", ignoreLabels: [] });
    await ner.dispose();
    return { labels: ner.labels, found, warnings };
  }

  it("with num_labels alone, with a wrong one or with none at all finds the same, under other names", async () => {
    const named = await loaded("named", () => {});
    expect(named.warnings).toEqual([]);
    for (const number of [5, 9, undefined]) {
      const { labels, found, warnings } = await loaded(`unnamed-${number}`, (json) => {
        delete json.id2label;
        delete json.label2id;
        json.num_labels = number;
      });
      expect(labels).toEqual(["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4"]);
      expect(found.map(({ label, score }) => [labels.indexOf(label), score])).toEqual(
        named.found.map(({ label, score }) => [iob2.indexOf(label), score]),
      );
      expect(warnings.map(({ code }) => code)).toEqual(["LABEL_NAMES_MISSING"]);
    }
  });

  it("with a name twice loads, as in Python", async () => {
    const { labels, warnings } = await loaded("twice", (json) => {
      (json.id2label as Record<string, string>)["4"] = "I-PER";
    });
    expect(labels).toEqual(["O", "B-PER", "I-PER", "B-LOC", "I-PER"]);
    expect(warnings).toEqual([
      { code: "LABELS_INCONSISTENT", message: expect.stringContaining("contains I-PER twice") },
    ]);
  });

  it("whose config.json asks for fewer layers than the weights have says so, before prediction and training", async () => {
    const { warnings } = await loaded("layers", (json) => {
      json.num_hidden_layers = 1;
    });
    const warning = {
      code: "LAYERS_UNUSED",
      message: expect.stringMatching(
        /layers.model\.safetensors: these weights have 2 layers, but config\.json asks for 1\. /,
      ),
    };
    expect(warnings).toEqual([warning]);

    const folder = join(scratch, "layers");
    const { weights, report } = await ModelWeights.load(folder, await readConfig(folder), iob2.length);
    await weights.dispose();
    expect(report).toEqual({ absent: [], leftOver: [], warnings: [warning] });
  });
});
