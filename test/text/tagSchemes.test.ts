import fc from "fast-check";
import { expect, it } from "vitest";
import { dataFacts, labelList } from "../../src/data/index.js";
import { type TagScheme, toScheme } from "../../src/text/index.js";

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
  ["IOB2", "B-PER -100 I-PER -100", "IOBES", "S-PER -100 S-PER -100"],
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
