/**
 * The program of `writeFiles`: writes a model folder with the geometry of a family and random weights, and sentences of random words whose lengths in tokens
 * are those that another tokenizer gives. Each word is one token, so that Python and Nerium see the same ids.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDataset } from "../../src/data/index.js";
import { encoderOf, parameters, parseConfig, storedParts } from "../../src/models/index.js";
import { writeSafetensors } from "../../src/safetensors/index.js";
import { loadTokenizer } from "../../src/tokenize/index.js";
import { initialValues } from "../../src/train/prepare/initialValues.js";
import type { FamilyFiles } from "./files.js";
import { geometries } from "./geometries.js";

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"];

/** Random numbers from 0 to below 1, the same every time. */
function* uniform(seed: string): Generator<number> {
  for (let block = 0; ; block++) {
    const bytes = createHash("sha512").update(`${seed} ${block}`).digest();
    for (let at = 0; at < bytes.length; at += 4) yield bytes.readUInt32LE(at) / 2 ** 32;
  }
}

/** @returns the vocabulary size */
async function writeFamily(
  family: string,
  folder: string,
  changed: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const keys = geometries[family];
  if (keys === undefined) throw new Error(`--family: ${Object.keys(geometries).join(", ")}`);
  mkdirSync(folder, { recursive: true });
  const json = {
    model_type: family,
    id2label: Object.fromEntries(LABELS.map((label, id) => [id, label])),
    label2id: Object.fromEntries(LABELS.map((label, id) => [label, id])),
    ...keys,
    ...changed,
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(json));
  const config = parseConfig(json, "config.json");
  const size = encoderOf(config).vocabularySize;
  const vocab = Object.fromEntries(Array.from({ length: size }, (_, id) => [SPECIAL[id] ?? `w${id}`, id]));
  const template = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    })),
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: {
      type: "TemplateProcessing",
      single: [template("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, template("[SEP]")],
      pair: [template("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, template("[SEP]")],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
      },
    },
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  writeFileSync(
    join(folder, "tokenizer_config.json"),
    JSON.stringify({
      tokenizer_class: "PreTrainedTokenizerFast",
      model_max_length: encoderOf(config).maxLength,
      ...{
        pad_token: "[PAD]",
        unk_token: "[UNK]",
        cls_token: "[CLS]",
        sep_token: "[SEP]",
        mask_token: "[MASK]",
      },
    }),
  );
  const tensors = parameters(encoderOf(config), LABELS.length).flatMap((parameter, index) =>
    storedParts(parameter).map(({ name, shape }, part) => ({
      name,
      shape,
      data: () => [initialValues(parameter, shape, 1000 * index + part)],
    })),
  );
  await writeSafetensors(join(folder, "model.safetensors"), tensors, { format: "pt" });
  return size;
}

/**
 * Writes sentences of random words, drawn from the first `vocabulary` ids: of `lengths` tokens with the special ones (32, if it is one number), or as many and as long ones as a
 * tokenizer makes of a data file.
 */
async function writeSentences(vocabulary: number, file: string, lengths: FamilyFiles["lengths"]) {
  const random = uniform("sentences");
  const below = (n: number) => Math.floor((random.next().value as number) * n);
  const sentences = await lengthsOf(lengths);
  const text = sentences.map((length) =>
    Array.from(
      { length },
      () => `w${SPECIAL.length + below(vocabulary - SPECIAL.length)} ${LABELS[below(LABELS.length)]}\n`,
    ).join(""),
  );
  writeFileSync(file, text.join("\n"));
}

async function lengthsOf(lengths: FamilyFiles["lengths"]): Promise<number[]> {
  const own = typeof lengths === "number" ? Array<number>(32).fill(lengths) : lengths;
  if (!("like" in own)) return own.map((length) => length - 2);
  const { sentences } = await readDataset(own.like);
  const words = sentences.map((sentence) => sentence.words);
  const encoded = await (await loadTokenizer(own.tokenizer)).encodeWords(words);
  return encoded.map(({ ids }) => ids.length);
}

const { family, folder, changed, file, distinct, lengths } = JSON.parse(process.argv[2]!) as FamilyFiles;
const vocabulary = await writeFamily(family, folder, changed);
await writeSentences(Math.min(vocabulary, distinct ?? vocabulary), file, lengths);
