/**
 * EuroBERT (https://arxiv.org/abs/2503.05500), as in transformers' modeling_eurobert.py.
 *
 * Root mean square normalisation comes before attention and feed-forward layer, positions are rotary, several query heads share
 * a key and value head, and the feed-forward layer is gated.
 */
import { z } from "zod";
import {
  add,
  multiply,
  rematerialise,
  repeatParts,
  rotaryAngles,
  rotate,
  split,
  type Tensor,
} from "../../graph/index.js";
import type { Batch } from "../batch/batch.js";
import { configSchema } from "../config.js";
import type { Dropout } from "../dropout.js";
import { configUnreadable, configUnsupported } from "../errors.js";
import type { EncoderFamily } from "../family.js";
import { type Parameter, parametersAt } from "../parameter.js";
import type { WeightOps } from "../quantized/weightOps.js";
import { activations, attention, layerCount, probability, size, small, storedNames, width } from "./parts.js";
import { frequencies, requireDefaultRope, ropeParameters, theta } from "./rotary.js";

const schema = configSchema({
  vocab_size: size.default(128_256),
  hidden_size: width.default(768),
  intermediate_size: size.default(3072),
  num_hidden_layers: layerCount.default(12),
  num_attention_heads: width.default(12),
  num_key_value_heads: width.nullish(),
  head_dim: width.nullish(),
  hidden_act: z.string().default("silu"),
  max_position_embeddings: size.default(8192),
  initializer_range: small.default(0.02),
  rms_norm_eps: small.default(1e-5),
  pad_token_id: z.int().nonnegative().nullish(),
  rope_parameters: ropeParameters.nullish(),
  rope_scaling: ropeParameters.nullish(),
  rope_theta: theta.nullish(),
  attention_bias: z.boolean().default(false),
  attention_dropout: probability.default(0),
  mlp_bias: z.boolean().default(false),
});
type EuroBertConfig = z.infer<typeof schema>;

export const eurobert: EncoderFamily<EuroBertConfig> = {
  goodFor: "Long documents in European and some other widely spoken languages.",
  pretrained: [
    {
      name: "EuroBERT/EuroBERT-210m",
      parameters: 210,
      longest: 8192,
      languages: "15 languages",
      license: "Apache-2.0",
    },
    {
      name: "EuroBERT/EuroBERT-610m",
      parameters: 610,
      longest: 8192,
      languages: "15 languages",
      license: "Apache-2.0",
    },
  ],
  architectures: { eurobert: "EuroBertForTokenClassification" },
  schema,
  check,
  small: ({ maxLength }) => ({
    hidden_act: "silu",
    hidden_size: 128,
    initializer_range: 0.02,
    intermediate_size: 256,
    max_position_embeddings: maxLength,
    num_attention_heads: 4,
    num_hidden_layers: 3,
    num_key_value_heads: 2,
  }),
  encoder: (config) => ({
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    maxLength: config.max_position_embeddings,
    paddingId: config.pad_token_id ?? 128_001,
    classifierInitial: { std: config.initializer_range },
    dropout: { embeddings: 0, hidden: 0, attention: config.attention_dropout, classifier: 0 },
    dropoutKeys: { attention: "attention_dropout" },
    features: { heads: config.num_attention_heads, positionIds: { rotary: true } },
    parameters: (vocabulary = config.vocab_size) => parameters(config, vocabulary),
    encode: (ops, batch, dropout) => encode(config, ops, batch, dropout),
    storedNames: (name) => storedNames("model", name),
    ignores: (stored) => stored === "lm_head.weight",
  }),
};

function headSizes(config: EuroBertConfig) {
  const heads = config.num_attention_heads;
  const keyValueHeads = config.num_key_value_heads ?? heads;
  return { heads, keyValueHeads, headSize: config.head_dim ?? config.hidden_size / heads };
}

/** Older files have `rope_scaling`, which replaces `rope_parameters` unless it is empty. */
const ropeOf = ({ rope_scaling: older, rope_parameters }: EuroBertConfig) =>
  older != null && Object.keys(older).length > 0 ? older : (rope_parameters ?? {});

