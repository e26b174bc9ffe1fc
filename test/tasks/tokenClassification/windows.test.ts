import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  IGNORED,
  requireIdsWithin,
  type Window,
  type WindowOptions,
  windows,
} from "../../../src/tasks/tokenClassification/index.js";
import type { Sentence } from "../../../src/text/index.js";
import type { Tokenizer } from "../../../src/tokenize/index.js";
import { growth, LINEAR } from "../../growth.js";

const [CLS, SEP] = [1, 2];

/** Cuts a word into its characters; their code is their id. */
const tokenizer: Tokenizer = {
  folder: "characters",
  modelMaxLength: 512,
  vocabSize: 0x10000,
  specialIds: { cls: CLS, sep: SEP, pad: 0, unk: 3 },
  warnings: [],
  unknownTokens: () => new Set([3]),
  digest: () => "",
  encodeWords: async (sentences) =>
    sentences.map((words) => ({
      ids: Int32Array.from(words.join(""), (character) => character.charCodeAt(0)),
      wordOf: Int32Array.from(words.flatMap((word, index) => [...word].map(() => index))),
    })),
  forText: () => {
    throw new Error("windows are made of words");
  },
  save: async () => {},
};

const sentence = (text: string, tags = ""): Sentence => ({
  words: text.split(" "),
  tags: tags === "" ? [] : tags.split(" "),
  document: 0,
  line: 1,
});

const shown = ({ inputIds }: Window): string =>
  [...inputIds].map((id) => (id === CLS ? "<" : id === SEP ? ">" : String.fromCharCode(id))).join("");

const owned = ({ ownedTokens, inputIds }: Window): string =>
  [...ownedTokens].map((token) => String.fromCharCode(inputIds[token]!)).join("");

const labels = ["O", "B-PER", "I-PER"];

describe("a tokenizer that adds one special token", () => {
  const added = (ids: { readonly cls?: number; readonly sep?: number }): Tokenizer => ({
    ...tokenizer,
    specialIds: { cls: undefined, sep: undefined, ...ids, pad: 0, unk: 3 },
  });

  it("before a sequence: windows begin with it, have one token more, and nothing is between sentences", async () => {
    const begun = added({ cls: CLS });
    const cut = await windows([sentence("ab cd", "B-PER O")], begun, { maxLength: 5, labels });
    expect(cut.windows.map(shown)).toEqual(["<abcd"]);
    expect([...cut.windows[0]!.ownedTokens]).toEqual([1, 3]);
    expect([...cut.windows[0]!.labels!]).toEqual([IGNORED, 1, IGNORED, 0, IGNORED]);
    const pair = [sentence("ab"), sentence("cd")];
    const together = await windows(pair, begun, { maxLength: 8, context: "document" });
    expect(together.windows.map(shown)).toEqual(["<abcd"]);
  });

  it("after a sequence: windows end with it, and it separates sentences", async () => {
    const ended = added({ sep: SEP });
    const cut = await windows([sentence("ab cd", "B-PER O")], ended, { maxLength: 5, labels });
    expect(cut.windows.map(shown)).toEqual(["abcd>"]);
    expect([...cut.windows[0]!.ownedTokens]).toEqual([0, 2]);
    expect([...cut.windows[0]!.labels!]).toEqual([1, IGNORED, 0, IGNORED, IGNORED]);
    const pair = [sentence("ab"), sentence("cd")];
    const together = await windows(pair, ended, { maxLength: 8, context: "document" });
    expect(together.windows.map(shown)).toEqual(["ab>cd>"]);
  });
});

