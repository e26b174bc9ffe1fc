import { sentencePieceOnly } from "../errors.js";
import type { JsonObject } from "../files.js";
import { contentOf } from "../specialTokens.js";
import { GENERIC_CLASSES } from "../wordInput.js";
import type { SentencePieceModel } from "./model.js";

/** How a tokenizer class of transformers makes a vocabulary of SentencePiece's pieces, and what is around it. */
export interface Layout {
  /** Tokens with their scores. The index of a token is its id. */
  readonly vocab: readonly (readonly [string, number])[];
  /** Id of the token for unknown characters. */
  readonly unknown: number;
  readonly cls: string;
  readonly sep: string;
  /** Special tokens in the order in which those that are not in `vocab` get the next ids. */
  readonly specials: readonly string[];
  readonly mask: string;
  /** How special tokens are matched in a text, where that is not the usual way. */
  readonly rules: Readonly<Record<string, { readonly lstrip?: boolean; readonly normalized?: boolean }>>;
  readonly normalizers: readonly JsonObject[];
  readonly preTokenizers: readonly JsonObject[];
  /** Separators between the two texts of a pair, and the type of the second one's tokens. */
  readonly pair: { readonly separators: 1 | 2; readonly secondType: 0 | 1 };
}

type LayoutOf = (model: SentencePieceModel, config: JsonObject) => Layout;

/** Replaces normalization by the model's own rules; nothing for `identity`. */
const precompiled = ({ charsmap }: SentencePieceModel): JsonObject[] =>
  charsmap.length === 0
    ? []
    : [{ type: "Precompiled", precompiled_charsmap: Buffer.from(charsmap).toString("base64") }];

const METASPACE = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };

const tokensOf = ({ pieces }: SentencePieceModel) => pieces.map(({ text, score }) => [text, score] as const);

const names =
  (config: JsonObject) =>
  (key: string, usual: string): string =>
    contentOf(config[`${key}_token`]) ?? usual;

/**
 * DeBERTa-v2 and v3: the pieces as they are. The normalization is that of SentencePiece, with which these models
 * were pretrained, and of transformers 4. transformers 5 leaves out the model's own rules.
 *
 * @see https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/convert_slow_tokenizer.py
 */
const debertaV2: LayoutOf = (model, config) => {
  const name = names(config);
  const [cls, sep, unk] = [name("cls", "[CLS]"), name("sep", "[SEP]"), name("unk", "[UNK]")];
  const mask = name("mask", "[MASK]");
  return {
    vocab: tokensOf(model),
    unknown: model.unknown,
    ...{ cls, sep, mask, rules: { [unk]: { normalized: true } } },
    specials: [name("bos", cls), name("eos", sep), unk, sep, name("pad", "[PAD]"), cls, mask],
    normalizers: [
      ...(config.do_lower_case === true ? [{ type: "Lowercase" }] : []),
      { type: "Strip", strip_left: true, strip_right: true },
      ...precompiled(model),
      { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
    ],
    preTokenizers: [
      ...(config.split_by_punct === true ? [{ type: "Punctuation", behavior: "Isolated" }] : []),
      METASPACE,
    ],
    pair: { separators: 1, secondType: 1 },
  };
};

/** What XLM-RoBERTa and CamemBERT share. They were trained with fairseq, whose ids differ from SentencePiece's. */
function fairseq(
  model: SentencePieceModel,
  config: JsonObject,
  vocabOf: (token: { cls: string; pad: string; sep: string; unk: string }) => Layout["vocab"],
): Layout {
  const name = names(config);
  const [cls, sep] = [name("cls", name("bos", "<s>")), name("sep", name("eos", "</s>"))];
  const [pad, unk, mask] = [name("pad", "<pad>"), name("unk", "<unk>"), name("mask", "<mask>")];
  return {
    vocab: [...vocabOf({ cls, pad, sep, unk }), [mask, 0]],
    unknown: 3,
    ...{ cls, sep, mask, rules: { [mask]: { lstrip: true } } },
    specials: [cls, pad, sep, unk, mask],
    normalizers: precompiled(model),
    preTokenizers: [{ type: "WhitespaceSplit" }, METASPACE],
    pair: { separators: 2, secondType: 0 },
  };
}

/** The first three pieces of the file are `<unk>`, `<s>` and `</s>`. */
const xlmRoberta: LayoutOf = (model, config) =>
  fairseq(model, config, ({ cls, pad, sep, unk }) => [
    ...[cls, pad, sep, unk].map((token) => [token, 0] as const),
    ...tokensOf(model).slice(3),
  ]);

const camembert: LayoutOf = (model, config) =>
  fairseq(model, config, ({ pad, unk }) => [
    ...["<s>NOTUSED", pad, "</s>NOTUSED", unk].map((token) => [token, 0] as const),
    ["<unk>NOTUSED", -100],
    ...tokensOf(model).slice(1),
  ]);

/** By the class in transformers, whose older names end with `Fast`. */
const LAYOUTS: ReadonlyMap<unknown, LayoutOf> = new Map([
  ["DebertaV2Tokenizer", debertaV2],
  ["XLMRobertaTokenizer", xlmRoberta],
  ["CamembertTokenizer", camembert],
]);

/**
 * Returns the layout that tokenizer_config.json names (`tokenizer_class`). Without a name, the pieces tell: a file
 * with `[CLS]` and `[SEP]` is DeBERTa's. A file with `<s>` and `</s>` may belong to two classes, of which only one
 * has as many tokens as the model has embeddings.
 *
 * @param embeddings rows of the model's word embeddings
 * @throws NeriumError TOKENIZE_SENTENCEPIECE_ONLY
 */
export function layoutOf(
  model: SentencePieceModel,
  config: JsonObject,
  { file, embeddings }: { readonly file: string; readonly embeddings: number | undefined },
): Layout {
  const { tokenizer_class: named } = config;
  if (typeof named === "string" && !GENERIC_CLASSES.has(named)) {
    const layout = LAYOUTS.get(named.replace(/Fast$/, ""));
    if (layout === undefined) throw sentencePieceOnly(file, named);
    return layout(model, config);
  }
  const [first, second, third] = model.pieces.map(({ text }) => text);
  if (first === "<unk>" && second === "<s>" && third === "</s>") {
    const fitting = [xlmRoberta, camembert]
      .map((layout) => layout(model, config))
      .find(({ vocab }) => vocab.length === embeddings);
    if (fitting !== undefined) return fitting;
  }
  const layout = debertaV2(model, config);
  const texts = new Set(model.pieces.map(({ text }) => text));
  if (layout.specials.every((token) => token === layout.mask || texts.has(token))) return layout;
  throw sentencePieceOnly(file, undefined);
}
