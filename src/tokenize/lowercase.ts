import { counted } from "../counted.js";
import type { NeriumWarning } from "../errors.js";
import { componentsOf } from "./components.js";
import { type TokenizerDocument, vocabularyOf } from "./document.js";
import type { JsonObject } from "./files.js";
import { GENERIC_CLASSES } from "./wordInput.js";

/** Share of the vocabulary that must have capitals before it counts as cased. Uncased vocabularies have hardly any. */
const CASED = 0.01;

/** Special tokens, such as `[UNK]` and `<s>`, are not found in texts. */
const SPECIAL = /^[[<].*[\]>]$/;

/**
 * Warns about a WordPiece tokenizer that lowercases words although its vocabulary is cased: no token with capitals can then be
 * found. transformers lowercases by default, so this happens if tokenizer_config.json is missing.
 */
export function lowercaseWarnings(
  document: TokenizerDocument,
  {
    config,
    configFile,
    file,
  }: { readonly config: JsonObject; readonly configFile: string; readonly file: string },
): NeriumWarning[] {
  if (document.kind !== "WordPiece" || !lowercases(document.json.normalizer)) return [];
  const vocabulary = vocabularyOf(document);
  let capitals = 0;
  for (const [token] of vocabulary) if (token !== token.toLowerCase() && !SPECIAL.test(token)) capitals++;
  if (capitals < CASED * vocabulary.length) return [];
  const key = "do_lower_case";
  const reason = GENERIC_CLASSES.has(config.tokenizer_class)
    ? `${file}: normalizer lowercases all words`
    : typeof config[key] === "boolean"
      ? `${configFile}: ${key} is true`
      : `${configFile}: ${key} is missing, so all words are lowercased`;
  const remedy = GENERIC_CLASSES.has(config.tokenizer_class)
    ? "set lowercase to false there"
    : `set ${key} to false there`;
  return [
    {
      code: "VOCABULARY_LOWERCASED",
      message: `${reason}. The vocabulary has ${counted(capitals, "token")} with capitals (of ${vocabulary.length}), which can never be found. If the model is cased, ${remedy}.`,
    },
  ];
}

const lowercases = (normalizer: unknown): boolean =>
  [...componentsOf(normalizer)].some(
    ({ type, lowercase }) => type === "Lowercase" || (type === "BertNormalizer" && lowercase === true),
  );
