import { describe, expect, test } from "vitest";
import { legalTransitions } from "../../src/crf/legalTransitions.js";
import { toScheme } from "../../src/text/index.js";

/** All sequences of so many labels. */
function* sequences(labels: readonly string[], length: number): Generator<readonly string[]> {
  if (length === 0) return yield [];
  for (const first of labels) for (const rest of sequences(labels, length - 1)) yield [first, ...rest];
}

/** True where no move of a sequence of labels is illegal. */
function isLegal(labels: readonly string[], sequence: readonly string[]): boolean {
  const { start, between, end } = legalTransitions(labels);
  const ids = sequence.map((tag) => labels.indexOf(tag));
  const moves = ids.slice(1).map((id, index) => between[ids[index]! * labels.length + id]!);
  return [start[ids[0]!]!, ...moves, end[ids.at(-1)!]!].every((score) => score === 0);
}

const types = (prefixes: string) =>
  ["PER", "LOC"].flatMap((type) => [...prefixes].map((p) => `${p}-${type}`));

describe("a sequence is legal exactly where its scheme would write its entities so", () => {
  test.each([
    ["IOB2", ["O", ...types("BI")]],
    ["IOB1", ["O", ...types("I"), "B-LOC"]],
    ["IOBES", ["O", ...types("BIES")]],
    ["BILOU", ["O", ...types("BILU")]],
  ] as const)("%s", (scheme, labels) => {
    const found = { legal: 0, illegal: 0 };
    for (const length of [1, 2, 3, 4])
      for (const tags of sequences(labels, length)) {
        const other = scheme === "IOB2" ? "IOBES" : "IOB2";
        const canonical = toScheme(toScheme(tags, scheme, other), other, scheme);
        const expected = canonical.join() === tags.join();
        expect(isLegal(labels, tags), tags.join(" ")).toBe(expected);
        found[expected ? "legal" : "illegal"]++;
      }
    expect(Math.min(found.legal, found.illegal)).toBeGreaterThan(20);
  });
});

test("labels without prefixes may follow each other as they like", () => {
  const { start, between, end } = legalTransitions(["O", "PER", "LOC"]);
  expect([...Array.from(start), ...Array.from(between), ...Array.from(end)].every((s) => s === 0)).toBe(true);
});

test("a type that lacks its scheme's first label may begin with another", () => {
  const labels = ["O", "B-PER", "I-PER", "E-PER", "S-PER", "I-LOC"];
  expect(isLegal(labels, ["O", "I-LOC", "I-LOC", "O"])).toBe(true);
  expect(isLegal(labels, ["O", "I-PER", "E-PER"])).toBe(false);
});
