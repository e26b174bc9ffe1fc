/** Words begin with the space that they have inside of a text, whatever kind of tokenizer cuts them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { loadTokenizer } from "../../src/tokenize/index.js";

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`goldens/${name}`, import.meta.url), "utf8")) as Record<string, never>;
const vocab = golden("roberta/vocab.json") as Record<string, number>;
const merges = readFileSync(new URL("goldens/roberta/merges.txt", import.meta.url), "utf8")
  .split("\n")
  .slice(1)
  .filter((line) => line !== "");

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: content === "<mask>",
  rstrip: false,
  normalized: false,
  special: true,
});

const template = (cls: string, sep: string, ids: Readonly<Record<string, number>>) => ({
  type: "TemplateProcessing",
  single: [
    { SpecialToken: { id: cls, type_id: 0 } },
    { Sequence: { id: "A", type_id: 0 } },
    { SpecialToken: { id: sep, type_id: 0 } },
  ],
  pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 0 } }],
  special_tokens: Object.fromEntries(
    [cls, sep].map((token) => [token, { id: token, ids: [ids[token]], tokens: [token] }]),
  ),
});

const byteLevel = (useRegex: boolean) => ({
  type: "ByteLevel",
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});

const LLAMA =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const bytes = {
  added_tokens: ["<s>", "<pad>", "</s>", "<unk>", "<mask>"].map((token) => special(token, vocab[token]!)),
  post_processor: template("<s>", "</s>", vocab),
  decoder: byteLevel(true),
  model: { type: "BPE", unk_token: null, byte_fallback: false, ignore_merges: false, vocab, merges },
};

const BYTE_PIECES = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,'-"];
const GEMMA_MERGES = ["t h", "th e", "▁ the", "▁ c", "▁c a", "▁ca t", "c a", "ca t", "i n", "▁ in"];
const GEMMA_VOCAB = Object.fromEntries(
  [
    ...["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", ...BYTE_PIECES, "▁", ...LETTERS],
    ...GEMMA_MERGES.map((merge) => merge.replace(" ", "")),
  ].map((token, id) => [token, id]),
);

/** The tokenizer.json of each model as it is on the hub, with a small vocabulary. */
const TOKENIZERS: Readonly<Record<string, object>> = {
  modernbert: { ...bytes, normalizer: { type: "NFC" }, pre_tokenizer: byteLevel(true) },
  eurobert: {
    ...bytes,
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: LLAMA }, behavior: "Isolated", invert: false },
        byteLevel(false),
      ],
    },
    post_processor: { type: "Sequence", processors: [byteLevel(true), bytes.post_processor] },
  },
  // As Llama's tokenizer: nothing after a text.
  begun: {
    ...bytes,
    normalizer: null,
    pre_tokenizer: byteLevel(true),
    post_processor: { ...bytes.post_processor, single: bytes.post_processor.single.slice(0, 2) },
  },
  mmbert: {
    added_tokens: ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"].map(special),
    normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" },
    pre_tokenizer: {
      type: "Split",
      pattern: { String: " " },
      behavior: "MergedWithPrevious",
      invert: false,
    },
    post_processor: template("<bos>", "<eos>", GEMMA_VOCAB),
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
      ],
    },
    model: {
      type: "BPE",
      ...{ unk_token: "<unk>", fuse_unk: true, byte_fallback: true, ignore_merges: false },
      ...{ vocab: GEMMA_VOCAB, merges: GEMMA_MERGES },
    },
  },
};
const NAMES = Object.keys(TOKENIZERS);
const MODEL_TYPES: Readonly<Record<string, string>> = { mmbert: "modernbert", begun: "eurobert" };

const WORDS = [
  "The",
  "cat",
  "in",
  "U.S.",
  "2024",
  "12345",
  "don't",
  "can't",
  "(EU)",
  "München",
  "東京",
  "x-y",
];

const scratch = mkdtempSync(join(tmpdir(), "nerium-word-spaces-"));
beforeAll(() => {
  for (const [name, json] of Object.entries(TOKENIZERS)) {
    mkdirSync(join(scratch, name));
    const whole = { version: "1.0", truncation: null, padding: null, ...json };
    writeFileSync(join(scratch, name, "tokenizer.json"), JSON.stringify(whole));
    writeFileSync(
      join(scratch, name, "tokenizer_config.json"),
      JSON.stringify({ tokenizer_class: "PreTrainedTokenizerFast", model_max_length: 1e30 }),
    );
  }
});
afterAll(() => rmSync(scratch, { recursive: true }));

