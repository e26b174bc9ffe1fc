/** The rules of BERT's tokenizers come from tokenizer_config.json and its defaults, also where there is a tokenizer.json. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadTokenizer } from "../../src/tokenize/index.js";
import { forTextInput, forWordInput } from "../../src/tokenize/wordInput.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-normalizers-"));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Golden {
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly normalizers: readonly {
    model_type: string;
    config: Record<string, unknown>;
    normalizer: unknown;
  }[];
}

const { tokenizer, normalizers } = JSON.parse(
  readFileSync(join(import.meta.dirname, "goldens", "normalizers.json"), "utf8"),
) as Golden;

it.each(normalizers)("$model_type with $config normalizes as in transformers", ({ config, normalizer }) => {
  expect(forWordInput(tokenizer, config).normalizer).toEqual(normalizer);
  expect(forTextInput(tokenizer, config).normalizer).toEqual(normalizer);
});

it("a cased tokenizer.json that is lowercased so is worth a warning that names file and key", async () => {
  const vocab = Object.fromEntries(
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Ada", "Rome"].map((token, id) => [token, id]),
  );
  const model = { ...(tokenizer.model as object), vocab };
  writeFileSync(join(scratch, "tokenizer.json"), JSON.stringify({ ...tokenizer, model }));
  const config = join(scratch, "tokenizer_config.json");
  const warningsWith = async (own: object) => {
    writeFileSync(config, JSON.stringify(own));
    return (await loadTokenizer(scratch)).warnings.map(({ message }) => message);
  };
  expect(await warningsWith({})).toEqual([
    expect.stringContaining(
      `${config}: do_lower_case is missing, so all words are lowercased. The vocabulary has 2 tokens with capitals`,
    ),
  ]);
  expect(await warningsWith({ do_lower_case: false })).toEqual([]);
  expect(await warningsWith({ tokenizer_class: "PreTrainedTokenizerFast" })).toEqual([]);
});
