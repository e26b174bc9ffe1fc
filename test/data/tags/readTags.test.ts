import { describe, expect, it } from "vitest";
import { readTags, type TagOptions } from "../../../src/data/tags/readTags.js";
import type { BadTagPolicy } from "../../../src/data/tags/tagReading.js";
import { NO_TAG, type Sentence } from "../../../src/text/index.js";

/** Sentences of one word a line, with a blank line between two, as in a column file. */
function sentencesOf(tags: readonly string[]): Sentence[] {
  let line = 1;
  return tags.map((text) => {
    const list = text.split(" ");
    const sentence = { words: list.map((_, word) => `w${word}`), tags: list, document: 0, line };
    line += list.length + 1;
    return sentence;
  });
}

function reading(
  tags: readonly string[],
  { badTags = "error", ...options }: TagOptions & { badTags?: BadTagPolicy } = {},
) {
  const notes: string[] = [];
  const file = { file: "data.conll", linesOfWords: true };
  const read = readTags(file, sentencesOf(tags), {
    ...options,
    badTags,
    onNote: (note) => notes.push(note),
  });
  return {
    name: read.reading.name,
    scheme: read.scheme,
    tags: Array.from(read.sentences, (sentence) => sentence.tags.join(" ")),
    notes,
  };
}

describe("most tags decide the scheme and the spelling", () => {
  it.each([
    ["IOB2", ["O B-PER I-PER B-PER"], "O B-PER I-PER B-PER"],
    ["IOB2", ["O O O"], "O O O"],
    ["IOB2", ["B I O B"], "B I O B"],
    ["IOB1", ["I-PER I-PER O I-LOC"], "B-PER I-PER O B-LOC"],
    ["IOB1", ["I-PER B-PER O I-LOC"], "B-PER B-PER O B-LOC"],
    ["IOBES", ["S-PER O B-LOC I-LOC E-LOC S-LOC"], "B-PER O B-LOC I-LOC I-LOC B-LOC"],
    ["BILOU", ["U-PER O B-LOC I-LOC L-LOC U-LOC"], "B-PER O B-LOC I-LOC I-LOC B-LOC"],
    ["BMES", ["S-PER O B-LOC M-LOC E-LOC B-LOC E-LOC"], "B-PER O B-LOC I-LOC I-LOC B-LOC I-LOC"],
    ["BMES", ["W-PER O B-LOC M-LOC E-LOC"], "B-PER O B-LOC I-LOC I-LOC"],
    ["IOE", ["I-PER E-PER E-PER O E-LOC"], "B-PER I-PER B-PER O B-LOC"],
    ["IO", ["PER PER O LOC"], "PER PER O LOC"],
    ["IOB2 (B_TYPE)", ["B_PER I_PER O"], "B-PER I-PER O"],
    ["IOB2 (TYPE-B)", ["PER-B PER-I O LOC-B"], "B-PER I-PER O B-LOC"],
    ["IOB2 (TYPE_B)", ["PER_B PER_I O"], "B-PER I-PER O"],
    ["IOB2 (b-TYPE)", ["b-per i-per o"], "B-per I-per O"],
    ["IOB2 (B:TYPE)", ["B:PER I:PER O"], "B-PER I-PER O"],
  ])("%s", (name, tags, expected) => {
    const read = reading(tags);
    expect([read.name, read.tags]).toEqual([name, [expected]]);
  });

  it("types that look spelled like tags stay class labels", () => {
    expect(reading(["e-mail O S_BAHN O e-mail"])).toMatchObject({
      name: "IO",
      tags: ["e-mail O S_BAHN O e-mail"],
    });
  });

  it("unless the user names it", () => {
    expect(reading(["I-PER I-PER O I-LOC I-LOC"], { tagScheme: "IOB2" }).tags).toEqual([
      "I-PER I-PER O I-LOC I-LOC",
    ]);
    expect(reading(["B-PER B-PER O"], { tagScheme: "IO" }).tags).toEqual(["B-PER B-PER O"]);
  });
});

describe("a tag that does not fit", () => {
  const many = ["O B-PER I-PER O", "O O B-LOC O", "O o O O", "B-ORG O O"];

  it.each(["o", "-", "nan", "None", "0", "_", "PER", "X-PER"])(
    "%s is an error with line and count",
    (odd) => {
      const tags = many.map((text) => text.replace("o", odd));
      expect(() => reading(tags)).toThrow(
        `A tag does not fit the scheme of the others, IOB2: "${odd}" (1 word, first at line 12)`,
      );
    },
  );

  it("is read as O", () => {
    const { tags, notes } = reading(many, { badTags: "O" });
    expect(tags[2]).toBe("O O O O");
    expect(notes).toEqual([
      'data.conll:12: "o" is not a tag of the scheme IOB2 that most tags have (1 word). It is read as O.',
    ]);
  });

  it("or its sentence is left out", () => {
    const { tags, notes } = reading(many, { badTags: "drop" });
    expect(tags).toEqual(many.filter((text) => !text.includes("o")));
    expect(notes[0]).toContain("Its sentences are left out.");
  });

  it("a prefix among class labels does not fit either", () => {
    expect(() => reading(["PER O LOC O", "B-PER O PER"])).toThrow('"B-PER" (1 word, first at line 6)');
  });
});

describe("what is implausible is said", () => {
  it.each([
    [
      ["0 PER 0 0 LOC 0"],
      'No tag is O; "0" is the tag of 4 of 6 words and is read as O (first at data.conll:1).',
      "O PER O O LOC O",
    ],
    [
      ["A A PER A A LOC A"],
      `No tag is O; A is the tag of 5 of 7 words (first at data.conll:1). If it marks words outside of entities, replace it by O, or train with label_map: {"A": O}.`,
      "A A PER A A LOC A",
    ],
    [
      ["B-PER I-PER B-LOC"],
      "No tag is O: every word is part of an entity (first at data.conll:1).",
      "B-PER I-PER B-LOC",
    ],
    [
      ["O B-O I-O O", "B-PER O O"],
      "The type of the tag B-O looks like a tag itself: 1 word, first at data.conll:2.",
      "O B-O I-O O",
    ],
    [
      ["O B-B-PER I-B-PER O"],
      "The type of the tag B-B-PER looks like a tag itself: 1 word, first at data.conll:2.",
      "O B-B-PER I-B-PER O",
    ],
  ])("%j", (tags, note, expected) => {
    const read = reading(tags);
    expect(read.notes).toContain(note);
    expect(read.tags[0]).toBe(expected);
  });

  it("prefixes of two schemes are named", () => {
    expect(reading(["U-PER O S-PER O B-LOC L-LOC O B-LOC E-LOC"]).name).toBe("BILOU and IOBES mixed");
  });
});

describe("words that do not count", () => {
  it("have the tag -100, whatever the scheme", () => {
    const { tags, notes } = reading(["S-PER -100 O B-LOC E-LOC", "PER-B O"].slice(0, 1));
    expect(tags).toEqual([`B-PER ${NO_TAG} O B-LOC I-LOC`]);
    expect(notes).toEqual([
      "data.conll: 1 word has a tag that does not count; such words are neither trained on nor scored.",
    ]);
  });

  it("or one of those that the user names", () => {
    expect(reading(["B-PER ? O - O"], { ignoreTags: ["?", "-"] }).tags).toEqual([
      `B-PER ${NO_TAG} O ${NO_TAG} O`,
    ]);
    expect(() => reading(["B-PER ? O - O", "B-PER I-PER"])).toThrow(
      "2 tags do not fit the scheme of the others, IOB2",
    );
  });
});
