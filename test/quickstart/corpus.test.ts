import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quickstartCorpus } from "../../src/quickstart/corpus.js";
import type { Sentence } from "../../src/text/sentence.js";

const corpus = quickstartCorpus(42);
const textOf = (sentence: Sentence) => sentence.words.join(" ");

/** The words of each entity, and its type. */
function entities(sentence: Sentence): { type: string; words: string[] }[] {
  const found: { type: string; words: string[] }[] = [];
  for (const [index, tag] of sentence.tags.entries()) {
    if (tag.startsWith("B-")) found.push({ type: tag.slice(2), words: [] });
    if (tag !== "O") found[found.length - 1]!.words.push(sentence.words[index]!);
  }
  return found;
}

describe("the quickstart's corpus", () => {
  it("has the sizes that were asked for", () => {
    expect([corpus.train.length, corpus.validation.length, corpus.test.length]).toEqual([7000, 600, 600]);
    const small = quickstartCorpus(1, { train: 10, validation: 0, test: 7 });
    expect([small.train.length, small.validation.length, small.test.length]).toEqual([10, 0, 7]);
  });

  it("is the same for the same seed and another for another", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const sizes = { train: 40, validation: 10, test: 10 };
        expect(quickstartCorpus(seed, sizes)).toEqual(quickstartCorpus(seed, sizes));
        expect(quickstartCorpus(seed, sizes)).not.toEqual(quickstartCorpus(seed + 1, sizes));
      }),
      { numRuns: 20 },
    );
  });

  it("has one valid IOB2 tag for each word, of five types", () => {
    const all = [...corpus.train, ...corpus.validation, ...corpus.test];
    const valid = ({ words, tags }: Sentence) =>
      tags.length === words.length &&
      tags.every((tag, index) => {
        const before = tags[index - 1]?.slice(2);
        return tag.startsWith("I-") ? tag.slice(2) === before : /^(O|B-[A-Z]+)$/.test(tag);
      });
    expect(all.filter((sentence) => !valid(sentence))).toEqual([]);
    const types = new Set(all.flatMap(entities).map(({ type }) => type));
    expect([...types].sort()).toEqual(["EVENT", "LOC", "ORG", "PER", "PROD"]);
  });

  it("has words without blanks, and no empty ones", () => {
    expect(corpus.train.flatMap(({ words }) => words).filter((word) => !/^\S+$/u.test(word))).toEqual([]);
  });

  it("says nothing twice, neither in one part nor in two", () => {
    const texts = [...corpus.train, ...corpus.validation, ...corpus.test].map(textOf);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("asks validation and test for names with words that training never saw, and for some that it did", () => {
    const trained = new Set(corpus.train.flatMap(({ words }) => words));
    for (const part of [corpus.validation, corpus.test]) {
      const names = part.flatMap(entities);
      const unseen = names.filter(({ words }) => words.some((word) => !trained.has(word)));
      expect(unseen.length / names.length).toBeGreaterThan(0.4);
      expect(unseen.length / names.length).toBeLessThan(0.7);
    }
  });

  it("has words whose type only the context tells", () => {
    const typesOf = new Map<string, Set<string>>();
    for (const { words, tags } of corpus.train) {
      for (const [index, word] of words.entries()) {
        const types = typesOf.get(word) ?? new Set();
        typesOf.set(word, types.add(tags[index]!.slice(2)));
      }
    }
    const kinds = [...typesOf.values()].map((types) => types.size);
    expect(kinds.filter((count) => count > 1).length).toBeGreaterThan(300);
    expect(kinds.filter((count) => count > 2).length).toBeGreaterThan(50);
  });

  it("has lines in capitals and in small letters", () => {
    const inCapitals = corpus.train.filter((s) => textOf(s) === textOf(s).toUpperCase());
    const inSmallLetters = corpus.train.filter((s) => textOf(s) === textOf(s).toLowerCase());
    expect(inCapitals.length).toBeGreaterThan(50);
    expect(inSmallLetters.length).toBeGreaterThan(50);
  });

  it("tells of the same names throughout a document", () => {
    const first = corpus.train.filter(({ document }) => document === 1).flatMap(entities);
    const words = first.flatMap((entity) => entity.words.map((word) => word.toLowerCase()));
    expect(new Set(words).size).toBeLessThan(words.length);
  });
});
