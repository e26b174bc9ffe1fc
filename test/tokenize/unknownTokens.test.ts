import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadTokenizer, unknownWords } from "../../src/tokenize/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-unknown-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const goldens = resolve(import.meta.dirname, "goldens");

async function unknownIn(folder: string, words: readonly string[]) {
  const tokenizer = await loadTokenizer(folder);
  const [encoded] = await tokenizer.encodeWords([words]);
  return unknownWords(encoded!, words.length, tokenizer.unknownTokens()).map((word) => words[word]);
}

describe("words that a tokenizer does not know", () => {
  it("have [UNK], or no token at all", async () => {
    const folder = mkdtempSync(join(scratch, "bert-"));
    writeFileSync(join(folder, "vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nada\n##s\n");
    expect(await unknownIn(folder, ["Ada", "東", "Adas", "\u200b", "Adax", "ada"])).toEqual([
      "東",
      "\u200b",
      "Adax",
    ]);
    expect(await unknownIn(folder, [])).toEqual([]);
  });

  it("are split into bytes that are no characters", async () => {
    expect(await unknownIn(join(goldens, "roberta"), ["Ada", "zzz", "\u{1f9ff}"])).toEqual(["\u{1f9ff}"]);
  });

  it("have <unk> in a Unigram vocabulary", async () => {
    const words = ["Ada", "\u{1f9ff}"];
    expect(await unknownIn(join(goldens, "xlm-roberta"), words)).toEqual(["\u{1f9ff}"]);
  });

  it("or single bytes, if the vocabulary has them", async () => {
    const json = JSON.parse(readFileSync(join(goldens, "xlm-roberta", "tokenizer.json"), "utf8"));
    const vocabulary = json.model.vocab as [string, number][];
    const first = vocabulary.length;
    for (let byte = 0; byte < 256; byte++)
      vocabulary.push([`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, -20]);
    json.model.byte_fallback = true;
    json.added_tokens = json.added_tokens.filter(({ id }: { id: number }) => id < first);
    const folder = mkdtempSync(join(scratch, "bytes-"));
    writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(json));
    expect(await unknownIn(folder, ["Ada", "\u{1f9ff}"])).toEqual(["\u{1f9ff}"]);
  });
});
