import fc from "fast-check";
import { expect, it } from "vitest";
import { afterEdit } from "../../src/page/edit.js";

const entities = [
  { start: 0, end: 3 },
  { start: 8, end: 10 },
];

it.each([
  [
    "Ada met Bo.",
    "Ada once met Bo.",
    [
      [0, 3],
      [13, 15],
    ],
  ],
  [
    "Ada met Bo.",
    "Ada met Bob.",
    [
      [0, 3],
      [8, 10],
    ],
  ],
  ["Ada met Bo.", "Ada met Lo.", [[0, 3]]],
  ["Ada met Bo.", "", []],
  ["Ada met Bo.", "Ida met Bo.", [[8, 10]]],
])("marks of %j stay where they belong in %j", (before, after, left) => {
  expect(afterEdit(before, after, entities).map(({ start, end }) => [start, end])).toEqual(left);
});

it("what is left of the entities covers the same words, whatever is replaced", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", " ") });
  fc.assert(
    fc.property(text, text, text, text, (head, middle, tail, inserted) => {
      const before = head + middle + tail;
      const words = [...before.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
        word,
        start: index,
        end: index + word.length,
      }));
      const after = head + inserted + tail;
      const left = afterEdit(before, after, words);
      for (const { word, start, end } of left) expect(after.slice(start, end)).toBe(word);
      const untouched = words.filter(
        ({ start, end }) => end <= head.length || start >= head.length + middle.length,
      );
      expect(left.length).toBeGreaterThanOrEqual(untouched.length - 1);
    }),
  );
});
