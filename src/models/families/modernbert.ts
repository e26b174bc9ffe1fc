/**
 * ModernBERT (https://arxiv.org/abs/2412.13663) and mmBERT, as in transformers' modeling_modernbert.py.
 *
 * Normalisation comes before attention and feed-forward layer, positions are rotary, the feed-forward layer is gated, and most
 * layers have local attention. A dense layer with a normalisation follows the encoder.
 */
import { z } from "zod";
import { add, multiply, rematerialise, rotaryAngles, rotate, split, type Tensor } from "../../graph/index.js";
import type { Batch } from "../batch/batch.js";
import { configSchema } from "../config.js";
import type { Dropout } from "../dropout.js";
import { configUnreadable, configUnsupported } from "../errors.js";
import type { EncoderFamily } from "../family.js";
import { type Parameter, parametersAt } from "../parameter.js";
import type { WeightOps } from "../quantized/weightOps.js";
import { activations, attention, layerCount, probability, size, small, storedNames, width } from "./parts.js";
import { frequencies, requireDefaultRope, ropeParameters, theta } from "./rotary.js";

const LAYER_TYPES = ["full_attention", "sliding_attention"] as const;
type LayerType = (typeof LAYER_TYPES)[number];

const schema = configSchema({
  vocab_size: size.default(50_368),
  hidden_size: width.default(768),
  intermediate_size: size.default(1152),
  num_hidden_layers: layerCount.default(22),
  num_attention_heads: width.default(12),
  hidden_activation: z.string().default("gelu"),
  max_position_embeddings: size.default(8192),
  initializer_range: small.default(0.02),
  initializer_cutoff_factor: small.default(2),
  norm_eps: small.default(1e-5),
  norm_bias: z.boolean().default(false),
  pad_token_id: z.int().nonnegative().nullish(),
  attention_bias: z.boolean().default(false),
  attention_dropout: probability.default(0),
  layer_types: z.array(z.enum(LAYER_TYPES)).nullish(),
  global_attn_every_n_layers: layerCount.default(3),
  local_attention: size.default(128),
  sliding_window: z.int().nonnegative().max(10_000_000).nullish(),
  rope_parameters: z
    .looseObject({
      full_attention: ropeParameters.nullish(),
      sliding_attention: ropeParameters.nullish(),
    })
    .nullish(),
  rope_scaling: ropeParameters.nullish(),
  global_rope_theta: theta.nullish(),
  local_rope_theta: theta.nullish(),
  embedding_dropout: probability.default(0),
  mlp_bias: z.boolean().default(false),
  mlp_dropout: probability.default(0),
  classifier_dropout: probability.default(0),
  classifier_bias: z.boolean().default(false),
  classifier_activation: z.string().default("gelu"),
});
type ModernBertConfig = z.infer<typeof schema>;

export const modernbert: EncoderFamily<ModernBertConfig> = {
  goodFor: "Whole documents: most layers look at near tokens only, so that time grows with the length.",
  pretrained: [
    {
      name: "answerdotai/ModernBERT-base",
      parameters: 149,
      longest: 8192,
      languages: "English",
      license: "Apache-2.0",
    },
    {
      name: "answerdotai/ModernBERT-large",
      parameters: 395,
      longest: 8192,
      languages: "English",
      license: "Apache-2.0",
    },
    {
      name: "jhu-clsp/mmBERT-small",
      parameters: 140,
      longest: 8192,
      languages: "over 1,800 languages",
      license: "MIT",
    },
    {
      name: "jhu-clsp/mmBERT-base",
      parameters: 307,
      longest: 8192,
      languages: "over 1,800 languages",
      license: "MIT",
    },
  ],
  architectures: { modernbert: "ModernBertForTokenClassification" },
  schema,
  check,
  small: ({ maxLength }) => ({
    global_attn_every_n_layers: 3,
    hidden_activation: "gelu",
    hidden_size: 128,
    initializer_range: 0.02,
    intermediate_size: 256,
    local_attention: 32,
    max_position_embeddings: maxLength,
    num_attention_heads: 4,
    num_hidden_layers: 3,
  }),
  encoder: (config) => ({
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    maxLength: config.max_position_embeddings,
    paddingId: config.pad_token_id ?? 50_283,
    classifierInitial: drawn(config, config.hidden_size ** -0.5),
    dropout: {
      embeddings: config.embedding_dropout,
      hidden: config.mlp_dropout,
      attention: config.attention_dropout,
      classifier: config.classifier_dropout,
    },
    dropoutKeys: {
      embeddings: "embedding_dropout",
      hidden: "mlp_dropout",
      attention: "attention_dropout",
      classifier: "classifier_dropout",
    },
    features: {
      heads: config.num_attention_heads,
      positionIds: { rotary: true },
      ...(layerTypes(config).includes("sliding_attention") && { reach: reachOf(config) }),
    },
    parameters: (vocabulary = config.vocab_size) => parameters(config, vocabulary),
    encode: (ops, batch, dropout) => encode(config, ops, batch, dropout),
    storedNames: (name) => storedNames("model", name),
    ignores: () => false,
  }),
};

/** The attention of each layer. */
const layerTypes = (config: ModernBertConfig): readonly LayerType[] =>
  config.layer_types ??
  Array.from({ length: config.num_hidden_layers }, (_, n) =>
    n % config.global_attn_every_n_layers === 0 ? "full_attention" : "sliding_attention",
  );

/** How far a token sees in a layer with local attention: half of the window, to each side, or `sliding_window`. */
const reachOf = ({ local_attention, sliding_window }: ModernBertConfig): number =>
  sliding_window ?? Math.floor(local_attention / 2);

