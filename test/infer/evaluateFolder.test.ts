import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateFolder } from "../../src/infer/index.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-evaluate-"));
let folder: string;
beforeAll(async () => {
  folder = await writeTinyModel(join(scratch, "iob2"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function dataFile(name: string, text: string): string {
  const file = join(scratch, name);
  writeFileSync(file, text);
  return file;
}

const two = "Anna B-PER\nWolff I-PER\nlives O\nin O\nBerlin B-LOC\n\nthe O\ncity O\n";

describe("scoring a saved folder", () => {
  it("scores every word once and says what it did", async () => {
    const seen: [number, number][] = [];
    const result = await evaluateFolder(folder, dataFile("two.conll", two), {
      threads: 1,
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(result).toMatchObject({ sentences: 2, words: 7, truncatedWords: 0, scheme: "IOB2" });
    expect(result.gold.flat()).toEqual("B-PER I-PER O O B-LOC O O".split(" "));
    expect(result.predicted.map(({ length }) => length)).toEqual([5, 2]);
    const equal = result.gold.flat().filter((tag, index) => tag === result.predicted.flat()[index]);
    expect(result.scores.accuracy).toBe(equal.length / 7);
    expect(result.loss).toBeGreaterThan(0);
    expect(seen.at(-1)).toEqual([2, 2]);
  });

  it("a long sentence is scored to its end; where it is truncated the rest counts as O and is reported", async () => {
    const file = dataFile("long.conll", "Anna B-PER\n".repeat(200));
    const whole = await evaluateFolder(folder, file, { threads: 1 });
    expect(whole.truncatedWords).toBe(0);
    const cut = await evaluateFolder(folder, file, { threads: 1, longSentences: "truncate" });
    expect(cut.truncatedWords).toBeGreaterThan(0);
    expect(cut.predicted[0]!.slice(-cut.truncatedWords)).toEqual(new Array(cut.truncatedWords).fill("O"));
    expect(cut.predicted[0]!.length).toBe(200);
  });

  it("by viterbi only sequences that the scheme allows are predicted, over the windows of long sentences too", async () => {
    const file = dataFile("decoded.conll", `${"Anna B-PER\nWolff I-PER\n".repeat(60)}\n${two}`);
    const argmax = await evaluateFolder(folder, file, { threads: 1 });
    const viterbi = await evaluateFolder(folder, file, { threads: 1, decoding: "viterbi" });
    const stray = (tags: readonly string[]) =>
      tags.filter((tag, word) => {
        const before = tags[word - 1] ?? "O";
        return tag.startsWith("I-") && before.slice(2) !== tag.slice(2);
      });
    expect(argmax.predicted.flatMap(stray).length).toBeGreaterThan(0);
    expect(viterbi.predicted.flatMap(stray)).toEqual([]);
    expect(viterbi.decoding).toBe("viterbi");
    expect(viterbi.loss).toBe(argmax.loss);
    const greedy = evaluateFolder(folder, file, { threads: 1, decoding: "beam" as never });
    await expect(greedy).rejects.toMatchObject({ code: "INFER_OPTION_INVALID" });
  });

  it("tags are brought into the model's scheme", async () => {
    const labels = ["O", "B-PER", "I-PER", "L-PER", "U-PER", "B-LOC", "I-LOC", "L-LOC", "U-LOC"];
    const bilou = await writeTinyModel(join(scratch, "bilou"), { labels });
    const result = await evaluateFolder(bilou, dataFile("bilou.conll", two), { threads: 1 });
    expect(result.scheme).toBe("BILOU");
    expect(result.gold.flat()).toEqual("B-PER L-PER O O U-LOC O O".split(" "));
  });

  it("a model whose labels have no prefixes is scored by its types", async () => {
    const bare = await writeTinyModel(join(scratch, "bare"), { labels: ["O", "PER", "LOC"] });
    const result = await evaluateFolder(bare, dataFile("bare.conll", two), { threads: 1 });
    expect(result.gold.flat()).toEqual("I-PER I-PER O O I-LOC O O".split(" "));
    expect(Object.keys(result.scores.types).filter((type) => !["PER", "LOC"].includes(type))).toEqual([]);
  });

  it("a tag that the model has no label for is refused with its place, and the labels are named", async () => {
    const file = dataFile("unknown.conll", `${two}\nin O\nMay B-DATE\n`);
    await expect(evaluateFolder(folder, file, { threads: 1 })).rejects.toMatchObject({
      code: "INFER_TAG_UNKNOWN",
      where: `${file}:10`,
      message: expect.stringContaining("B-DATE"),
      remedy: expect.stringContaining("O, B-PER, I-PER, B-LOC, I-LOC"),
    });
  });

  it("windows longer than the model takes are refused", async () => {
    const evaluation = evaluateFolder(folder, dataFile("short.conll", two), { threads: 1, maxLength: 65 });
    await expect(evaluation).rejects.toMatchObject({ code: "INFER_LENGTH_BEYOND_MODEL" });
  });

  it("a file without tags is refused", async () => {
    const file = dataFile("untagged.jsonl", '{"tokens": ["Anna", "lives"]}\n');
    await expect(evaluateFolder(folder, file, { threads: 1 })).rejects.toThrow();
  });

  it("an aborted signal stops it", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const evaluation = evaluateFolder(folder, dataFile("aborted.conll", two), { threads: 1, signal });
    await expect(evaluation).rejects.toThrow("enough");
  });
});
