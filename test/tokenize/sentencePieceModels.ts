/** SentencePiece models and odd lines for tests, made anew: `goldens/sentencepiece.json` has what transformers gives. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TrainerSpec_ModelType,
  ModelProto_SentencePiece_Type as Type,
} from "../../src/tokenize/sentencepiece/sentencepiece_model_pb.js";
import { Random } from "../hostile/mutate/random.js";

export { TrainerSpec_ModelType, Type };

/** A vocabulary with scores, and normalization rules, of a tokenizer that `goldens/make.py` trained. */
const trained = JSON.parse(
  readFileSync(fileURLToPath(new URL("goldens/xlm-roberta/tokenizer.json", import.meta.url)), "utf8"),
) as {
  readonly model: { readonly vocab: readonly (readonly [string, number])[] };
  readonly normalizer: { readonly normalizers: readonly [{ readonly precompiled_charsmap: string }] };
};
const WORDS = trained.model.vocab.slice(4, -1);
const CHARSMAP = Buffer.from(trained.normalizer.normalizers[0].precompiled_charsmap, "base64");

export interface ModelSpec {
  /** The first pieces: texts and their types. */
  readonly head: readonly (readonly [string, Type])[];
  /** Pieces after those of the vocabulary. */
  readonly tail?: readonly (readonly [string, Type])[];
  readonly identity?: boolean;
  readonly byteFallback?: boolean;
  readonly type?: TrainerSpec_ModelType;
  readonly suffix?: boolean;
}

export function modelBytes(spec: ModelSpec): Uint8Array {
  const { head, tail = [], identity = false, byteFallback = false, suffix = false } = spec;
  const pieces = [
    ...head.map(([piece, type]) => ({ piece, score: 0, type })),
    ...WORDS.map(([piece, score]) => ({ piece, score, type: Type.NORMAL })),
    ...tail.map(([piece, type]) => ({ piece, score: 0, type })),
  ];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      pieces,
      trainerSpec: {
        modelType: spec.type ?? TrainerSpec_ModelType.UNIGRAM,
        byteFallback,
        unkId: head.findIndex(([, type]) => type === Type.UNKNOWN),
        treatWhitespaceAsSuffix: suffix,
      },
      normalizerSpec: { precompiledCharsmap: identity ? new Uint8Array() : CHARSMAP },
    }),
  );
}

/** How the vocabularies of DeBERTa-v2 and of fairseq's models begin. */
export const DEBERTA: ModelSpec["head"] = [
  ["[PAD]", Type.CONTROL],
  ["[CLS]", Type.CONTROL],
  ["[SEP]", Type.CONTROL],
  ["[UNK]", Type.UNKNOWN],
];
export const FAIRSEQ: ModelSpec["head"] = [
  ["<unk>", Type.UNKNOWN],
  ["<s>", Type.CONTROL],
  ["</s>", Type.CONTROL],
];

const BYTES: ModelSpec["head"] = Array.from({ length: 256 }, (_, byte) => [
  `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  Type.BYTE,
]);

interface Fixture {
  readonly file: string;
  readonly model: Uint8Array;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Folders with a SentencePiece model alone. */
export const FIXTURES: Readonly<Record<string, Fixture>> = {
  /** As on the hub. */
  "deberta-v3": {
    file: "spm.model",
    model: modelBytes({ head: DEBERTA }),
    config: { do_lower_case: false, vocab_type: "spm" },
  },
  "deberta-v2-rules": {
    file: "spm.model",
    model: modelBytes({ head: DEBERTA, identity: true }),
    config: { tokenizer_class: "DebertaV2TokenizerFast", do_lower_case: true, split_by_punct: true },
  },
  "deberta-v2-symbols": {
    file: "spm.model",
    model: modelBytes({
      head: [...DEBERTA, ["[MASK]", Type.USER_DEFINED], ["@@", Type.USER_DEFINED]],
      tail: [
        ["<extra>", Type.CONTROL],
        ["the cat", Type.USER_DEFINED],
      ],
    }),
    config: { tokenizer_class: "DebertaV2Tokenizer" },
  },
  "xlm-roberta": {
    file: "sentencepiece.bpe.model",
    model: modelBytes({ head: FAIRSEQ }),
    config: { tokenizer_class: "XLMRobertaTokenizer" },
  },
  camembert: {
    file: "sentencepiece.bpe.model",
    model: modelBytes({ head: FAIRSEQ }),
    config: { tokenizer_class: "CamembertTokenizer" },
  },
};

export const BYTE_FALLBACK = modelBytes({ head: [...DEBERTA, ...BYTES], byteFallback: true });

/** Writes each fixture into a folder of its name. */
export function writeFixtures(folder: string): void {
  for (const [name, { file, model, config }] of Object.entries(FIXTURES)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, file), model);
    writeFileSync(join(folder, name, "tokenizer_config.json"), JSON.stringify(config));
  }
}

/** Spaces, ligatures, marks, emoji, scripts, control characters and special tokens. */
const ODD = [
  ...["  ", "   ", "\t", "\n", "\r", "\u00a0", "\u3000", "\u200b", "\u2028", "\u0085", "\ufeff", "\u00ad"],
  ...["ﬁ", "ﬀ", "½", "¼", "²", "①", "Ａｄａ", "ｶﾞ", "カ\u3099", "e\u0301", "é", "…", "™", "Ⅷ", "ﷺ", "ǆ"],
  ...["👩‍👩‍👧", "😀", "🇫🇷", "👍🏽", "🧬", "東京", "北京大学", "한국어", "각", "אבג", "ß", "ẞ", "İ", "ı"],
  ...["\0", "\u0007", "\u001b", "\u007f", "\u009f", "\u202e", "\u0301", "▁", "▁▁", "a\u0323\u0307"],
  ...[
    "[CLS]",
    "[MASK]",
    "[UNK]",
    "<s>",
    "</s>",
    "<mask>",
    "<unk>",
    "@@",
    "<extra>",
    "the cat",
    "``",
    "don't",
  ],
];

const RANGES = [
  [0x20, 0x250],
  [0x3040, 0x30ff],
  [0x4e00, 0x9fff],
  [0x1f300, 0x1f650],
  [0xfb00, 0xfb50],
  [0xff00, 0xffef],
] as const;

const SPACES = [" ", " ", " ", " ", "  ", "\u00a0", "\t"];

/** Lines of words and odd characters, the same for the same seed. */
export function oddLines(count: number, seed: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(seed, index);
    const part = (): string => {
      if (random.chance(0.5)) return random.of(WORDS)[0].replace("▁", " ");
      if (random.chance(0.75)) return random.of(ODD);
      const [from, to] = random.of(RANGES);
      return String.fromCodePoint(from + random.below(to - from));
    };
    const parts = Array.from({ length: 1 + random.below(10) }, part);
    return parts.map((text) => text + (random.chance(0.4) ? random.of(SPACES) : "")).join("");
  });
}

/** The words between spaces, as a data file gives them. */
export const wordsOf = (line: string): string[] => {
  const words = line.split(" ").filter((word) => word !== "");
  return words.length > 0 ? words : ["x"];
};
