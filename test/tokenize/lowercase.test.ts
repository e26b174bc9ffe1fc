import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadTokenizer } from "../../src/tokenize/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-lowercase-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const CASED = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Ada", "Berlin", "lives", "in", "##S"];
const UNCASED = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "ada", "berlin", "lives", "in", "straße"];

async function warningsOf(vocabulary: readonly string[], config?: object) {
  const folder = mkdtempSync(join(scratch, "model-"));
  writeFileSync(join(folder, "vocab.txt"), `${vocabulary.join("\n")}\n`);
  const file = join(folder, "tokenizer_config.json");
  if (config !== undefined) writeFileSync(file, JSON.stringify(config));
  const { warnings } = await loadTokenizer(folder);
  expect(warnings.every(({ code }) => code === "VOCABULARY_LOWERCASED")).toBe(true);
  return warnings.map(({ message }) => message.replace(file, "FILE"));
}

describe("a cased vocabulary", () => {
  it("that is lowercased is worth a warning that names file and key", async () => {
    const lost =
      "The vocabulary has 3 tokens with capitals (of 10), which can never be found. If the model is cased, set do_lower_case to false there.";
    const missing = `FILE: do_lower_case is missing, so all words are lowercased. ${lost}`;
    expect(await warningsOf(CASED)).toEqual([missing]);
    expect(await warningsOf(CASED, { model_max_length: 64 })).toEqual([missing]);
    expect(await warningsOf(CASED, { do_lower_case: true })).toEqual([
      `FILE: do_lower_case is true. ${lost}`,
    ]);
  });

  it("that keeps its case is not", async () => {
    expect(await warningsOf(CASED, { do_lower_case: false })).toEqual([]);
  });
});

it("an uncased vocabulary can be lowercased; special tokens are not found in texts", async () => {
  expect(await warningsOf(UNCASED)).toEqual([]);
  expect(await warningsOf(UNCASED, { do_lower_case: true })).toEqual([]);
});