describe("a sentence that fits", () => {
  it("is one window between the special tokens, with a label on each first piece", async () => {
    const cut = await windows([sentence("ab c", "B-PER O")], tokenizer, { maxLength: 5, labels });
    expect(cut.windows.map(shown)).toEqual(["<abc>"]);
    expect([...cut.windows[0]!.ownedTokens]).toEqual([1, 3]);
    expect(cut.windows[0]!.ownedWords).toEqual([
      { sentence: 0, word: 0 },
      { sentence: 0, word: 1 },
    ]);
    expect([...cut.windows[0]!.labels!]).toEqual([IGNORED, 1, IGNORED, 0, IGNORED]);
    expect(cut).toMatchObject({ longSentences: 0, truncatedWords: 0, wordsWithoutTokens: [] });
  });

  it("has labels on all pieces with labelAllTokens, B- going on as I-", async () => {
    const options = { maxLength: 9, labels, labelAllTokens: true };
    const cut = await windows([sentence("abc de f", "B-PER I-PER O")], tokenizer, options);
    expect([...cut.windows[0]!.labels!]).toEqual([IGNORED, 1, 2, 2, 2, 2, 0, IGNORED]);
  });

  it("keeps B- on all pieces where there is no such I-", async () => {
    const options = { maxLength: 9, labels: ["O", "B-PER"], labelAllTokens: true };
    const cut = await windows([sentence("abc", "B-PER")], tokenizer, options);
    expect([...cut.windows[0]!.labels!]).toEqual([IGNORED, 1, 1, 1, IGNORED]);
  });

  it("has no labels where the data has no tags", async () => {
    const cut = await windows([sentence("ab")], tokenizer, { maxLength: 9, labels });
    expect(cut.windows[0]).not.toHaveProperty("labels");
  });
});

describe("a sentence that does not fit", () => {
  it("becomes windows that overlap, with borders in the middle of the overlap", async () => {
    const cut = await windows([sentence("a b c d e f g h i j", "O O O O O O O O O O")], tokenizer, {
      maxLength: 8,
      overlap: 2,
      labels,
    });
    expect(cut.windows.map(shown)).toEqual(["<abcdef>", "<efghij>"]);
    expect(cut.windows.map(owned)).toEqual(["abcde", "fghij"]);
    expect([...cut.windows[1]!.labels!]).toEqual([-100, -100, 0, 0, 0, 0, 0, -100]);
    expect(cut).toMatchObject({ longSentences: 1, stretches: [{ start: 0, end: 2 }] });
  });

  it("is cut between words", async () => {
    const cut = await windows([sentence("abc def ghi")], tokenizer, { maxLength: 7, overlap: 0 });
    expect(cut.windows.map(shown)).toEqual(["<abc>", "<def>", "<ghi>"]);
  });

  it("loses the end of a word that is longer than a window", async () => {
    const cut = await windows([sentence("a bcdefgh i")], tokenizer, { maxLength: 6, overlap: 2 });
    expect(cut.windows.map(shown)).toEqual(["<a>", "<bcde>", "<i>"]);
    expect(cut.windows.map(owned)).toEqual(["a", "b", "i"]);
  });

  it("loses words to truncation where that is asked for, and they are counted", async () => {
    const options: WindowOptions = { maxLength: 6, longSentences: "truncate", labels, labelAllTokens: true };
    const cut = await windows([sentence("ab cde f g", "O B-PER O O"), sentence("ab")], tokenizer, options);
    expect(cut.windows.map(shown)).toEqual(["<abcd>", "<ab>"]);
    expect([...cut.windows[0]!.labels!]).toEqual([IGNORED, 0, 0, 1, 2, IGNORED]);
    expect(cut).toMatchObject({ truncatedWords: 2, longSentences: 1 });
  });
});

it("names words without pieces, which no window owns", async () => {
  const words = ["", "a", "", "", "b", ""];
  const cut = await windows([{ words, tags: [], document: 0, line: 1 }], tokenizer, { maxLength: 9 });
  expect(cut.wordsWithoutTokens.map(({ word }) => word)).toEqual([0, 2, 3, 5]);
  expect(cut.windows[0]!.ownedWords.map(({ word }) => word)).toEqual([1, 4]);
});

it("gives a sentence of such words a window of its own, so that batches stay Python's", async () => {
  const cut = await windows([{ words: [""], tags: ["O"], document: 0, line: 1 }], tokenizer, {
    maxLength: 9,
    labels,
  });
  expect(cut.windows.map(shown)).toEqual(["<>"]);
});

