import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { loadTokenizer } from "../../src/tokenize/index.js";
import {
  BYTE_FALLBACK,
  DEBERTA,
  FAIRSEQ,
  FIXTURES,
  type ModelSpec,
  modelBytes,
  oddLines,
  TrainerSpec_ModelType,
  Type,
  wordsOf,
  writeFixtures,
} from "./sentencePieceModels.js";
import { hasSentencePiece, pythonTokens, type Tokens } from "./sentencePiecePython.js";

const golden = JSON.parse(readFileSync(new URL("goldens/sentencepiece.json", import.meta.url), "utf8")) as {
  readonly lines: readonly string[];
  readonly tokens: Tokens;
};

const scratch = mkdtempSync(join(tmpdir(), "nerium-sentencepiece-"));
const fixtures = join(scratch, "fixtures");
beforeAll(() => writeFixtures(fixtures));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder with a model and tokenizer_config.json. */
function folder(model: Uint8Array, config: object = {}, more: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(scratch, "folder-"));
  writeFileSync(join(path, "spm.model"), model);
  writeFileSync(join(path, "tokenizer_config.json"), JSON.stringify(config));
  for (const [name, content] of Object.entries(more)) writeFileSync(join(path, name), content);
  return path;
}

/** What the tokenizer of a folder makes of lines, in the form of the golden. */
async function tokensBy(path: string, lines: readonly string[]): Promise<Tokens[string]> {
  const tokenizer = await loadTokenizer(path);
  const { cls, sep } = tokenizer.specialIds as { cls: number; sep: number };
  const ids: number[][] = [];
  for (const line of lines) ids.push([cls, ...(await tokenizer.forText().encode(line)).ids, sep]);
  const words = await tokenizer.encodeWords(lines.map(wordsOf));
  return {
    lines: ids,
    words: words.map((encoded) => [cls, ...encoded.ids, sep]),
    wordIds: words.map(({ wordOf }) => [null, ...wordOf, null]),
  };
}

