import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { configLabels, parseConfig, readConfig } from "../../src/models/index.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bert = { model_type: "bert", vocab_size: 100, hidden_size: 8, num_attention_heads: 2 };
const labels = (more: Record<string, unknown>) =>
  configLabels(parseConfig({ ...bert, ...more }, "config.json"));

describe("L1: labels", () => {
  it("come in the order of their ids, whatever the order of the keys", () => {
    expect(
      labels({
        id2label: { "1": "B-X", "0": "O", "2": "I-X" },
        label2id: { "I-X": 2, O: 0, "B-X": 1 },
        num_labels: 3,
      }),
    ).toEqual(["O", "B-X", "I-X"]);
    expect(labels({ id2label: { "0": "__proto__x", "1": "constructor" } })).toEqual([
      "__proto__x",
      "constructor",
    ]);
  });

  it("are none where the config names none, or Hugging Face's own", () => {
    expect(labels({})).toBeUndefined();
    expect(labels({ num_labels: 7 })).toBeUndefined();
    expect(labels({ id2label: { "0": "LABEL_0", "1": "LABEL_1" } })).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a gap", { id2label: { "0": "O", "2": "B-X" } }, /id2label has no key 1; its keys are: 0, 2/],
    ["keys that are no numbers", { id2label: { O: "O" } }, /id2label has no key 0; its keys are: O/],
    ["keys like 01", { id2label: { "00": "O" } }, /id2label has no key 0; its keys are: 00/],
    ["no label at all", { id2label: {} }, /id2label is empty/],
    ["an empty label", { id2label: { "0": "O", "1": "" } }, /label 1 of id2label is empty/],
    ["a label twice", { id2label: { "0": "O", "1": "X", "2": "X" } }, /contains X twice, as 1 and as 2/],
    [
      "an inverse that is none",
      { id2label: { "0": "O", "1": "X" }, label2id: { O: 1, X: 0 } },
      /id2label has 0: O, but label2id has O: 1/,
    ],
    [
      "an inverse with less",
      { id2label: { "0": "O", "1": "X" }, label2id: { O: 0 } },
      /label2id has X: nothing/,
    ],
    [
      "an inverse with more",
      { id2label: { "0": "O" }, label2id: { O: 0, Y: 1 } },
      /label2id has Y: 1, which is not in id2label/,
    ],
    [
      "another number of them",
      { id2label: { "0": "O" }, num_labels: 9 },
      /num_labels is 9, but id2label has 1/,
    ],
  ])("with %s are an error that names both sides", (_, more, message) => {
    expect(() => labels(more)).toThrow(
      expect.objectContaining({ code: "MODEL_LABELS_INCONSISTENT", message: expect.stringMatching(message) }),
    );
  });
});

describe("config.json", () => {
  const read = (text: string | Uint8Array) => {
    writeFileSync(join(folder, "config.json"), text);
    return readConfig(folder);
  };

  it.each<[string, string | Uint8Array]>([
    ["broken JSON", "{"],
    ["no object", "[]"],
    ["null", "null"],
    ["bytes that are no UTF-8", Buffer.from('{"model_type":"bert","vocab_size":9,"x":"\xff"}', "latin1")],
    ["endless nesting", `{"model_type":"bert","vocab_size":9,"x":${"[".repeat(1e5)}${"]".repeat(1e5)}}`],
    ["sizes that no memory holds", JSON.stringify({ ...bert, vocab_size: 2 ** 53 - 1 })],
    ["a million layers", JSON.stringify({ ...bert, num_hidden_layers: 1e6 })],
    ["a size that is no count", JSON.stringify({ ...bert, hidden_size: 8.5 })],
    ["heads that do not divide", JSON.stringify({ ...bert, num_attention_heads: 3 })],
    ["no position left", JSON.stringify({ ...bert, model_type: "roberta", pad_token_id: 511 })],
  ])("with %s is refused", async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "MODEL_CONFIG_UNREADABLE",
      where: join(folder, "config.json"),
    });
  });
});
