import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadTokenizer } from "../../src/tokenize/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-load-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const golden = (family: string, name: string) =>
  readFileSync(fileURLToPath(new URL(`goldens/${family}/${name}`, import.meta.url)), "utf8");

/** A folder with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(scratch, "folder-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

/** Code of the error that loading and using a folder ends with. */
const code = async (path: string): Promise<string> => {
  try {
    await (await loadTokenizer(path)).encodeWords([["Ada", "zzzz", "ﬁ½", ""]]);
    return "nothing thrown";
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

it("nothing native is loaded before the first tokenizer is", async () => {
  const loaded = () =>
    Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes("tokenizers"));
  expect(loaded()).toBe(false);
  await loadTokenizer(folder({ "vocab.txt": golden("bert-cased", "vocab.txt") }));
  expect(loaded()).toBe(true);
});

describe("a folder", () => {
  it("without a tokenizer, or that is not there, is an error", async () => {
    expect(await code(folder({ "config.json": "{}" }))).toBe("TOKENIZE_FILES_MISSING");
    expect(await code(folder({ "vocab.json": "{}" }))).toBe("TOKENIZE_FILES_MISSING");
    expect(await code(join(scratch, "nowhere"))).toBe("TOKENIZE_FILES_MISSING");
  });

  it("with a folder for a file is an error", async () => {
    const path = mkdtempSync(join(scratch, "odd-"));
    mkdtempSync(join(path, "x"));
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(path, "tokenizer.json"));
    expect(await code(path)).toBe("TOKENIZE_FILE_UNREADABLE");
  });
});

describe("older vocabulary files are an error", () => {
  it.each<[string, Record<string, string>]>([
    ["without [UNK]", { "vocab.txt": "[CLS]\n[SEP]\na\n" }],
    ["that are empty", { "vocab.txt": "" }],
    ["with a merge of three", { "vocab.json": golden("roberta", "vocab.json"), "merges.txt": "a b c\n" }],
    [
      "with a merge of unknown tokens",
      { "vocab.json": golden("roberta", "vocab.json"), "merges.txt": "a zzz\n" },
    ],
    [
      "with a merge whose result is no token",
      { "vocab.json": golden("roberta", "vocab.json"), "merges.txt": "z q\n" },
    ],
    ["without special tokens", { "vocab.json": '{"a": 0}', "merges.txt": "" }],
  ])("%s", async (_, files) => {
    expect(await code(folder(files))).toBe("TOKENIZE_FILE_INVALID");
  });
});

it.each([["{"], ["[]"], ['{"model_max_length": "long"}'], ['{"model_max_length": -1}'], ["\xff"]])(
  "tokenizer_config.json of %j is an error",
  async (text) => {
    const path = folder({ "vocab.txt": golden("bert-cased", "vocab.txt") });
    writeFileSync(join(path, "tokenizer_config.json"), Buffer.from(text, "latin1"));
    expect(await code(path)).toBe("TOKENIZE_FILE_INVALID");
  },
);

type Json = Record<string, unknown>;
const unigram = JSON.parse(golden("xlm-roberta", "tokenizer.json")) as Json & {
  model: Json & { vocab: unknown[] };
};
const charsmap = (change: (bytes: Buffer) => void): Json => {
  const [precompiled] = (unigram.normalizer as { normalizers: [{ precompiled_charsmap: string }] })
    .normalizers;
  const bytes = Buffer.from(precompiled.precompiled_charsmap, "base64");
  change(bytes);
  return { normalizer: { type: "Precompiled", precompiled_charsmap: bytes.toString("base64") } };
};
const bpe = (model: Json): Json => ({
  normalizer: null,
  model: { type: "BPE", vocab: { "<s>": 0, "</s>": 1, a: 2, b: 3 }, merges: [], unk_token: null, ...model },
});
const nested = (depth: number): unknown => {
  let normalizer: unknown = { type: "NFC" };
  for (let level = 0; level < depth; level++) normalizer = { type: "Sequence", normalizers: [normalizer] };
  return normalizer;
};

const sequence = (count: number, part: Json): Json => ({
  type: "Sequence",
  normalizers: Array(count).fill(part),
});

