import fc from "fast-check";
import { Tokenizer } from "tokenizers";
import { describe, expect, it } from "vitest";
import { quickstartCorpus } from "../../src/quickstart/corpus.js";
import { quickstartTokenizer } from "../../src/quickstart/tokenizer.js";
import { learnWordPieces } from "../../src/quickstart/vocabulary.js";

const { train, validation } = quickstartCorpus(42);

describe("the quickstart's tokenizer", () => {
  const files = quickstartTokenizer(train);

  it("is the same for the same sentences", () => {
    expect(quickstartTokenizer(train)).toEqual(files);
  });

  it("has 1,000 pieces, in vocab.txt as in tokenizer.json", () => {
    const pieces = files["vocab.txt"].trimEnd().split("\n");
    expect(pieces).toHaveLength(1000);
    expect(new Set(pieces).size).toBe(1000);
    expect(JSON.parse(files["tokenizer.json"]).model.vocab).toEqual(
      Object.fromEntries(pieces.map((p, i) => [p, i])),
    );
  });

  it("knows every word of the corpus, names that it never saw included", async () => {
    const tokenizer = Tokenizer.fromString(files["tokenizer.json"]);
    const texts = validation.slice(0, 200).map(({ words }) => words.join(" "));
    const encodings = await tokenizer.encodeBatch(texts, { addSpecialTokens: true });
    expect(encodings.filter((encoding) => encoding.getTokens().includes("[UNK]"))).toEqual([]);
    expect(encodings.map((encoding) => encoding.getTokens()[0])).toEqual(texts.map(() => "[CLS]"));
  });
});

describe("learning word pieces", () => {
  it("joins the most frequent pair first", () => {
    // "l o" stands 5 + 2 times; then "lo w" 5 times, "e r" 2 times.
    const words = ["low", "low", "low", "low", "low", "loer", "loer"];
    const learned = learnWordPieces(words, 5 + 2 * 5 + 3);
    expect(learned.slice(-3)).toEqual(["lo", "low", "##er"]);
  });

  it("spells every word, with pieces that stand in words, at any size", () => {
    const word = fc.stringMatching(/^[abc]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 11, max: 60 }),
        (words, size) => {
          const pieces = learnWordPieces(words, size);
          expect(new Set(pieces).size).toBe(pieces.length);
          const characters = words.flatMap((w) => [...w].map((c, index) => (index === 0 ? c : `##${c}`)));
          expect(characters.filter((character) => !pieces.includes(character))).toEqual([]);
          const isPart = (piece: string) =>
            words.some((w) =>
              piece.startsWith("##") ? w.slice(1).includes(piece.slice(2)) : w.startsWith(piece),
            );
          const learned = pieces.slice(5).filter((piece) => piece.replace("##", "").length > 1);
          expect(learned.filter((piece) => !isPart(piece))).toEqual([]);
        },
      ),
    );
  });
});