describe("sentences of documents", () => {
  const inDocument = (document: number, ...texts: string[]): Sentence[] =>
    texts.map((text) => ({ ...sentence(text, text.replace(/\S+/g, "O")), document }));
  const context = "document" as const;

  it("share a window, a separator after each, and never with another document", async () => {
    const data = [...inDocument(0, "ab c", "d"), ...inDocument(1, "e"), ...inDocument(2, "f", "g h")];
    const cut = await windows(data, tokenizer, { maxLength: 9, labels, context });
    expect(cut.windows.map(shown)).toEqual(["<abc>d>", "<e>", "<f>gh>"]);
    expect([...cut.windows[0]!.labels!]).toEqual([IGNORED, 0, IGNORED, 0, IGNORED, 0, IGNORED]);
    expect(cut.windows[2]!.ownedWords).toEqual([
      { sentence: 3, word: 0 },
      { sentence: 4, word: 0 },
      { sentence: 4, word: 1 },
    ]);
    expect(
      cut.stretches.map(({ sentences, start, end }) => [sentences.start, sentences.end, start, end]),
    ).toEqual([
      [0, 2, 0, 1],
      [2, 3, 1, 2],
      [3, 5, 2, 3],
    ]);
  });

  it("have no separators between them where these are not wanted", async () => {
    const options = { maxLength: 9, context, separator: false };
    const cut = await windows(inDocument(0, "ab c", "d"), tokenizer, options);
    expect(cut.windows.map(shown)).toEqual(["<abcd>"]);
    expect(cut.windows[0]!.ownedWords).toHaveLength(3);
  });

  it("stand whole in windows that share sentences, and are owned by one of them", async () => {
    const data = inDocument(0, "a b", "c d", "e f", "g h", "i j");
    const cut = await windows(data, tokenizer, { maxLength: 14, overlap: 6, labels, context });
    expect(cut.windows.map(shown)).toEqual(["<ab>cd>ef>gh>", "<ef>gh>ij>"]);
    expect(cut.windows.map(owned)).toEqual(["abcdef", "ghij"]);
    expect([...cut.windows[1]!.labels!]).toEqual([-100, -100, -100, -100, 0, 0, -100, 0, 0, -100]);
  });

  it("are cut between words where one is longer than a window, with their neighbours beside them", async () => {
    const data = inDocument(0, "a b", "c d e f g h i", "j");
    const cut = await windows(data, tokenizer, { maxLength: 8, overlap: 2, labels, context });
    expect(cut.windows.map(shown)).toEqual(["<ab>cde>", "<defgh>", "<ghi>j>"]);
    expect(cut.windows.map(owned)).toEqual(["abcd", "efg", "hij"]);
  });

  it("have their windows by themselves, whatever documents stand beside theirs", async () => {
    const one = inDocument(0, "a b c", "d e", "f", "g h i j");
    const other = inDocument(1, "k l", "m n o");
    const options = { maxLength: 9, overlap: 3, context };
    const alone = await windows(one, tokenizer, options);
    const together = await windows([...one, ...other], tokenizer, options);
    expect(together.windows.slice(0, alone.windows.length)).toEqual(alone.windows);
  });
});

describe("an error", () => {
  const code = (sentences: Sentence[], options: WindowOptions) =>
    windows(sentences, tokenizer, options).then(
      () => "nothing thrown",
      (thrown) => [thrown.code, thrown.where],
    );

  it("names the sentence and line of an unknown tag", async () => {
    const data = [sentence("a"), { ...sentence("b c", "O B-LOC"), line: 7 }];
    expect(await code(data, { maxLength: 9, labels })).toEqual([
      "TOKENIZE_TAG_UNKNOWN",
      "sentence 2, line 7",
    ]);
  });

  it("names the sentence with too few tags", async () => {
    expect(await code([sentence("b c", "O")], { maxLength: 9, labels })).toEqual([
      "TOKENIZE_TAG_COUNT",
      "sentence 1, line 1",
    ]);
  });

  it("refuses windows without room, and overlaps that are no number of pieces", async () => {
    expect(await code([], { maxLength: 2 })).toEqual(["TOKENIZE_WINDOW_INVALID", "maxLength"]);
    expect(await code([], { maxLength: 9, overlap: -1 })).toEqual(["TOKENIZE_WINDOW_INVALID", "overlap"]);
  });

  it("refuses ids that the model has no embedding for", async () => {
    const { windows: cut } = await windows([sentence("a"), sentence("z")], tokenizer, { maxLength: 9 });
    expect(() => requireIdsWithin(cut, 123)).not.toThrow();
    expect(() => requireIdsWithin(cut, 122)).toThrow(expect.objectContaining({ where: "sentence 2" }));
  });
});

const word = fc.string({ unit: fc.constantFrom(..."abcdefgh"), maxLength: 12 });
const documents = fc.oneof(
  fc.array(fc.array(fc.array(word, { maxLength: 60 }), { maxLength: 6 }), { maxLength: 4 }),
  fc.array(fc.array(fc.array(word, { maxLength: 9 }), { minLength: 40, maxLength: 80 }), {
    minLength: 1,
    maxLength: 1,
  }),
);
const shapes = fc.record({
  maxLength: fc.integer({ min: 3, max: 40 }),
  overlap: fc.nat({ max: 45 }),
  context: fc.constantFrom("none" as const, "document" as const),
  separator: fc.boolean(),
});

