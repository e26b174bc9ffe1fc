import { describe, expect, it } from "vitest";
import { markedLines } from "../../src/page/markedLines.js";

const mark = (start: number, end: number, name = "PER") => ({ name, hue: 255, start, end });
const shown = (text: string, ...marks: ReturnType<typeof mark>[]) =>
  markedLines(text, marks).map(({ parts }) =>
    parts.map((part) => (part.mark === undefined ? part.text : `[${part.mark.name} ${part.text}]`)).join(""),
  );

describe("marked lines", () => {
  it("are the lines of the text, with their marks", () => {
    expect(shown("Ada\n\nmet Bo.", mark(0, 3), mark(9, 11))).toEqual(["[PER Ada]", "", "met [PER Bo]."]);
  });

  it("cut a mark that goes over the end of a line", () => {
    expect(shown("New\nYork, Bo", mark(0, 8, "LOC"), mark(10, 12))).toEqual([
      "[LOC New]",
      "[LOC York], [PER Bo]",
    ]);
  });

  it("have the same key only if they look the same", () => {
    const keys = (...marks: ReturnType<typeof mark>[]) =>
      markedLines("Ada\nAda", marks).map(({ key }) => key);
    const [first, second] = keys(mark(0, 3), mark(4, 7));
    expect(first).toBe(second);
    expect(keys(mark(0, 3))[1]).not.toBe(first);
    expect(keys(mark(0, 3, "LOC"))[0]).not.toBe(first);
    expect(keys({ ...mark(0, 3), hue: 1 })[0]).not.toBe(first);
    expect(keys(mark(0, 2))[0]).not.toBe(first);
  });
});