// Several of these end the whole process where they reach the native library.
it.each<[string, string, Json]>([
  ["no model", "TOKENIZE_FILE_INVALID", { model: null }],
  ["another model", "TOKENIZE_UNSUPPORTED", { model: { type: "WordLevel", vocab: {}, unk_token: "a" } }],
  ["an empty vocabulary", "TOKENIZE_FILE_INVALID", { model: { ...unigram.model, vocab: [] } }],
  [
    "an unknown piece beyond the vocabulary",
    "TOKENIZE_FILE_INVALID",
    { model: { ...unigram.model, unk_id: 1e6 } },
  ],
  [
    "a piece of millions of characters",
    "TOKENIZE_UNSUPPORTED",
    { model: { ...unigram.model, vocab: [...unigram.model.vocab, ["a".repeat(5e6), -1]] } },
  ],
  [
    "an added token of millions of characters",
    "TOKENIZE_UNSUPPORTED",
    { added_tokens: [{ id: 1, content: "a".repeat(5e6) }] },
  ],
  ["no unknown piece", "TOKENIZE_FILE_INVALID", { model: { ...unigram.model, unk_id: null } }],
  ["a score that is none", "TOKENIZE_FILE_INVALID", { model: { ...unigram.model, vocab: [["a", "b"]] } }],
  ["an id that is none", "TOKENIZE_FILE_INVALID", bpe({ vocab: { a: -1 } })],
  ["a merge of unknown tokens", "TOKENIZE_FILE_INVALID", bpe({ merges: [["a", "z"]] })],
  [
    "a merge into a text longer than every token",
    "TOKENIZE_FILE_INVALID",
    bpe({ vocab: { "<s>": 0, "</s>": 1, aaaa: 2, bbbb: 3 }, merges: [["aaaa", "bbbb"]] }),
  ],
  [
    "a merge shorter than its prefix",
    "TOKENIZE_FILE_INVALID",
    bpe({ merges: [["a", "b"]], continuing_subword_prefix: "####" }),
  ],
  [
    "a word piece without [UNK]",
    "TOKENIZE_FILE_INVALID",
    { model: { type: "WordPiece", vocab: { a: 0 }, unk_token: "[UNK]" } },
  ],
  [
    "a normalisation table that is no base64",
    "TOKENIZE_FILE_INVALID",
    { normalizer: { type: "Precompiled", precompiled_charsmap: "a+" } },
  ],
  [
    "a normalisation table that leads outside",
    "TOKENIZE_FILE_INVALID",
    charsmap((bytes) => bytes.writeUInt32LE(0x7ffffc00, 4)),
  ],
  [
    "a normalisation table longer than the file",
    "TOKENIZE_FILE_INVALID",
    charsmap((bytes) => bytes.writeUInt32LE(1 << 20, 0)),
  ],
  [
    "replacements that are no UTF-8",
    "TOKENIZE_FILE_INVALID",
    charsmap((bytes) => bytes.fill(0xff, bytes.length - 1)),
  ],
  [
    "a regular expression that backtracks",
    "TOKENIZE_UNSUPPORTED",
    { normalizer: { type: "Replace", pattern: { Regex: "(a+)+$" }, content: "" } },
  ],
  [
    "a pre-tokenizer that divides by zero",
    "TOKENIZE_UNSUPPORTED",
    { pre_tokenizer: { type: "FixedLength", length: 0 } },
  ],
  [
    "replacements that double a word forty times",
    "TOKENIZE_UNSUPPORTED",
    { normalizer: sequence(40, { type: "Replace", pattern: { String: "a" }, content: "aa" }) },
  ],
  [
    "a regular expression that matches between characters, and a long text in its place",
    "TOKENIZE_UNSUPPORTED",
    { normalizer: { type: "Replace", pattern: { Regex: "x*" }, content: "y".repeat(200) } },
  ],
  [
    "a regular expression that counts far",
    "TOKENIZE_UNSUPPORTED",
    { normalizer: { type: "Replace", pattern: { Regex: "a{99999}" }, content: "" } },
  ],
  [
    "an empty text to replace",
    "TOKENIZE_FILE_INVALID",
    { normalizer: { type: "Replace", pattern: { String: "" }, content: "a" } },
  ],
  [
    "a normalisation table that writes a book for a character",
    "TOKENIZE_FILE_INVALID",
    charsmap((bytes) => bytes.fill(0x61, bytes.length - 300)),
  ],
  [
    "bytes of bytes of bytes",
    "TOKENIZE_UNSUPPORTED",
    {
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: Array(30).fill({ type: "ByteLevel", add_prefix_space: false, trim_offsets: true }),
      },
    },
  ],
  [
    "word pieces in words of any length",
    "TOKENIZE_UNSUPPORTED",
    { model: { type: "WordPiece", vocab: { a: 0 }, unk_token: "a", max_input_chars_per_word: 1e9 } },
  ],
  ["a decoder that nobody knows", "TOKENIZE_UNSUPPORTED", { decoder: { type: "Rot13" } }],
  [
    "a model with endless nesting",
    "TOKENIZE_FILE_INVALID",
    { model: { ...unigram.model, more: nested(1000) } },
  ],
  [
    "an added token under another token's id",
    "TOKENIZE_FILE_INVALID",
    { added_tokens: [{ ...(unigram.added_tokens as Json[])[0], content: "new", id: 5 }] },
  ],
  ["an unknown normalizer", "TOKENIZE_UNSUPPORTED", { normalizer: { type: "Rot13" } }],
  ["endless nesting", "TOKENIZE_FILE_INVALID", { normalizer: nested(1000) }],
  [
    "two tokens before a sequence",
    "TOKENIZE_UNSUPPORTED",
    { post_processor: { type: "TemplateProcessing", single: [] } },
  ],
  [
    "special tokens without ids",
    "TOKENIZE_FILE_INVALID",
    { post_processor: { type: "BertProcessing", sep: ["</s>"], cls: ["<s>"] } },
  ],
  ["added tokens without ids", "TOKENIZE_FILE_INVALID", { added_tokens: [{ content: "x" }] }],
  [
    "a field of the wrong type",
    "TOKENIZE_FILE_INVALID",
    { pre_tokenizer: { type: "Metaspace", replacement: 7 } },
  ],
])("tokenizer.json with %s is an error", async (_, expected, change) => {
  expect(await code(folder({ "tokenizer.json": JSON.stringify({ ...unigram, ...change }) }))).toBe(expected);
});