it("every word with pieces is owned once, in order, by a window of its document that holds its first piece and fits", async () => {
  await fc.assert(
    fc.asyncProperty(documents, shapes, async (lists, options) => {
      const { maxLength } = options;
      const sentences = lists.flatMap((own, document) =>
        own.map((words): Sentence => ({ words, tags: words.map(() => "O"), document, line: 1 })),
      );
      const cut = await windows(sentences, tokenizer, { ...options, labels });
      const expected = sentences.flatMap(({ words }, index) =>
        words.flatMap((own, position) => (own === "" ? [] : [{ sentence: index, word: position }])),
      );
      expect(cut.windows.flatMap(({ ownedWords }) => ownedWords)).toEqual(expected);
      expect(cut.stretches.flatMap(({ start, end }) => cut.windows.slice(start, end))).toEqual(cut.windows);
      for (const window of cut.windows) {
        const of = new Set(window.ownedWords.map((place) => sentences[place.sentence]!.document));
        expect(of.size).toBeLessThanOrEqual(1);
        const text = [...of].flatMap((document) => lists[document]!.flat()).join("");
        const tokens = String.fromCharCode(...window.inputIds.filter((id) => id > SEP));
        if (of.size > 0) expect(text).toContain(tokens);
        expect(window.inputIds.length).toBeLessThanOrEqual(maxLength);
        expect(window.ownedTokens.length).toBe(window.ownedWords.length);
        expect([...(window.labels ?? [])].filter((label) => label !== IGNORED)).toHaveLength(
          window.ownedTokens.length,
        );
        window.ownedWords.forEach((place, index) => {
          const text = sentences[place.sentence]!.words[place.word]!;
          const at = window.ownedTokens[index]!;
          expect(window.inputIds[at]).toBe(text.charCodeAt(0));
          expect(window.labels![at]).toBe(0);
        });
      }
    }),
    { numRuns: 300 },
  );
});

it.each([
  [512, 1.1],
  [256, 1.15],
  [160, 1.15],
])("documents in windows of %i pieces cost at most %d times their sentences", async (maxLength, most) => {
  // About as CoNLL-2003's validation data: 15 sentences a document, of 2 to 60 words, some documents much longer.
  let state = 1;
  const below = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
  const sentences = Array.from({ length: 200 }, (_, document) =>
    Array.from({ length: 1 + below(document % 20 === 0 ? 100 : 24) }, (): Sentence => {
      const words = Array.from({ length: 2 + below(30) + below(30) * below(2) }, () =>
        below(3) === 0 ? "ab" : "a",
      );
      return { words, tags: [], document, line: 1 };
    }),
  ).flat();
  const tokens = async (context: "none" | "document") =>
    (await windows(sentences, tokenizer, { maxLength, context })).windows.reduce(
      (total, { inputIds }) => total + inputIds.length,
      0,
    );
  const ratio = (await tokens("document")) / (await tokens("none"));
  expect(ratio).toBeGreaterThan(0.9);
  expect(ratio).toBeLessThan(most);
});

it("neighbours share their words where these leave room, and each sees some of them beyond what it owns", async () => {
  const words = Array.from({ length: 100 }, (_, index) =>
    String.fromCharCode(97 + (index % 26)).repeat(1 + (index % 3)),
  );
  const cut = await windows([{ words, tags: [], document: 0, line: 1 }], tokenizer, {
    maxLength: 22,
    overlap: 8,
  });
  for (const [index, window] of cut.windows.entries()) {
    const [first, last] = [window.ownedTokens[0]!, window.ownedTokens.at(-1)!];
    if (index > 0) expect(first).toBeGreaterThan(2);
    if (index < cut.windows.length - 1) expect(last).toBeLessThan(window.inputIds.length - 3);
  }
});

it("ten times the words of a sentence take ten times the work", async () => {
  const cutUp = async (length: number) => {
    const words = new Array<string>(length).fill("a");
    const cut = await windows([{ words, tags: [], document: 0, line: 1 }], tokenizer, { maxLength: 512 });
    expect(cut.windows.reduce((total, { ownedWords }) => total + ownedWords.length, 0)).toBe(length);
  };
  expect(await growth(cutUp, 200_000)).toBeLessThan(LINEAR);
});
