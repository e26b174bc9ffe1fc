import { describe, expect, it } from "vitest";
import { coloursFor } from "../../../src/cli/terminal/colours.js";
import { entityText, printable } from "../../../src/cli/terminal/entities.js";
import { recorder, shownBy } from "../testIo.js";

const text = "Angela Merkel visited Paris.";
const entities = [
  { type: "PER", score: 0.99912, text: "Angela Merkel", start: 0, end: 13, words: [0, 1] },
  { type: "LOC", score: 0.9, text: "Paris", start: 22, end: 27, words: [3] },
];
const plain = coloursFor(recorder(), {});
const coloured = coloursFor(recorder({ columns: 80 }), {});

describe("entities in a terminal", () => {
  it("are bracketed in the text without colours, and listed below it", () => {
    expect(entityText(plain)(text, entities)).toBe(
      [
        "[PER Angela Merkel] visited [LOC Paris].",
        "  PER  0.9991  Angela Merkel  0-13",
        "  LOC  0.9000  Paris  22-27",
        "",
      ].join("\n"),
    );
  });

  it("are coloured by type, and the text stays as it is", () => {
    const shown = entityText(coloured)(text, entities);
    expect(shown).toContain("\u001b[36mAngela Merkel\u001b[39m");
    expect(shown).toContain("\u001b[33mParis\u001b[39m");
    expect(shownBy(shown)[0]).toBe(text);
  });

  it("keep the colour of their type in the next text", () => {
    const show = entityText(coloured);
    show(text, entities);
    expect(show("Rome", [{ type: "LOC", score: 1, text: "Rome", start: 0, end: 4, words: [0] }])).toContain(
      "\u001b[33mRome\u001b[39m",
    );
  });

  it("may be none", () => {
    expect(entityText(plain)("Nothing here.", [])).toBe("Nothing here.\n  no entities\n");
  });
});

describe("text that a terminal shows", () => {
  it("cannot steer it", () => {
    expect(printable("a\u001b[2Jb\u0007\u007f\u009b1m\tc")).toBe("a␛[2Jb␇␡␡1m\tc");
  });
});
