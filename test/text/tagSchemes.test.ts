import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataFacts, labelList } from "../../src/data/index.js";
import { recognisedScheme, type TagScheme, toScheme } from "../../src/text/index.js";

describe("the scheme of a file is", () => {
  it.each<[TagScheme, string[][]]>([
    ["IOB2", [["B-PER", "I-PER", "O"]]],
    ["IOB2", [["O", "O"]]],
    ["IOB2", [["B-PER", "O"], ["I-PER", "O"], ["B-LOC"]]],
    ["IOB1", [["I-PER", "I-PER", "O", "I-LOC"]]],
    ["IOB1", [["I-PER", "B-PER", "O", "I-LOC"]]],
    ["IOBES", [["S-PER", "O", "B-LOC", "E-LOC"]]],
    ["IOBES", [["O", "S-PER"]]],
    ["BILOU", [["U-PER", "O", "B-LOC", "I-LOC", "L-LOC"]]],
    ["IOB2", [["B", "I", "O"]]],
    ["IO", [["PER", "PER", "O"]]],
    ["IO", [["B-PER", "O", "LOC"]]],
    ["IO", [["U-PER", "S-PER"]]],
  ])("%s for %j", (scheme, sentences) => {
    expect(recognisedScheme(sentences)).toBe(scheme);
  });
});

it.each<[TagScheme, string, TagScheme, string]>([
  ["IOB1", "I-PER B-PER I-LOC O I-LOC I-LOC", "IOB2", "B-PER B-PER B-LOC O B-LOC I-LOC"],
  ["IOBES", "S-PER B-LOC I-LOC E-LOC O", "IOB2", "B-PER B-LOC I-LOC I-LOC O"],
  ["BILOU", "U-PER B-LOC L-LOC O U-LOC", "IOB2", "B-PER B-LOC I-LOC O B-LOC"],
  ["IOB2", "B-PER B-PER I-PER B-LOC O", "IOB1", "I-PER B-PER I-PER I-LOC O"],
  ["IOB2", "B-PER B-PER I-PER O", "IOBES", "S-PER B-PER E-PER O"],
  ["IOB2", "B-PER B-PER I-PER O", "BILOU", "U-PER B-PER L-PER O"],
  ["IOB2", "B-PER I-PER O B-LOC", "IO", "I-PER I-PER O I-LOC"],
  ["IO", "PER PER LOC O", "IOB2", "B-PER I-PER B-LOC O"],
  ["IOB2", "O I-PER I-LOC", "IOBES", "O S-PER S-LOC"],
  ["IOB2", "B I O B", "IOBES", "B E O S"],
])("%s %s in %s is %s", (from, tags, to, expected) => {
  expect(toScheme(tags.split(" "), from, to).join(" ")).toBe(expected);
});

/** Entities and gaps, as IOB2 tags. */
const iob2 = fc
  .array(fc.tuple(fc.constantFrom("PER", "LOC", "a-b"), fc.integer({ min: 0, max: 3 })))
  .map((spans) =>
    spans.flatMap(([type, length]) =>
      length === 0 ? ["O"] : [`B-${type}`, ...new Array<string>(length - 1).fill(`I-${type}`)],
    ),
  );

it.each<TagScheme>(["IOB1", "IOBES", "BILOU"])("IOB2 comes back from %s", (scheme) => {
  fc.assert(
    fc.property(iob2, (tags) => {
      expect(toScheme(toScheme(tags, "IOB2", scheme), scheme, "IOB2")).toEqual(tags);
    }),
  );
});

it("finds labels in all data sets, in Python's order", () => {
  const dataset = (tags: string[]) =>
    dataFacts({
      file: "x",
      scheme: "IOB2",
      sentences: [{ words: tags, tags, document: 0, line: 1 }],
    });
  const found = labelList([dataset(["O", "B-\u{1F600}", "B-a"]), dataset(["B-\uFB01", "B-B", "O"])]);
  expect(found).toEqual(["B-B", "B-a", "B-\uFB01", "B-\u{1F600}", "O"]);
});
