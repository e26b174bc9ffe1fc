import { describe, expect, it } from "vitest";
import { labelRooms, segments } from "../../src/marks/index.js";

const cut = (text: string, ...spans: [number, number][]) => [
  ...segments(
    text,
    spans.map(([start, end]) => ({ start, end })),
  ),
];

describe("segments", () => {
  it("are the text between the entities and in them", () => {
    expect(cut("Ada met Bo.", [0, 3], [8, 10])).toEqual([
      { text: "Ada", entity: { start: 0, end: 3 } },
      { text: " met " },
      { text: "Bo", entity: { start: 8, end: 10 } },
      { text: "." },
    ]);
  });

  it("give the shared part of two entities to the first", () => {
    expect(cut("New York City", [0, 8], [4, 13], [5, 7]).map(({ text }) => text)).toEqual([
      "New York",
      " City",
    ]);
  });
});

it("a label may be as long as the text up to the next mark, less one character", () => {
  expect(labelRooms(cut("EU and US, UK", [0, 2], [7, 9], [11, 13]))).toEqual([4, 0, 1, 0, 12]);
  expect(labelRooms(cut("EUUS", [0, 2], [2, 4]))).toEqual([0, 12]);
});