function check(config: EuroBertConfig, file: string): void {
  const implemented = Object.keys(activations);
  if (!implemented.includes(config.hidden_act))
    throw configUnsupported(file, "hidden_act", config.hidden_act, implemented.join(", "));
  requireDefaultRope(file, ropeOf(config));
  const { heads, keyValueHeads, headSize } = headSizes(config);
  if (config.hidden_size % heads !== 0)
    throw configUnreadable(
      file,
      `hidden_size ${config.hidden_size} is not a multiple of num_attention_heads ${heads}`,
    );
  if (heads % keyValueHeads !== 0)
    throw configUnreadable(
      file,
      `num_attention_heads ${heads} is not a multiple of num_key_value_heads ${keyValueHeads}`,
    );
  if (headSize % 2 !== 0)
    throw configUnreadable(
      file,
      `the size of a head, ${headSize}, is odd; rotary positions need an even size`,
    );
}

function parameters(config: EuroBertConfig, vocabulary: number): readonly Parameter[] {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const { heads, keyValueHeads, headSize } = headSizes(config);
  const drawn = { std: config.initializer_range };
  const attentionBias = { bias: config.attention_bias };
  const mlpBias = { bias: config.mlp_bias };
  const noBias = { bias: false };
  const layer = (at: string, n: number): readonly Parameter[] => {
    const { linear, norm, stacked } = parametersAt(n, drawn);
    const [self, mlp] = [`${at}.self_attn`, `${at}.mlp`];
    return [
      ...norm(`${at}.input_layernorm`, hidden, noBias),
      ...linear(`${self}.q_proj`, hidden, heads * headSize, attentionBias),
      ...stacked(self, "kv", ["k_proj", "v_proj"], hidden, keyValueHeads * headSize, attentionBias),
      ...linear(`${self}.o_proj`, heads * headSize, hidden, attentionBias),
      ...norm(`${at}.post_attention_layernorm`, hidden, noBias),
      ...stacked(mlp, "gate_up", ["gate_proj", "up_proj"], hidden, inner, mlpBias),
      ...linear(`${mlp}.down_proj`, inner, hidden, { ...mlpBias, contracts: true }),
    ];
  };
  return [
    parametersAt("embeddings", drawn).table("model.embed_tokens", vocabulary, hidden, {
      isVocabulary: true,
      initial: { ...drawn, zeroRow: config.pad_token_id ?? 128_001 },
    }),
    ...Array.from({ length: config.num_hidden_layers }, (_, n) => layer(`model.layers.${n}`, n)).flat(),
    ...parametersAt(config.num_hidden_layers - 1, drawn).norm("model.norm", hidden, noBias),
  ];
}

function encode(config: EuroBertConfig, ops: WeightOps, batch: Batch, dropout: Dropout): Tensor {
  const { linear } = ops;
  const { heads, keyValueHeads, headSize } = headSizes(config);
  const activation = activations[config.hidden_act]!;
  const norm = (at: string, x: Tensor) => ops.rmsNorm(at, x, config.rms_norm_eps);
  const base = ropeOf(config).rope_theta ?? config.rope_theta ?? 10_000;
  const angles = rotaryAngles(batch.positions!.indices, frequencies(base, headSize));

  function selfAttention(at: string, x: Tensor): Tensor {
    const query = rotate(linear(`${at}.q_proj`, x), angles);
    const [key, value] = split(linear(`${at}.kv`, x), 2);
    /** Each key and value head, once for each query head that uses it. */
    const shared = (x: Tensor) => repeatParts(x, keyValueHeads, heads / keyValueHeads);
    const rows = [query, shared(rotate(key!, angles)), shared(value!)];
    return attention(rows, batch.whole, (weights) => dropout.attention(at, weights)); // [rows, heads · headSize]
  }

  function feedForward(at: string, x: Tensor): Tensor {
    const [gate, up] = split(linear(`${at}.gate_up`, x), 2);
    return linear(`${at}.down_proj`, rematerialise(multiply(activation(gate!), up!)));
  }

  let x = ops.embedding("model.embed_tokens", batch.words); // [rows, hidden]
  for (let n = 0; n < config.num_hidden_layers; n++) {
    const at = `model.layers.${n}`;
    const select = n === config.num_hidden_layers - 1 ? batch.labelled : (rows: Tensor) => rows;
    const attended = select(selfAttention(`${at}.self_attn`, norm(`${at}.input_layernorm`, x)));
    const y = add(select(x), linear(`${at}.self_attn.o_proj`, attended));
    x = add(y, feedForward(`${at}.mlp`, norm(`${at}.post_attention_layernorm`, y)));
  }
  return norm("model.norm", x); // [labelled, hidden]
}