it("without anything that names special tokens is an error", async () => {
  const json = { ...bpe({ vocab: { a: 0, b: 1 } }), post_processor: null, added_tokens: [] };
  expect(await code(folder({ "tokenizer.json": JSON.stringify({ ...unigram, ...json }) }))).toBe(
    "TOKENIZE_SPECIAL_TOKEN_MISSING",
  );
});

it("the library's own refusal names the file", async () => {
  const path = folder({ "tokenizer.json": JSON.stringify({ ...unigram, version: "9.9" }) });
  await expect(loadTokenizer(path)).rejects.toMatchObject({ where: join(path, "tokenizer.json") });
});

it("broken JSON and broken UTF-8 are errors", async () => {
  expect(
    await code(folder({ "tokenizer.json": golden("xlm-roberta", "tokenizer.json").slice(0, 999) })),
  ).toBe("TOKENIZE_FILE_INVALID");
  const path = folder({});
  writeFileSync(join(path, "tokenizer.json"), Buffer.from('{"a": "\xe9"}', "latin1"));
  expect(await code(path)).toBe("TOKENIZE_FILE_INVALID");
});

it("L1: a vocabulary beyond the model's embeddings is an error that names both sizes", async () => {
  const path = folder({ "vocab.txt": golden("bert-cased", "vocab.txt") });
  const { vocabSize } = await loadTokenizer(path);
  await expect(loadTokenizer(path, { embeddings: vocabSize })).resolves.toMatchObject({ vocabSize });
  await expect(loadTokenizer(path, { embeddings: vocabSize - 1 })).rejects.toMatchObject({
    code: "TOKENIZE_VOCABULARY_BEYOND_MODEL",
    message: `The tokenizer has ids up to ${vocabSize - 1}, but the vocab_size of the model is ${vocabSize - 1}`,
  });
});

it("endless nesting in tokenizer_config.json is an error", async () => {
  const config = `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  const path = folder({ "vocab.txt": golden("bert-cased", "vocab.txt"), "tokenizer_config.json": config });
  expect(await code(path)).toBe("TOKENIZE_FILE_INVALID");
});