/** Rotary positions of a layer. What older files have in `rope_scaling` goes before. */
const ropeOf = ({ rope_parameters, rope_scaling }: ModernBertConfig, type: LayerType) => ({
  ...rope_parameters?.[type],
  ...rope_scaling,
});

/** The base of the rotary frequencies of a layer. */
function thetaOf(config: ModernBertConfig, type: LayerType): number {
  const older = type === "full_attention" ? config.global_rope_theta : config.local_rope_theta;
  return ropeOf(config, type).rope_theta ?? older ?? (type === "full_attention" ? 160_000 : 10_000);
}

/** As transformers' `_init_weights`. */
const drawn = ({ initializer_cutoff_factor: cutoff }: ModernBertConfig, std: number) => ({
  std,
  cutoff,
});

function check(config: ModernBertConfig, file: string): void {
  const implemented = Object.keys(activations);
  for (const key of ["hidden_activation", "classifier_activation"] as const)
    if (!implemented.includes(config[key]))
      throw configUnsupported(file, key, config[key], implemented.join(", "));
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  requireDefaultRope(file, ...LAYER_TYPES.map((type) => ropeOf(config, type)));
  if (hidden % (2 * heads) !== 0)
    throw configUnreadable(
      file,
      `hidden_size ${hidden} is not a multiple of twice num_attention_heads ${heads}, which rotary positions need`,
    );
  const { layer_types: types, num_hidden_layers: layers } = config;
  if (types != null && types.length !== layers)
    throw configUnreadable(file, `layer_types has ${types.length} entries for ${layers} layers`);
}

function parameters(config: ModernBertConfig, vocabulary: number): readonly Parameter[] {
  const { hidden_size: hidden, intermediate_size: inner, norm_bias, attention_bias, mlp_bias } = config;
  const { initializer_range: std, num_hidden_layers: layers } = config;
  const into = drawn(config, std);
  const out = { initial: drawn(config, std / Math.sqrt(2 * layers)) };
  const layer = (at: string, n: number): readonly Parameter[] => {
    const { linear, norm } = parametersAt(n, into);
    return [
      ...(n === 0 ? [] : norm(`${at}.attn_norm`, hidden, { bias: norm_bias })),
      ...linear(`${at}.attn.Wqkv`, hidden, 3 * hidden, { bias: attention_bias }),
      ...linear(`${at}.attn.Wo`, hidden, hidden, { bias: attention_bias, ...out }),
      ...norm(`${at}.mlp_norm`, hidden, { bias: norm_bias }),
      ...linear(`${at}.mlp.Wi`, hidden, 2 * inner, { bias: mlp_bias }),
      ...linear(`${at}.mlp.Wo`, inner, hidden, { bias: mlp_bias, contracts: true, ...out }),
    ];
  };
  const first = parametersAt("embeddings", into);
  const head = parametersAt("head", into);
  return [
    first.table("model.embeddings.tok_embeddings", vocabulary, hidden, {
      isVocabulary: true,
      initial: into,
    }),
    ...first.norm("model.embeddings.norm", hidden, { bias: norm_bias }),
    ...Array.from({ length: layers }, (_, n) => layer(`model.layers.${n}`, n)).flat(),
    ...parametersAt(layers - 1, into).norm("model.final_norm", hidden, { bias: norm_bias }),
    ...head.linear("head.dense", hidden, hidden, { bias: config.classifier_bias, ...out }),
    ...head.norm("head.norm", hidden, { bias: norm_bias }),
  ];
}

function encode(config: ModernBertConfig, ops: WeightOps, batch: Batch, dropout: Dropout): Tensor {
  const { linear, embedding } = ops;
  const headSize = config.hidden_size / config.num_attention_heads;
  const activation = activations[config.hidden_activation]!;
  const norm = (at: string, x: Tensor) => ops.layerNorm(at, x, config.norm_eps);

  const anglesOf = (type: LayerType) =>
    rotaryAngles(batch.positions!.indices, frequencies(thetaOf(config, type), headSize));
  const angles = {
    full_attention: anglesOf("full_attention"),
    sliding_attention: anglesOf("sliding_attention"),
  };

  function selfAttention(at: string, x: Tensor, type: LayerType): Tensor {
    const [query, key, value] = split(linear(`${at}.Wqkv`, x), 3);
    const form = type === "full_attention" ? batch.whole : batch.local!;
    const rotated = [rotate(query!, angles[type]), rotate(key!, angles[type]), value!];
    return attention(rotated, form, (weights) => dropout.attention(at, weights)); // [rows, hidden]
  }

  function feedForward(at: string, x: Tensor): Tensor {
    const [input, gate] = split(linear(`${at}.Wi`, x), 2);
    const gated = rematerialise(multiply(activation(input!), gate!)); // [rows, intermediate]
    return linear(`${at}.Wo`, dropout.hidden(at, gated));
  }

  const at = "model.embeddings";
  let x = dropout.embeddings(at, norm(`${at}.norm`, embedding(`${at}.tok_embeddings`, batch.words)));
  layerTypes(config).forEach((type, n) => {
    const at = `model.layers.${n}`;
    const select = n === config.num_hidden_layers - 1 ? batch.labelled : (rows: Tensor) => rows;
    const attended = select(selfAttention(`${at}.attn`, n === 0 ? x : norm(`${at}.attn_norm`, x), type));
    const y = add(select(x), dropout.attention(`${at}.attn.Wo`, linear(`${at}.attn.Wo`, attended)));
    x = add(y, feedForward(`${at}.mlp`, norm(`${at}.mlp_norm`, y)));
  });
  const dense = linear("head.dense", norm("model.final_norm", x)); // [labelled, hidden]
  return norm("head.norm", activations[config.classifier_activation]!(dense));
}
