import { isDeep } from "../files/index.js";
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

const DECODERS = new Set<unknown>([
  ...["BPEDecoder", "ByteFallback", "ByteLevel", "Fuse", "Metaspace", "Replace", "Sequence", "Strip"],
  "WordPiece",
]);

const POST_PROCESSORS = new Set<unknown>([
  ...["BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing"],
]);

/**
 * Allows one repetition and no alternatives, such as ` {2,}`. The library aborts on patterns that backtrack
 * too long.
 */
const SIMPLE_PATTERN =
  /^(?:[^()|*+?{}\\]|\\[sSdDwWtrn.\\-]|\\[pP]\{\w{1,40}\})*(?:[*+?]|\{\d{1,2}(?:,\d{0,2})?\})?$/;
const LONGEST_PATTERN = 200;
/** How Llama 3 splits texts, and with other digits Qwen 2. */
const wordsAndDigits = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
/** Patterns of well-known tokenizers that are not simple, but take time in proportion to the text. */
const KNOWN_PATTERNS: ReadonlySet<string> = new Set([
  // DeBERTa-v3.
  "\\s{2,}|[\\n\\r\\t]",
  // EuroBERT, and others that use Llama 3's or Qwen 2's.
  wordsAndDigits("\\p{N}{1,3}"),
  wordsAndDigits("\\p{N}"),
  // What transformers writes for SentencePiece models of no class.
  "\\A +| +\\z",
  "\\A▁",
]);

const MOST_PARTS = 40;
/**
 * How much longer all replacements together may make a word. Forty that each double it would exhaust the
 * memory.
 */
const LARGEST_GROWTH = 100;
const LONGEST_PREFIX = 100;

/**
 * Refuses normalizers, pre-tokenizers, post-processors and decoders on which the native library would abort,
 * never finish or exhaust the memory, and types that are not known to be safe.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED
 */
export function requireSafeComponents(json: JsonObject, file: string): void {
  for (const [key, value] of Object.entries(json))
    if (key !== "model" && isDeep(value)) throw tokenizerInvalid(file, `${key} is nested too deeply`);
  const normalizers = knownParts(json.normalizer, NORMALIZERS, "normalizer", file);
  const tables = normalizers.filter(({ type }) => type === "Precompiled");
  if (tables.length > 1) throw tokenizerUnsupported(file, "more than one normalization table");
  for (const { precompiled_charsmap: table } of tables) requireSoundCharsmap(table, file);
  const growth = normalizers.reduce((product, part) => product * growthOf(part, file), 1);
  if (growth > LARGEST_GROWTH) throw tokenizerUnsupported(file, "replacements that make words much longer");
  const preTokenizers = knownParts(json.pre_tokenizer, PRE_TOKENIZERS, "pre-tokenizer", file);
  // Each ByteLevel writes every byte beyond ASCII as two bytes.
  if (preTokenizers.filter(({ type }) => type === "ByteLevel").length > 1)
    throw tokenizerUnsupported(file, "more than one ByteLevel pre-tokenizer");
  const decoders = knownParts(json.decoder, DECODERS, "decoder", file);
  const decoded = decoders.reduce((product, part) => product * growthOf(part, file), 1);
  if (decoded > LARGEST_GROWTH) throw tokenizerUnsupported(file, "replacements that make texts much longer");
  knownParts(json.post_processor, POST_PROCESSORS, "post-processor", file);
}

function knownParts(
  component: unknown,
  known: ReadonlySet<unknown>,
  what: string,
  file: string,
): readonly JsonObject[] {
  const parts = [...componentsOf(component)];
  if (parts.length > MOST_PARTS) throw tokenizerUnsupported(file, `more than ${MOST_PARTS} ${what}s`);
  for (const { type, pattern } of parts) {
    if (!known.has(type)) throw tokenizerUnsupported(file, `a ${what} of the type ${JSON.stringify(type)}`);
    const regex = isObject(pattern) ? pattern.Regex : undefined;
    if (typeof regex === "string" && !isSafePattern(regex))
      throw tokenizerUnsupported(file, `the regular expression ${JSON.stringify(regex.slice(0, 80))}`);
  }
  return parts;
}

const isSafePattern = (regex: string): boolean =>
  KNOWN_PATTERNS.has(regex) || (regex.length <= LONGEST_PATTERN && SIMPLE_PATTERN.test(regex));

/**
 * How many times longer a component may make a word. The text that it puts before a word is short, so it does
 * not count.
 */
function growthOf({ type, pattern, content, prepend }: JsonObject, file: string): number {
  const bytes = (text: unknown): number => (typeof text === "string" ? Buffer.byteLength(text) : 0);
  if (type === "Prepend" && bytes(prepend) > LONGEST_PREFIX)
    throw tokenizerUnsupported(file, "a long text before each word");
  if (type !== "Replace") return 1;
  const string = isObject(pattern) ? pattern.String : pattern;
  if (string === "") throw tokenizerInvalid(file, "a normalizer or decoder replaces an empty text");
  // A regular expression may match between any two characters.
  return typeof string === "string" ? Math.max(1, bytes(content) / bytes(string)) : 1 + bytes(content);
}

/**
 * Yields a normalizer, pre-tokenizer, post-processor or decoder and, if it is a sequence, its parts, in
 * order.
 */
export function* componentsOf(component: unknown): Generator<JsonObject> {
  const pending: unknown[] = [component];
  while (pending.length > 0) {
    const part = pending.pop();
    if (!isObject(part)) continue;
    yield part;
    for (const list of [part.normalizers, part.pretokenizers, part.processors, part.decoders])
      if (Array.isArray(list))
        for (let index = list.length - 1; index >= 0; index--) pending.push(list[index]);
  }
}
