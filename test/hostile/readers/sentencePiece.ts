import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "../../../src/tokenize/sentencepiece/sentencepiece_model_pb.js";
import { BYTE_FALLBACK, FIXTURES } from "../../tokenize/sentencePieceModels.js";
import { mutateBytes } from "../mutate/bytes.js";
import { NASTY_TEXTS } from "../mutate/fragments.js";
import { jsonOf, jsonText, mutateJson } from "../mutate/json.js";
import type { Random } from "../mutate/random.js";
import type { Files, Reader } from "../reader.js";
import { readTokenizer } from "./tokenizer.js";

const SEEDS = [
  ...Object.values(FIXTURES).map(({ model, config }) => ({ model, config: jsonOf(config) })),
  { model: BYTE_FALLBACK, config: jsonOf({ added_tokens_decoder: { 383: { content: "[MASK]" } } }) },
];
const MODELS = SEEDS.map(({ model }) => model);

const SCORES = [0, -1e38, 1e38, -3.5, Number.NaN, Number.NEGATIVE_INFINITY];

/** A model that is still a protobuf, with another piece, setting or normalization table. */
function withOtherContent(bytes: Uint8Array, random: Random): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const piece = random.of(model.pieces);
  const edits = [
    () => {
      piece.piece = random.of(NASTY_TEXTS);
    },
    () => {
      piece.score = random.of(SCORES);
    },
    () => {
      piece.type = random.below(7);
    },
    () => model.pieces.splice(random.below(model.pieces.length), 1 + random.below(40)),
    () => model.pieces.push(random.of(model.pieces)),
    () => {
      const table = model.normalizerSpec!.precompiledCharsmap;
      model.normalizerSpec!.precompiledCharsmap = Uint8Array.from(mutateBytes(table, MODELS, random));
    },
    () => {
      model.trainerSpec!.modelType = 1 + random.below(4);
    },
    () => {
      model.trainerSpec!.unkId = random.of([-1, 0, 1, 2 ** 31 - 1]);
    },
    () => {
      model.trainerSpec!.byteFallback = !model.trainerSpec!.byteFallback;
    },
  ];
  random.of(edits)();
  return toBinary(ModelProtoSchema, model);
}

/** SentencePiece models that become a tokenizer.json, with a tokenizer_config.json. */
export const sentencePiece: Reader = {
  name: "sentencePiece",
  weight: 1,

  make(random): Files {
    const { model, config } = random.of(SEEDS);
    let bytes: Uint8Array = model;
    if (random.chance(0.5)) bytes = mutateBytes(bytes, MODELS, random);
    else
      for (let edits = 1 + random.below(3); edits > 0; edits--)
        if (bytes.length > 0) bytes = withOtherContent(bytes, random);
    const changed = random.chance(0.3) ? mutateJson(config, random.of(SEEDS).config, random) : config;
    return { "spm.model": bytes, "tokenizer_config.json": Buffer.from(jsonText(changed)) };
  },

  read: readTokenizer,
};
