import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entitySpans, type StrictScheme } from "../../src/evaluate/index.js";

describe("entitySpans", () => {
  it("gives the words of each entity, the end exclusive", () => {
    expect(entitySpans(["B-PER", "I-PER", "O", "B-LOC"])).toEqual([
      { type: "PER", start: 0, end: 2 },
      { type: "LOC", start: 3, end: 4 },
    ]);
  });

  it("begins an entity where the type changes, in default mode", () => {
    expect(entitySpans(["B-PER", "I-LOC"])).toEqual([
      { type: "PER", start: 0, end: 1 },
      { type: "LOC", start: 1, end: 2 },
    ]);
  });

  it("drops what the scheme does not allow, in strict mode", () => {
    expect(entitySpans(["B-PER", "I-LOC", "O", "I-PER"], { mode: "strict", scheme: "IOB2" })).toEqual([
      { type: "PER", start: 0, end: 1 },
    ]);
    expect(entitySpans(["B-PER", "I-PER", "O"], { mode: "strict", scheme: "IOBES" })).toEqual([]);
  });

  it("keeps hyphens inside a type", () => {
    expect(entitySpans(["B-a-b", "I-a-b"])).toEqual([{ type: "a-b", start: 0, end: 2 }]);
  });

  const entities = fc.array(
    fc.record({
      type: fc.constantFrom("PER", "a-b", "first_name"),
      length: fc.integer({ min: 1, max: 4 }),
      gap: fc.integer({ min: 1, max: 3 }),
    }),
  );
  const writers: Record<string, (type: string, word: number, length: number) => string> = {
    IOB1: (type) => `I-${type}`,
    IOB2: (type, word) => `${word === 0 ? "B" : "I"}-${type}`,
    IOE2: (type, word, length) => `${word === length - 1 ? "E" : "I"}-${type}`,
    IOBES: (type, word, length) =>
      `${length === 1 ? "S" : word === 0 ? "B" : word === length - 1 ? "E" : "I"}-${type}`,
    BILOU: (type, word, length) =>
      `${length === 1 ? "U" : word === 0 ? "B" : word === length - 1 ? "L" : "I"}-${type}`,
  };

  it.each(Object.keys(writers))("reads entities back from the tags of %s", (scheme) => {
    fc.assert(
      fc.property(entities, (list) => {
        const tags: string[] = [];
        const spans = list.map(({ type, length, gap }) => {
          tags.push(...Array<string>(gap).fill("O"));
          const start = tags.length;
          for (let word = 0; word < length; word += 1) tags.push(writers[scheme]!(type, word, length));
          return { type, start, end: tags.length };
        });
        expect(entitySpans(tags, { mode: "strict", scheme: scheme as StrictScheme })).toEqual(spans);
        if (scheme !== "BILOU") expect(entitySpans(tags)).toEqual(spans);
      }),
    );
  });
});