const saved = async (name: string): Promise<string> => {
  const folder = join(scratch, `${name}-saved`);
  await (await loadTokenizer(join(scratch, name))).save(folder);
  return folder;
};

describe.each(NAMES)("%s", (name) => {
  it("words have the tokens that they have inside of a text", async () => {
    const tokenizer = await loadTokenizer(join(scratch, name));
    const [encoded] = await tokenizer.encodeWords([WORDS]);
    // The tokenizer of the hub cuts the text, in which all words but the first have a space before them.
    const { ids } = await tokenizer.forText().encode(`a ${WORDS.join(" ")}`);
    const [first] = (await tokenizer.forText().encode("a")).ids;
    expect([first, ...encoded!.ids]).toEqual([...ids]);
    expect([...new Set(encoded!.wordOf)]).toEqual(WORDS.map((_, word) => word));
  });

  it("a saved model gives words and texts the same tokens", async () => {
    const tokenizer = await loadTokenizer(await saved(name));
    const [before] = await (await loadTokenizer(join(scratch, name))).encodeWords([WORDS]);
    const [encoded] = await tokenizer.encodeWords([WORDS]);
    const text = await tokenizer.forText().encode(WORDS.join(" "));
    expect([...encoded!.ids]).toEqual([...before!.ids]);
    expect([...text.ids]).toEqual([...before!.ids]);
  });

  it("tokens of a saved model have places inside of the text", async () => {
    const text = WORDS.join(" ");
    const { starts, ends } = await (await loadTokenizer(await saved(name))).forText().encode(text);
    expect(text.slice(starts[0], ends[0])).toContain("T");
    expect(ends.at(-1)).toBe(text.length);
    for (const [token, start] of starts.entries()) expect(start).toBeLessThanOrEqual(ends[token]!);
  });

  it("the space is put before once, however often the tokenizer is saved", async () => {
    const once = await saved(name);
    const twice = join(scratch, `${name}-twice`);
    await (await loadTokenizer(once)).save(twice);
    for (const file of ["tokenizer.json", "tokenizer_config.json"])
      expect(readFileSync(join(twice, file), "utf8")).toBe(readFileSync(join(once, file), "utf8"));
  });

  it("a very long word of any characters ends", async () => {
    const tokenizer = await loadTokenizer(join(scratch, name));
    for (const character of [" ", "a", "7", "\n", ".", "'"]) {
      const [encoded] = await tokenizer.encodeWords([[character.repeat(100_000)]]);
      expect(encoded!.ids.length).toBeGreaterThan(0);
    }
  });
});

it("special tokens and lengths are read as these tokenizers state them", async () => {
  const tokenizer = await loadTokenizer(join(scratch, "mmbert"));
  expect(tokenizer.specialIds).toEqual({ cls: 2, sep: 1, pad: 0, unk: 3 });
  expect(tokenizer.modelMaxLength).toBe(Number.POSITIVE_INFINITY);
  const begun = await loadTokenizer(join(scratch, "begun"));
  expect(begun.specialIds).toEqual({
    cls: vocab["<s>"],
    sep: undefined,
    pad: vocab["<pad>"],
    unk: vocab["<unk>"],
  });
});

test.skipIf(process.env.NERIUM_PYTHON === undefined)(
  "Python gives words the same tokens with the saved tokenizer (needs NERIUM_PYTHON)",
  async () => {
    const folders = await Promise.all(NAMES.map(saved));
    for (const [index, name] of NAMES.entries())
      writeFileSync(
        join(folders[index]!, "config.json"),
        JSON.stringify({ model_type: MODEL_TYPES[name] ?? name }),
      );
    const program = `
import json, sys
from transformers import AutoTokenizer
words = json.load(sys.stdin)
for folder in sys.argv[1:]:
    encoded = AutoTokenizer.from_pretrained(folder)(words, is_split_into_words=True)
    print(json.dumps([encoded.input_ids, encoded.word_ids()]))`;
    const output = execFileSync(process.env.NERIUM_PYTHON!, ["-c", program, ...folders], {
      input: JSON.stringify(WORDS),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
    for (const [index, line] of output.trim().split("\n").entries()) {
      const tokenizer = await loadTokenizer(folders[index]!);
      const [encoded] = await tokenizer.encodeWords([WORDS]);
      const { cls, sep } = tokenizer.specialIds;
      const after = sep === undefined ? [] : [sep];
      expect(JSON.parse(line)).toEqual([
        [cls, ...encoded!.ids, ...after],
        [null, ...encoded!.wordOf, ...after.map(() => null)],
      ]);
    }
  },
);
