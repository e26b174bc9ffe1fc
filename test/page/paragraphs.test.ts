import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paragraphs } from "../../src/page/paragraphs.js";

describe("paragraphs", () => {
  it("end at blank lines", () => {
    expect(paragraphs("One\nline.\n \n\nTwo.\n\n", 100)).toEqual([
      { text: "One\nline.", start: 0 },
      { text: "Two.", start: 13 },
    ]);
  });

  it("that are too long are cut at the end of a line, between words, or anywhere", () => {
    const texts = (text: string, longest: number) => paragraphs(text, longest).map((part) => part.text);
    expect(texts("one two\nthree four", 12)).toEqual(["one two\n", "three four"]);
    expect(texts("one two three", 8)).toEqual(["one two ", "three"]);
    expect(texts("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
    expect(texts("ab😀cd", 3)).toEqual(["ab", "😀c", "d"]);
  });

  it("contain all of the text but blanks, in order, and are never too long", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "bc", " ", "\n", "\n\n", "😀") });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (whole, longest) => {
        const parts = paragraphs(whole, longest);
        const solid = (value: string) => value.replace(/\s/g, "");
        expect(parts.map((part) => solid(part.text)).join("")).toBe(solid(whole));
        for (const part of parts) {
          expect(part.text.length).toBeLessThanOrEqual(longest);
          expect(whole.slice(part.start, part.start + part.text.length)).toBe(part.text);
          expect(() => encodeURIComponent(part.text), "no half of a pair").not.toThrow();
        }
      }),
    );
  });
});
