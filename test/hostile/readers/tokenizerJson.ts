/** Tokenizers with a component of every kind that is supported, small enough to be mutated often. */

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const numbered = (tokens: readonly string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));

const BERT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

export const BERT = {
  version: "1.0",
  truncation: { direction: "Right", max_length: 32, strategy: "LongestFirst", stride: 0 },
  padding: null,
  added_tokens: [...BERT_SPECIALS.map(special), { ...special("lace", 5), special: false, normalized: true }],
  normalizer: {
    type: "Sequence",
    normalizers: [
      {
        type: "BertNormalizer",
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      ...["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"].map((type) => ({ type })),
      { type: "Strip", strip_left: true, strip_right: false },
      { type: "Replace", pattern: { String: "z" }, content: "s" },
      { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
      { type: "Prepend", prepend: "x" },
    ],
  },
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [
      ...["BertPreTokenizer", "Whitespace", "WhitespaceSplit"].map((type) => ({ type })),
      { type: "Digits", individual_digits: true },
      { type: "Punctuation", behavior: "Isolated" },
      { type: "Split", pattern: { Regex: "\\p{L}+" }, behavior: "Removed", invert: true },
      { type: "Split", pattern: { String: "-" }, behavior: "MergedWithNext", invert: false },
      { type: "CharDelimiterSplit", delimiter: "|" },
    ],
  },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
    },
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: numbered([
      ...BERT_SPECIALS,
      ..."abcdelorstux",
      ...[..."adelov"].map((letter) => `##${letter}`),
      "love",
    ]),
  },
};

const byteLevel = { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };
const ROBERTA_SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];

export const ROBERTA = {
  version: "1.0",
  truncation: null,
  padding: { strategy: "BatchLongest", direction: "Right", pad_id: 1, pad_type_id: 0, pad_token: "<pad>" },
  added_tokens: ROBERTA_SPECIALS.map(special),
  normalizer: { type: "NFC" },
  pre_tokenizer: byteLevel,
  post_processor: {
    type: "RobertaProcessing",
    sep: ["</s>", 2],
    cls: ["<s>", 0],
    trim_offsets: true,
    add_prefix_space: true,
  },
  decoder: byteLevel,
  model: {
    type: "BPE",
    dropout: null,
    unk_token: "<unk>",
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: numbered([...ROBERTA_SPECIALS, ..."Ġadelovzc", "lo", "ve", "love", "Ġa", "Ġlove"]),
    merges: [["l", "o"], ["v", "e"], ["lo", "ve"], ["Ġ", "a"], "Ġ love"],
  },
};

/** How Llama 3 and EuroBERT split texts, as a known pattern. */
const WORDS_AND_DIGITS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

export const EUROBERT = {
  ...ROBERTA,
  normalizer: null,
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: WORDS_AND_DIGITS }, behavior: "Isolated", invert: false },
      { ...byteLevel, add_prefix_space: false, use_regex: false },
    ],
  },
  post_processor: {
    type: "Sequence",
    processors: [{ ...byteLevel, add_prefix_space: false }, ROBERTA.post_processor],
  },
  model: { ...ROBERTA.model, ignore_merges: true, byte_fallback: true },
};

const METASPACE = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };

/** DeBERTa-v2's components, and those that transformers writes for SentencePiece models of no class. */
export const DEBERTA = {
  ...BERT,
  added_tokens: BERT_SPECIALS.map(special),
  normalizer: {
    type: "Sequence",
    normalizers: [
      { type: "Strip", strip_left: true, strip_right: true },
      { type: "Prepend", prepend: "▁" },
      { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
      { type: "Replace", pattern: { Regex: "\\s{2,}|[\\n\\r\\t]" }, content: " " },
      { type: "Replace", pattern: { Regex: "\\A +| +\\z" }, content: "" },
      { type: "Replace", pattern: { String: " " }, content: "▁" },
    ],
  },
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [{ type: "Punctuation", behavior: "Isolated" }, METASPACE],
  },
  decoder: {
    type: "Sequence",
    decoders: [
      { type: "Replace", pattern: { String: "▁" }, content: " " },
      ...["ByteFallback", "Fuse"].map((type) => ({ type })),
      { type: "Strip", content: " ", start: 1, stop: 0 },
    ],
  },
  model: {
    type: "Unigram",
    unk_id: 1,
    vocab: [...BERT_SPECIALS, ..."▁abcdelorstuvx", "▁love", "lace"].map((token, id) => [token, -id / 2]),
    byte_fallback: false,
  },
};
