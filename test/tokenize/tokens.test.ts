import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, test } from "vitest";
import { readDataset } from "../../src/data/index.js";
import { loadTokenizer } from "../../src/tokenize/index.js";

const goldens = fileURLToPath(new URL("goldens/", import.meta.url));

interface Golden {
  readonly words: readonly (readonly string[])[];
  readonly tokens: Readonly<
    Record<string, { readonly ids: number[][]; readonly wordIds: (number | null)[][] }>
  >;
}
const golden = JSON.parse(readFileSync(join(goldens, "tokens.json"), "utf8")) as Golden;
const families = Object.keys(golden.tokens);

const scratch = mkdtempSync(join(tmpdir(), "nerium-tokenize-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What the tokenizer of a folder makes of the golden's sentences, as transformers returns it. */
async function tokensBy(folder: string) {
  const tokenizer = await loadTokenizer(folder);
  const encoded = await tokenizer.encodeWords(golden.words);
  const { cls, sep } = tokenizer.specialIds;
  return encoded.map(({ ids, wordOf }) => ({ ids: [cls, ...ids, sep], wordIds: [null, ...wordOf, null] }));
}

const expected = (family: string) => {
  const { ids, wordIds } = golden.tokens[family]!;
  return ids.map((own, index) => ({ ids: own, wordIds: wordIds[index]! }));
};

describe.each(families)("%s", (family) => {
  it("cuts words as transformers does", async () => {
    expect(await tokensBy(join(goldens, family))).toEqual(expected(family));
  });

  it("cuts words as before after it was saved", async () => {
    const saved = join(scratch, `${family}-saved`);
    await (await loadTokenizer(join(goldens, family))).save(saved);
    expect(await tokensBy(saved)).toEqual(expected(family));
  });

  it("cuts words as before from the older files that it saves", async () => {
    const saved = join(scratch, `${family}-older`);
    await (await loadTokenizer(join(goldens, family))).save(saved);
    if (!readdirSync(saved).some((name) => name.startsWith("vocab."))) return;
    rmSync(join(saved, "tokenizer.json"));
    expect(await tokensBy(saved)).toEqual(expected(family));
  });
});

test.skipIf(process.env.NERIUM_PYTHON === undefined)(
  "Python reads what is saved the same way (needs NERIUM_PYTHON)",
  async () => {
    const folders = families.map((family) => join(scratch, `${family}-python`));
    for (const [index, family] of families.entries())
      await (await loadTokenizer(join(goldens, family))).save(folders[index]!);
    const program = `
import json, sys
from transformers import AutoTokenizer
words = json.load(sys.stdin)
tokenizers = [AutoTokenizer.from_pretrained(folder) for folder in sys.argv[1:]]
print(json.dumps([[tokenizer(each, is_split_into_words=True, truncation=False, padding=False).input_ids for each in words] for tokenizer in tokenizers]))`;
    const output = execFileSync(process.env.NERIUM_PYTHON!, ["-c", program, ...folders], {
      input: JSON.stringify(golden.words),
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toEqual(families.map((family) => golden.tokens[family]!.ids));
  },
);

const MODEL_TYPES = ["bert", "roberta", "distilbert", "electra", "deberta-v2", "modernbert", "eurobert"];

it.each(families)(
  "cuts words as the files of %s say, whatever model_type config.json names",
  async (family) => {
    for (const type of [...MODEL_TYPES, "camembert", "xlm-roberta"]) {
      const folder = join(scratch, `${family}-as-${type}`);
      cpSync(join(goldens, family), folder, { recursive: true });
      writeFileSync(join(folder, "config.json"), JSON.stringify({ model_type: type }));
      expect(await tokensBy(folder)).toEqual(expected(family));
    }
  },
);

it("saves a WordPiece tokenizer of RoBERTa's class, as CamemBERT 2 has it, for Python's generic class", async () => {
  const named = join(scratch, "camembert-2");
  const saved = join(scratch, "camembert-2-saved");
  await (await loadTokenizer(join(goldens, "bert-cased"))).save(named);
  const file = join(named, "tokenizer_config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...config, tokenizer_class: "RobertaTokenizerFast" }));
  await (await loadTokenizer(named)).save(saved);
  expect(await tokensBy(saved)).toEqual(expected("bert-cased"));
  const { tokenizer_class: written } = JSON.parse(readFileSync(join(saved, "tokenizer_config.json"), "utf8"));
  expect(written).toBe("PreTrainedTokenizerFast");
});

it("remembers words without changing what comes out", async () => {
  const tokenizer = await loadTokenizer(join(goldens, "roberta"));
  const [first] = await tokenizer.encodeWords([["Ada", "Ada", "Lovelace"]]);
  const [alone] = await tokenizer.encodeWords([["Ada"]]);
  expect([...first!.ids.subarray(0, 2 * alone!.ids.length)]).toEqual([...alone!.ids, ...alone!.ids]);
  expect(await tokenizer.encodeWords([["Ada", "Ada", "Lovelace"]])).toEqual([first]);
});

it("keeps what tokenizer.json says about truncation and padding, and does not follow it", async () => {
  const tokenizer = await loadTokenizer(join(goldens, "xlm-roberta"));
  const [long] = await tokenizer.encodeWords([new Array<string>(600).fill("London")]);
  expect(new Set(long!.wordOf).size).toBe(600);
  const saved = join(scratch, "settings");
  await tokenizer.save(saved);
  const json = (folder: string) => JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8"));
  expect(json(saved)).toEqual(json(join(goldens, "xlm-roberta")));
});

it("sets byte-level tokenizers to add_prefix_space, and saves them so", async () => {
  const published = join(scratch, "published");
  const saved = join(scratch, "prefixed");
  await (await loadTokenizer(join(goldens, "roberta"))).save(published);
  const file = join(published, "tokenizer.json");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replaceAll('"add_prefix_space": true', '"add_prefix_space": false'),
  );
  writeFileSync(join(published, "tokenizer_config.json"), '{"tokenizer_class": "RobertaTokenizer"}');
  expect(await tokensBy(published)).toEqual(expected("roberta"));
  await (await loadTokenizer(published)).save(saved);
  const json = JSON.parse(readFileSync(join(saved, "tokenizer.json"), "utf8"));
  const config = JSON.parse(readFileSync(join(saved, "tokenizer_config.json"), "utf8"));
  expect([json.pre_tokenizer.add_prefix_space, config.add_prefix_space]).toEqual([true, true]);
});

it("reads the longest sequence from tokenizer_config.json, where 1e30 is none", async () => {
  const lengths = await Promise.all(
    ["bert-cased", "bert-uncased", "xlm-roberta"].map(
      async (family) => (await loadTokenizer(join(goldens, family))).modelMaxLength,
    ),
  );
  expect(lengths).toEqual([64, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  expect((await loadTokenizer(join(goldens, "roberta"), { maxLength: 40 })).modelMaxLength).toBe(40);
});

it("lets tokenizer_config.json state the rules of a BERT tokenizer, as transformers does", async () => {
  const folder = join(scratch, "stated");
  await (await loadTokenizer(join(goldens, "bert-uncased"))).save(folder);
  cpSync(join(goldens, "bert-cased", "tokenizer_config.json"), join(folder, "tokenizer_config.json"));
  const tokenizer = await loadTokenizer(folder);
  const [small, capital] = await tokenizer.encodeWords([["the"], ["THE"]]);
  const vocabulary = readFileSync(join(goldens, "bert-uncased", "vocab.txt"), "utf8").split("\n");
  // The vocabulary has no capitals, and nothing lowers them any more.
  expect([...small!.ids]).toEqual([vocabulary.indexOf("the")]);
  expect([...capital!.ids]).toEqual([vocabulary.indexOf("[UNK]")]);
});

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));

test
  .skipIf(process.env.NERIUM_PYTHON === undefined || !existsSync(shared))
  .each(["bert", "roberta", "distilbert", "electra", "deberta-v3", "modernbert", "eurobert"])(
  "CoNLL-2003 and WNUT-17 in the pieces of tiny-%s are Python's (needs ../shared and NERIUM_PYTHON)",
  async (family) => {
    const folder = join(shared, "reference/parity", `tiny-${family}`, "init");
    const files = ["conll2003/train.txt", "conll2003/valid.txt", "wnut17/train.conll", "wnut17/dev.conll"];
    const data = await Promise.all(files.map((file) => readDataset(join(shared, "data", file))));
    const words = data.flatMap(({ sentences }) => sentences.map((sentence) => sentence.words));
    const encoded = await (await loadTokenizer(folder)).encodeWords(words);
    const program = `
import hashlib, json, sys
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
encoded = tokenizer(json.load(sys.stdin), is_split_into_words=True, add_special_tokens=False)
pairs = [[encoded.input_ids[i], encoded.word_ids(i)] for i in range(len(encoded.input_ids))]
print(hashlib.sha256(json.dumps(pairs, separators=(",", ":")).encode()).hexdigest())`;
    const output = execFileSync(process.env.NERIUM_PYTHON!, ["-c", program, folder], {
      input: JSON.stringify(words),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
    const pairs = JSON.stringify(encoded.map(({ ids, wordOf }) => [[...ids], [...wordOf]]));
    expect(createHash("sha256").update(pairs).digest("hex")).toBe(output.trim());
  },
);

test.skipIf(process.env.NERIUM_PYTHON === undefined)(
  "the goldens are what their script makes (needs NERIUM_PYTHON)",
  () => {
    const folder = join(scratch, "goldens");
    cpSync(goldens, folder, { recursive: true });
    execFileSync(process.env.NERIUM_PYTHON!, [join(folder, "make.py")], { stdio: "ignore" });
    expect(JSON.parse(readFileSync(join(folder, "tokens.json"), "utf8"))).toEqual(golden);
  },
);