/** A field of a protobuf with bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; rest > 0; rest = Math.floor(rest / 128))
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
  return Buffer.concat([Buffer.from([8 * number + 2, ...length]), bytes]);
}

const error = (path: string, options = {}) =>
  loadTokenizer(path, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe.each(Object.keys(FIXTURES))("%s from a SentencePiece model", (name) => {
  it("cuts lines and words as transformers does", async () => {
    expect(await tokensBy(join(fixtures, name), golden.lines)).toEqual(golden.tokens[name]);
  });

  it("cuts them so after it was saved as tokenizer.json", async () => {
    const saved = join(scratch, `${name}-saved`);
    await (await loadTokenizer(join(fixtures, name))).save(saved);
    expect(readdirSync(saved).sort()).toEqual([
      "special_tokens_map.json",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect(await tokensBy(saved, golden.lines)).toEqual(golden.tokens[name]);
  });
});

it("a shipped tokenizer.json is used instead of the model", async () => {
  const both = join(scratch, "both");
  await (await loadTokenizer(join(fixtures, "xlm-roberta"))).save(both);
  cpSync(join(fixtures, "deberta-v3/spm.model"), join(both, "spm.model"));
  expect(await tokensBy(both, golden.lines.slice(0, 50))).toEqual({
    lines: golden.tokens["xlm-roberta"]!.lines.slice(0, 50),
    words: golden.tokens["xlm-roberta"]!.words.slice(0, 50),
    wordIds: golden.tokens["xlm-roberta"]!.wordIds.slice(0, 50),
  });
});

describe("special tokens", () => {
  it("of DeBERTa have the ids of their pieces, and [MASK] the next", async () => {
    const tokenizer = await loadTokenizer(join(fixtures, "deberta-v3"));
    expect(tokenizer.specialIds).toEqual({ pad: 0, cls: 1, sep: 2, unk: 3 });
    expect(tokenizer.forText().token(tokenizer.vocabSize - 1)).toBe("[MASK]");
  });

  it("of XLM-RoBERTa and CamemBERT have fairseq's ids", async () => {
    const [xlm, camembert] = await Promise.all(
      ["xlm-roberta", "camembert"].map((name) => loadTokenizer(join(fixtures, name))),
    );
    expect(xlm!.specialIds).toEqual({ cls: 0, pad: 1, sep: 2, unk: 3 });
    expect(camembert!.specialIds).toEqual({ cls: 5, pad: 1, sep: 6, unk: 3 });
    expect(camembert!.vocabSize - xlm!.vocabSize).toBe(3);
  });

  it("that files add keep their ids", async () => {
    const model = modelBytes({ head: DEBERTA });
    const size = (await loadTokenizer(folder(model))).vocabSize;
    const added = { "added_tokens.json": JSON.stringify({ "<new>": size - 1, "[MASK]": size }) };
    const tokenizer = await loadTokenizer(folder(model, {}, added));
    expect([size - 1, size].map((id) => tokenizer.forText().token(id))).toEqual(["<new>", "[MASK]"]);
    const [encoded] = await tokenizer.encodeWords([["<new>"]]);
    expect([...encoded!.ids]).toEqual([size - 1]);
    const wrong = { added_tokens_decoder: { [size + 4]: { content: "<new>" } } };
    expect(await error(folder(model, wrong))).toMatchObject({ code: "TOKENIZE_FILE_INVALID" });
  });
});

it("splits unknown characters into bytes if the model was trained so", async () => {
  const tokenizer = await loadTokenizer(folder(BYTE_FALLBACK));
  const [encoded] = await tokenizer.encodeWords([["Ж"]]);
  const tokens = Array.from(encoded!.ids, (id) => tokenizer.forText().token(id));
  expect(tokens).toEqual(["▁", "<0xD0>", "<0x96>"]);
  expect(encoded!.ids.some((id) => id === tokenizer.specialIds.unk)).toBe(false);
});

it("tokens have places in the text, also where normalization changes its length", async () => {
  const tokenizer = await loadTokenizer(join(fixtures, "deberta-v3"));
  const text = "the ﬀ  of½\tthe";
  const { starts, ends } = await tokenizer.forText().encode(text);
  const parts = Array.from(starts, (start, token) => text.slice(start, ends[token]));
  expect(parts.join("").replace(/\s/g, "")).toContain("the");
  expect(parts.filter((part) => part === "ﬀ").length).toBeGreaterThan(0);
  expect(parts.at(-1)?.trim()).not.toBe("");
  for (let token = 1; token < starts.length; token++)
    expect(starts[token]).toBeGreaterThanOrEqual(starts[token - 1]!);
});

describe("without tokenizer_class", () => {
  const model = modelBytes({ head: FAIRSEQ });

  it("<s> and </s> are XLM-RoBERTa's or CamemBERT's, by the number of embeddings", async () => {
    for (const name of ["xlm-roberta", "camembert"]) {
      const { vocabSize, specialIds } = await loadTokenizer(join(fixtures, name));
      const tokenizer = await loadTokenizer(folder(model), { embeddings: vocabSize });
      expect(tokenizer.specialIds).toEqual(specialIds);
    }
  });

  it("and with another number of embeddings they are an error that says what to set", async () => {
    for (const options of [{}, { embeddings: 4000 }])
      expect(await error(folder(model), options)).toMatchObject({
        code: "TOKENIZE_SENTENCEPIECE_ONLY",
        remedy: expect.stringContaining("XLMRobertaTokenizer"),
      });
  });

  it("config.json does not decide", async () => {
    const roberta = { "config.json": '{"model_type": "roberta"}' };
    const tokenizer = await loadTokenizer(folder(modelBytes({ head: DEBERTA }), {}, roberta));
    expect(tokenizer.specialIds.cls).toBe(1);
  });
});

describe("a model is refused by name", () => {
  it.each<[string, ModelSpec, object, string, RegExp]>([
    [
      "of the type BPE",
      { head: DEBERTA, type: TrainerSpec_ModelType.BPE },
      {},
      "TOKENIZE_UNSUPPORTED",
      /BPE/,
    ],
    ["with spaces at the end", { head: DEBERTA, suffix: true }, {}, "TOKENIZE_UNSUPPORTED", /end of pieces/],
    [
      "of another class",
      { head: DEBERTA },
      { tokenizer_class: "AlbertTokenizer" },
      "TOKENIZE_SENTENCEPIECE_ONLY",
      /AlbertTokenizer/,
    ],
    [
      "without a piece for unknown characters",
      { head: [["[CLS]", Type.CONTROL]] },
      {},
      "TOKENIZE_FILE_INVALID",
      /unknown/,
    ],
    [
      "with a piece twice",
      { head: [...DEBERTA, ["e", Type.NORMAL]] },
      {},
      "TOKENIZE_FILE_INVALID",
      /same as another/,
    ],
    ["with an empty piece", { head: [...DEBERTA, ["", Type.NORMAL]] }, {}, "TOKENIZE_FILE_INVALID", /empty/],
    [
      "with a long piece",
      { head: [...DEBERTA, ["a".repeat(1001), Type.NORMAL]] },
      {},
      "TOKENIZE_FILE_INVALID",
      /too long/,
    ],
  ])("%s", async (_, spec, config, code, message) => {
    expect(await error(folder(modelBytes(spec), config))).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      "millions of empty pieces",
      () => Buffer.alloc(2 * (2 ** 21 + 1), Buffer.from([0x0a, 0])),
      /2097152 pieces/,
    ],
    [
      "settings of megabytes",
      () => Buffer.concat([modelBytes({ head: DEBERTA }), field(2, Buffer.alloc(2 ** 24 + 1))]),
      /settings of more than 16777216 bytes/,
    ],
    [
      "a normalization table of megabytes",
      () => Buffer.concat([modelBytes({ head: DEBERTA }), field(3, field(2, Buffer.alloc(5 * 2 ** 20)))]),
      /normalization table of more than 4194304 bytes/,
    ],
  ])("that has %s", async (_, bytes, message) => {
    const path = folder(bytes(), { tokenizer_class: "DebertaV2Tokenizer" });
    const started = process.memoryUsage.rss();
    expect(await error(path)).toMatchObject({
      code: "TOKENIZE_UNSUPPORTED",
      where: join(path, "spm.model"),
      message: expect.stringMatching(message),
    });
    // Millions of objects would take a gigabyte.
    expect(process.memoryUsage.rss() - started).toBeLessThan(400 * 2 ** 20);
  });

  it("that is another file", async () => {
    for (const bytes of ["", "\n\u000e", "<html>", "version https://git-lfs.github.com/spec/v1\n"])
      expect(await error(folder(Buffer.from(bytes)))).toMatchObject({ code: "TOKENIZE_FILE_INVALID" });
  });
});

test.skipIf(!hasSentencePiece())(
  "the golden and 10,000 odd lines are what transformers gives (needs NERIUM_PYTHON with sentencepiece and protobuf)",
  async () => {
    expect(pythonTokens(fixtures, golden.lines)).toEqual(golden.tokens);
    const lines = oddLines(10_000, 7);
    const expected = pythonTokens(fixtures, lines);
    for (const name of Object.keys(FIXTURES))
      expect(await tokensBy(join(fixtures, name), lines)).toEqual(expected[name]);
  },
);
