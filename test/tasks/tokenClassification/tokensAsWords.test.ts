import { describe, expect, it } from "vitest";
import { tokensAsWords, type WindowOptions, windows } from "../../../src/tasks/tokenClassification/index.js";
import type { Sentence } from "../../../src/text/index.js";
import type { Tokenizer } from "../../../src/tokenize/index.js";

/** Cuts a word into its characters; of a dot it makes nothing. */
const tokenizer: Tokenizer = {
  folder: "characters",
  modelMaxLength: 512,
  vocabSize: 0x10000,
  specialIds: { cls: 1, sep: 2, pad: 0, unk: 3 },
  warnings: [],
  unknownTokens: () => new Set([3]),
  digest: () => "",
  encodeWords: async (sentences) =>
    sentences.map((words) => {
      const tokens = words.flatMap((word, index) =>
        [...word.replace(".", "")].map((token) => ({ token, index })),
      );
      return {
        ids: Int32Array.from(tokens, ({ token }) => token.charCodeAt(0)),
        wordOf: Int32Array.from(tokens, ({ index }) => index),
      };
    }),
  forText: () => {
    throw new Error("windows are made of words");
  },
  save: async () => {},
};

const sentence = (text: string, tags: string): Sentence => ({
  words: text.split(" "),
  tags: tags.split(" "),
  document: 0,
  line: 1,
});
const labels = ["O", "B-PER", "I-PER", "B-LOC"];

/** Tags of each sentence's pieces; and where its pieces stand: one place for each, in order. */
async function inTokens(sentences: readonly Sentence[], options: Omit<WindowOptions, "labels">) {
  const cut = await windows(sentences, tokenizer, { ...options, labels, labelAllTokens: true });
  const found = tokensAsWords(sentences, cut.windows, labels);
  const owned = found.windows.flatMap(({ inputIds, ownedTokens, ownedWords }) =>
    ownedWords.map(({ sentence, word }, row) => ({
      place: `${sentence}:${word}`,
      token: String.fromCharCode(inputIds[ownedTokens[row]!]!),
    })),
  );
  return {
    windows: found.windows.length,
    words: found.sentences.map(({ words }) => words.join(" ")),
    tags: found.sentences.map(({ tags }) => tags.join(" ")),
    tokens: owned.map(({ token }) => token).join(""),
    places: owned.map(({ place }) => place).join(" "),
  };
}

describe("pieces as words", () => {
  it("leave out words that do not count", async () => {
    const sentences = [sentence("ab cd e", "B-PER -100 O"), sentence("f gh", "-100 B-LOC")];
    expect(await inTokens(sentences, { maxLength: 9 })).toMatchObject({
      words: ["ab ab e", "gh gh"],
      tags: ["B-PER I-PER O", "B-LOC B-LOC"],
      tokens: "abegh",
      places: "0:0 0:1 0:2 1:0 1:1",
    });
  });

  it("have their own labels, one after the other", async () => {
    const sentences = [sentence("ab c", "B-PER O"), sentence("def", "B-LOC")];
    expect(await inTokens(sentences, { maxLength: 9 })).toEqual({
      windows: 2,
      words: ["ab ab c", "def def def"],
      tags: ["B-PER I-PER O", "B-LOC B-LOC B-LOC"],
      tokens: "abcdef",
      places: "0:0 0:1 0:2 1:0 1:1 1:2",
    });
  });

  it("go on over the windows of a long sentence, each owned once", async () => {
    const long = sentence("ab cd ef gh ij", "B-PER I-PER O B-LOC O");
    expect(await inTokens([long], { maxLength: 8, overlap: 2 })).toEqual({
      windows: 2,
      words: ["ab ab cd cd ef ef gh gh ij ij"],
      tags: ["B-PER I-PER I-PER I-PER O O B-LOC B-LOC O O"],
      tokens: "abcdefghij",
      places: Array.from({ length: 10 }, (_, token) => `0:${token}`).join(" "),
    });
  });

  it("are told apart by sentence in the windows of a document", async () => {
    const sentences = [sentence("ab", "B-PER"), sentence("c de", "O B-LOC")];
    expect(await inTokens(sentences, { maxLength: 20, context: "document" })).toMatchObject({
      windows: 1,
      tags: ["B-PER I-PER", "O B-LOC B-LOC"],
      places: "0:0 0:1 1:0 1:1 1:2",
    });
  });

  it("leave words without pieces, and those cut off, one word that no window owns", async () => {
    const sentences = [sentence(". ab . cd e .", "B-LOC B-PER O O B-LOC O"), sentence(".", "O")];
    expect(await inTokens(sentences, { maxLength: 5, longSentences: "truncate" })).toMatchObject({
      words: [". ab ab . cd e .", "."],
      tags: ["B-LOC B-PER I-PER O O B-LOC O", "O"],
      tokens: "abc",
      places: "0:1 0:2 0:4",
    });
  });
});
