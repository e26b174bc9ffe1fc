import { join } from "node:path";
import { attempt, type FsPort, nodeFs, writeFileAtomically } from "../files/index.js";
import { type TokenizerDocument, vocabularyOf } from "./document.js";
import { isObject, type JsonObject } from "./files.js";
import { savedClass } from "./savedClass.js";
import { contentOf, SPECIAL_TOKEN_KEYS, type SpecialIds } from "./specialTokens.js";
import { BERT_RULES, GENERIC_CLASSES, isByteLevel, isRobertas } from "./wordInput.js";

/** transformers' value for "no limit". */
const VERY_LARGE = 1000000000000000019884624838656n;

/** A file's name and its content. */
type TokenizerFile = readonly [name: string, text: string];

/**
 * Returns the files of a tokenizer for any version of transformers: tokenizer.json with everything it had
 * when it was loaded, and the older files.
 */
export function tokenizerFiles(
  document: TokenizerDocument,
  config: JsonObject,
  ids: SpecialIds,
): readonly TokenizerFile[] {
  const saved = savedConfig(document, config, ids);
  const files: Record<string, string | undefined> = {
    "tokenizer.json": documentText(document.json),
    "tokenizer_config.json": text(saved),
    "special_tokens_map.json": text(
      Object.fromEntries(SPECIAL_TOKEN_KEYS.filter((key) => key in saved).map((key) => [key, saved[key]])),
    ),
    ...vocabularyFiles(document),
  };
  return Object.entries(files).flatMap(([name, content]) => (content === undefined ? [] : [[name, content]]));
}

/**
 * Writes a tokenizer's files.
 *
 * @throws NeriumError FILES_…
 */
export async function writeTokenizer(
  folder: string,
  files: readonly TokenizerFile[],
  fs: FsPort = nodeFs,
): Promise<void> {
  await attempt(folder, "create", () => fs.makeFolder(folder));
  for (const [name, content] of files) await writeFileAtomically(join(folder, name), content, fs);
}

/**
 * Formats JSON as Python's `json.dumps(indent=2)` does, plus a newline. Writes 1e30 as an integer, which
 * Python expects.
 */
const text = (json: JsonObject): string =>
  `${JSON.stringify(json, null, 2).replace(/("model_max_length": )1e\+30\b/, `$1${VERY_LARGE}`)}\n`;

function savedConfig(document: TokenizerDocument, config: JsonObject, ids: SpecialIds): JsonObject {
  const { json } = document;
  const tokenizerClass = savedClass(document, config);
  const { normalizer } = json;
  const rules =
    !GENERIC_CLASSES.has(tokenizerClass) && isObject(normalizer) && normalizer.type === "BertNormalizer"
      ? Object.fromEntries(BERT_RULES.map(([field, key]) => [key, normalizer[field] ?? null]))
      : {};
  return {
    ...namedTokens(document, config, ids),
    ...config,
    ...rules,
    ...(isByteLevel(json) ? { add_prefix_space: true } : {}),
    tokenizer_class: tokenizerClass,
  };
}

/** The special tokens that the config does not name. */
function namedTokens(document: TokenizerDocument, config: JsonObject, ids: SpecialIds): JsonObject {
  const tokens = new Map(vocabularyOf(document).map(([token, id]) => [id, token]));
  for (const { id, content } of document.addedTokens) tokens.set(id, content);
  const token = (id: number | undefined) => (id === undefined ? undefined : tokens.get(id));
  const mask = ["[MASK]", "<mask>"].find((token) =>
    document.addedTokens.some(({ content }) => content === token),
  );
  const found = {
    cls_token: token(ids.cls),
    sep_token: token(ids.sep),
    pad_token: token(ids.pad),
    unk_token: token(ids.unk),
    mask_token: mask,
  };
  return Object.fromEntries(
    Object.entries(found).filter(
      ([key, token]) => token !== undefined && contentOf(config[key]) === undefined,
    ),
  );
}

/**
 * Formats tokenizer.json as Python does. The vocabulary is sorted by id, because JavaScript would put integer
 * keys first.
 */
function documentText(json: JsonObject): string {
  const fields = Object.entries(json).map(([key, value]) =>
    key === "model" && isObject(value) ? `  "model": ${modelText(value)}` : field(key, value, "  "),
  );
  return `{\n${fields.join(",\n")}\n}`;
}

function modelText(model: JsonObject): string {
  const fields = Object.entries(model).map(([key, value]) =>
    key === "vocab" && isObject(value) ? `    "vocab": ${vocabularyText(value)}` : field(key, value, "    "),
  );
  return `{\n${fields.join(",\n")}\n  }`;
}

function vocabularyText(vocab: JsonObject): string {
  const entries = (Object.entries(vocab) as [string, number][]).sort(([, a], [, b]) => a - b);
  return `{\n${entries.map(([token, id]) => `      ${JSON.stringify(token)}: ${id}`).join(",\n")}\n    }`;
}

const field = (key: string, value: unknown, indent: string): string =>
  `${indent}${JSON.stringify(key)}: ${JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`)}`;

/** vocab.txt, or vocab.json and merges.txt. Left out if they cannot express what tokenizer.json says. */
function vocabularyFiles(document: TokenizerDocument): Record<string, string | undefined> {
  const { kind, model } = document;
  if (kind === "WordPiece") return { "vocab.txt": vocabularyLines(document) };
  if (kind !== "BPE" || !isRobertas(document.json)) return {};
  const entries = [...vocabularyOf(document)].sort(([, a], [, b]) => a - b);
  const merges = (model.merges as (string | [string, string])[]).map((merge) =>
    typeof merge === "string" ? merge : merge.join(" "),
  );
  return {
    "vocab.json": `{${entries.map(([token, id]) => `${JSON.stringify(token)}: ${id}`).join(", ")}}`,
    "merges.txt": `#version: 0.2\n${merges.map((merge) => `${merge}\n`).join("")}`,
  };
}

/** One token per line; `undefined` if the ids have gaps or a token contains a line break. */
function vocabularyLines(document: TokenizerDocument): string | undefined {
  const tokens = new Map(vocabularyOf(document).map(([token, id]) => [id, token]));
  for (const { id, content } of document.addedTokens) tokens.set(id, content);
  const lines = Array.from({ length: tokens.size }, (_, id) => tokens.get(id));
  const complete = lines.every((line) => line !== undefined && !/[\r\n]/.test(line));
  return complete ? lines.map((line) => `${line}\n`).join("") : undefined;
}
