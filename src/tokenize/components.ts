import { requireSoundCharsmap } from "./charsmap.js";
import { tokenizerInvalid, tokenizerUnsupported } from "./errors.js";
import { isObject, type JsonObject } from "./files.js";

const NORMALIZERS = new Set<unknown>([
  ...[
    "BertNormalizer",
    "Lowercase",
    "NFC",
    "NFD",
    "NFKC",
    "NFKD",
    "Nmt",
    "Precompiled",
    "Prepend",
    "Replace",
  ],
  ...["Sequence", "Strip", "StripAccents"],
]);

const PRE_TOKENIZERS = new Set<unknown>([
  ...[
    "BertPreTokenizer",
    "ByteLevel",
    "CharDelimiterSplit",
    "Digits",
    "Metaspace",
    "Punctuation",
    "Sequence",
  ],
  ...["Split", "Whitespace", "WhitespaceSplit"],
]);

/** One repetition and no alternatives, such as ` {2,}`: the library aborts on patterns that backtrack for too long. */
const SIMPLE_PATTERN = /^(?:[^()|*+?{}\\]|\\[sSdDwWtrn.\\-]|\\[pP]\{\w+\})*(?:[*+?]|\{\d+,?\d*\})?$/;

/** Nesting that no tokenizer has, and that calls into themselves survive. */
const DEEPEST = 64;

/**
 * Refuses normalizers and pre-tokenizers that the native library would abort on, or might in a version to come.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED
 */
export function requireSafeComponents(json: JsonObject, file: string): void {
  for (const [key, value] of Object.entries(json))
    if (key !== "model" && isDeep(value)) throw tokenizerInvalid(file, `${key} is nested too deeply`);
  const { normalizer, pre_tokenizer: preTokenizer } = json;
  for (const part of partsOf(normalizer)) {
    requireKnown(part, NORMALIZERS, "normalizer", file);
    if (part.type === "Precompiled") requireSoundCharsmap(part.precompiled_charsmap, file);
  }
  for (const part of partsOf(preTokenizer)) requireKnown(part, PRE_TOKENIZERS, "pre-tokenizer", file);
}

function requireKnown(part: JsonObject, known: ReadonlySet<unknown>, what: string, file: string): void {
  const { type, pattern } = part;
  if (!known.has(type)) throw tokenizerUnsupported(file, `a ${what} of the type ${JSON.stringify(type)}`);
  const regex = isObject(pattern) ? pattern.Regex : undefined;
  if (typeof regex === "string" && !SIMPLE_PATTERN.test(regex))
    throw tokenizerUnsupported(file, `the regular expression ${JSON.stringify(regex.slice(0, 80))}`);
}

/** A normalizer, pre-tokenizer or post-processor, and those that it is a sequence of, in their order. */
export function* partsOf(component: unknown): Generator<JsonObject> {
  const pending: unknown[] = [component];
  while (pending.length > 0) {
    const part = pending.pop();
    if (!isObject(part)) continue;
    yield part;
    for (const list of [part.normalizers, part.pretokenizers, part.processors])
      if (Array.isArray(list))
        for (let index = list.length - 1; index >= 0; index--) pending.push(list[index]);
  }
}

function isDeep(value: unknown): boolean {
  const pending: [unknown, number][] = [[value, 0]];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const [inner, depth] = entry;
    if (typeof inner !== "object" || inner === null) continue;
    if (depth > DEEPEST) return true;
    for (const below of Object.values(inner)) pending.push([below, depth + 1]);
  }
  return false;
}
