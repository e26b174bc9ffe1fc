import type { ModelKind, TokenizerDocument } from "./document.js";
import { isObject, type JsonObject } from "./files.js";
import { GENERIC_CLASS, isRobertas, prependsSpace } from "./wordInput.js";

/** Kinds of the tokenizers that classes of transformers build, whatever tokenizer.json says. */
const KINDS: ReadonlyMap<string, ModelKind> = new Map([
  ...["BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer"].map((name) => [name, "WordPiece"] as const),
  ...["RobertaTokenizer", "GPT2Tokenizer"].map((name) => [name, "BPE"] as const),
  ...["XLMRobertaTokenizer", "CamembertTokenizer", "DebertaV2Tokenizer"].map(
    (name) => [name, "Unigram"] as const,
  ),
]);

/**
 * Returns the transformers class that loads a saved tokenizer: the one that tokenizer_config.json names, or that of
 * BERT or RoBERTa. The generic class, which uses tokenizer.json as it is, replaces a class that would build another
 * tokenizer: CamemBERT 2 names RoBERTa's class for a WordPiece tokenizer.
 */
export function savedClass(
  { kind, json }: TokenizerDocument,
  { tokenizer_class: named }: JsonObject,
): string {
  if (prependsSpace(json)) return GENERIC_CLASS;
  if (typeof named === "string") {
    const built = KINDS.get(named.replace(/Fast$/, ""));
    return built === undefined || built === kind ? named : GENERIC_CLASS;
  }
  const isBerts = isObject(json.normalizer) && json.normalizer.type === "BertNormalizer";
  if (kind === "WordPiece" && isBerts) return "BertTokenizer";
  return kind === "BPE" && isRobertas(json) ? "RobertaTokenizer" : GENERIC_CLASS;
}
