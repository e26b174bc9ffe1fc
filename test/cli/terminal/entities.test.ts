import { describe, expect, it } from "vitest";
import type { Prediction } from "../../../src/cli/formats/prediction.js";
import { coloursFor } from "../../../src/cli/terminal/colours.js";
import { entityText } from "../../../src/cli/terminal/entities.js";
import { recorder, shownBy } from "../testIo.js";

const text = "Angela Merkel visited Paris.";
const entities = [
  { type: "PER", score: 0.99912, text: "Angela Merkel", start: 0, end: 13, words: [0, 1] },
  { type: "LOC", score: 0.9, text: "Paris", start: 22, end: 27, words: [3] },
];
const prediction = (over: Partial<Prediction> = {}): Prediction => ({
  ...{ text, entities, windows: 1, truncated: false },
  ...over,
});
const plain = coloursFor(recorder(), {});
const coloured = coloursFor(recorder({ columns: 80 }), {});

describe("entities in a terminal", () => {
  it("are bracketed in the text without colours, and listed below it", () => {
    expect(entityText(plain).each(prediction())).toBe(
      [
        "[PER Angela Merkel] visited [LOC Paris].",
        "  PER  0.9991  Angela Merkel  0-13",
        "  LOC  0.9000  Paris  22-27",
        "",
      ].join("\n"),
    );
  });

  it("are coloured by type, and the text stays as it is", () => {
    const shown = entityText(coloured).each(prediction());
    expect(shown).toContain("\u001b[36mAngela Merkel\u001b[39m");
    expect(shown).toContain("\u001b[33mParis\u001b[39m");
    expect(shownBy(shown)[0]).toBe(text);
  });

  it("keep the colour of their type in the next text", () => {
    const format = entityText(coloured);
    format.each(prediction());
    const rome = { type: "LOC", score: 1, text: "Rome", start: 0, end: 4, words: [0] };
    expect(format.each(prediction({ text: "Rome", entities: [rome] }))).toContain("\u001b[33mRome\u001b[39m");
  });

  it("may be none", () => {
    const none = prediction({ text: "Nothing here.", entities: [] });
    expect(entityText(plain).each(none)).toBe("Nothing here.\n  no entities\n");
    expect(entityText(plain).each(prediction({ text: " ", entities: [] }))).toBe("\n");
  });

  it("stand under the name of their file, once", () => {
    const format = entityText(plain);
    const shown = ["a.txt", "a.txt", "b.txt"].map((file) =>
      format.each(prediction({ file, text: "x", entities: [] })),
    );
    expect(shown.map((each) => each.split("\n")[0])).toEqual(["a.txt", "x", "b.txt"]);
  });

  it("are listed in code points where they are asked for, and what was cut off is said", () => {
    const [paris] = [{ ...entities[1]!, start: 3, end: 8 }];
    const shown = entityText(plain, true).each(
      prediction({ text: "😀 Paris", entities: [paris], truncated: true }),
    );
    expect(shown).toBe("😀 [LOC Paris]\n  LOC  0.9000  Paris  2-7\n  truncated: the end was not read\n");
  });

  it("that overlap are marked one behind the other", () => {
    const entity = (type: string, start: number, end: number) => ({
      ...{ type, score: 1, text: text.slice(start, end), start, end, words: [] },
    });
    const both = [entity("A", 0, 8), entity("B", 7, 13), entity("C", 9, 12)];
    expect(entityText(plain).each(prediction({ entities: both }))).toMatch(
      /^\[A Angela M\]\[B erkel\] visited Paris\.\n/,
    );
  });
});
