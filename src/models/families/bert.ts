/**
 * BERT (https://arxiv.org/abs/1810.04805), as in transformers' modeling_bert.py.
 *
 * Activations are `[rows, hidden]`. In a packed batch the sequences follow each other without padding; in an exported model
 * they are padded. Only attention sees the sequences. After its attention, the last layer computes only the rows whose logits
 * are needed.
 */
import { z } from "zod";
import { add, rematerialise, split, type Tensor } from "../../graph/index.js";
import type { Batch, Features } from "../batch/batch.js";
import { configSchema } from "../config.js";
import type { Dropout } from "../dropout.js";
import { configUnreadable, configUnsupported } from "../errors.js";
import type { Encoder, EncoderFamily } from "../family.js";
import { type Parameter, parametersAt } from "../parameter.js";
import type { WeightOps } from "../quantized/weightOps.js";
import { activations, attention, layerCount, probability, size, small, storedNames, width } from "./parts.js";

/** The keys of config.json that BERT reads, with transformers' defaults. */
export const bertSchema = configSchema({
  vocab_size: size,
  hidden_size: width.default(768),
  num_hidden_layers: layerCount.default(12),
  num_attention_heads: width.default(12),
  intermediate_size: size.default(3072),
  hidden_act: z.string().default("gelu"),
  hidden_dropout_prob: probability.default(0.1),
  attention_probs_dropout_prob: probability.default(0.1),
  classifier_dropout: probability.nullish(),
  max_position_embeddings: size.default(512),
  type_vocab_size: size.default(2),
  layer_norm_eps: small.default(1e-12),
  initializer_range: small.default(0.02),
  pad_token_id: z.int().nonnegative().nullish(),
  position_embedding_type: z.string().default("absolute"),
  is_decoder: z.boolean().default(false),
  add_cross_attention: z.boolean().default(false),
});
export type BertConfig = z.infer<typeof bertSchema>;

export const bert: EncoderFamily<BertConfig> = {
  goodFor: "The one that most results are compared with. The cased models are better for names.",
  pretrained: [
    {
      name: "google-bert/bert-base-cased",
      parameters: 108,
      longest: 512,
      languages: "English",
      license: "Apache-2.0",
    },
    {
      name: "google-bert/bert-large-cased",
      parameters: 334,
      longest: 512,
      languages: "English",
      license: "Apache-2.0",
    },
    {
      name: "google-bert/bert-base-multilingual-cased",
      parameters: 178,
      longest: 512,
      languages: "104 languages",
      license: "Apache-2.0",
    },
  ],
  architectures: { bert: "BertForTokenClassification" },
  schema: bertSchema,
  check: checkBert,
  small: ({ maxLength }) => ({ ...smallBert, max_position_embeddings: maxLength, type_vocab_size: 2 }),
  encoder: (config) =>
    bertEncoder(config, {
      prefix: "bert",
      embeddingSize: config.hidden_size,
      paddingId: config.pad_token_id ?? 0,
      maxLength: config.max_position_embeddings,
      positionIds: {},
      tokenTypes: "input",
    }),
};

/** Keys of the small encoders of this design. */
export const smallBert = {
  attention_probs_dropout_prob: 0.1,
  classifier_dropout: null,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  hidden_size: 128,
  initializer_range: 0.02,
  intermediate_size: 512,
  layer_norm_eps: 1e-12,
  num_attention_heads: 4,
  num_hidden_layers: 3,
};

export function checkBert(config: BertConfig, file: string): void {
  const implemented = Object.keys(activations);
  if (!implemented.includes(config.hidden_act))
    throw configUnsupported(file, "hidden_act", config.hidden_act, implemented.join(", "));
  if (config.position_embedding_type !== "absolute")
    throw configUnsupported(file, "position_embedding_type", config.position_embedding_type, "absolute");
  if (config.is_decoder) throw configUnsupported(file, "is_decoder", true, "false");
  if (config.add_cross_attention) throw configUnsupported(file, "add_cross_attention", true, "false");
  if (config.hidden_size % config.num_attention_heads !== 0)
    throw configUnreadable(
      file,
      `hidden_size ${config.hidden_size} is not a multiple of num_attention_heads ${config.num_attention_heads}`,
    );
}

/** The differences between BERT and the families that share its design. */
export interface BertTraits extends Required<Pick<Features, "positionIds" | "tokenTypes">> {
  /** The prefix of the names of the encoder's weights. Files of bare encoders omit it. */
  readonly prefix: string;
  /** Width of the embeddings. If it is not that of the layers, a linear layer projects them. */
  readonly embeddingSize: number;
  readonly paddingId: number;
  readonly maxLength: number;
}

export function bertEncoder(config: BertConfig, traits: BertTraits): Encoder {
  const { prefix, paddingId, maxLength, positionIds, tokenTypes } = traits;
  const { hidden_dropout_prob: hidden, attention_probs_dropout_prob, classifier_dropout } = config;
  return {
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    maxLength,
    paddingId,
    classifierInitial: { std: config.initializer_range },
    dropout: {
      embeddings: hidden,
      hidden,
      attention: attention_probs_dropout_prob,
      classifier: classifier_dropout ?? hidden,
    },
    dropoutKeys: {
      embeddings: "hidden_dropout_prob",
      hidden: "hidden_dropout_prob",
      attention: "attention_probs_dropout_prob",
      classifier: "classifier_dropout",
    },
    features: { heads: config.num_attention_heads, positionIds, tokenTypes },
    parameters: (vocabulary = config.vocab_size) => parameters(config, traits, vocabulary),
    encode: (ops, batch, dropout) => encode(config, traits, ops, batch, dropout),
    storedNames: (name) => storedNames(prefix, name),
    ignores: (stored) => stored.endsWith("position_ids"),
  };
}

function parameters(config: BertConfig, traits: BertTraits, vocabulary: number): readonly Parameter[] {
  const { hidden_size: hidden, intermediate_size: inner, initializer_range: std } = config;
  const { prefix, paddingId, embeddingSize } = traits;
  const { table, norm, linear: project } = parametersAt("embeddings", { std });
  const layer = (at: string, n: number): readonly Parameter[] => {
    const { linear, norm, stacked } = parametersAt(n, { std });
    return [
      ...stacked(`${at}.attention.self`, "qkv", ["query", "key", "value"], hidden, hidden),
      ...linear(`${at}.attention.output.dense`, hidden, hidden),
      ...norm(`${at}.attention.output.LayerNorm`, hidden),
      ...linear(`${at}.intermediate.dense`, hidden, inner),
      ...linear(`${at}.output.dense`, inner, hidden, { contracts: true }),
      ...norm(`${at}.output.LayerNorm`, hidden),
    ];
  };
  return [
    table(`${prefix}.embeddings.word_embeddings`, vocabulary, embeddingSize, {
      isVocabulary: true,
      initial: { std, zeroRow: paddingId },
    }),
    table(`${prefix}.embeddings.position_embeddings`, config.max_position_embeddings, embeddingSize),
    table(`${prefix}.embeddings.token_type_embeddings`, config.type_vocab_size, embeddingSize),
    ...norm(`${prefix}.embeddings.LayerNorm`, embeddingSize),
    ...(embeddingSize === hidden ? [] : project(`${prefix}.embeddings_project`, embeddingSize, hidden)),
    ...Array.from({ length: config.num_hidden_layers }, (_, n) =>
      layer(`${prefix}.encoder.layer.${n}`, n),
    ).flat(),
  ];
}

function encode(
  config: BertConfig,
  { prefix, embeddingSize }: BertTraits,
  ops: WeightOps,
  batch: Batch,
  dropout: Dropout,
): Tensor {
  const { linear, embedding } = ops;
  const layerNorm = (at: string, x: Tensor) => ops.layerNorm(`${at}.LayerNorm`, x, config.layer_norm_eps);

  function embeddings(at: string): Tensor {
    const words = embedding(`${at}.word_embeddings`, batch.words);
    const types = embedding(`${at}.token_type_embeddings`, batch.tokenTypes!);
    const positions = embedding(`${at}.position_embeddings`, batch.positions!);
    return dropout.embeddings(at, layerNorm(at, add(add(words, types), positions))); // [rows, embedding size]
  }

  function selfAttention(at: string, x: Tensor): Tensor {
    const queryKeyValue = split(linear(`${at}.qkv`, x), 3);
    return attention(queryKeyValue, batch.whole, (weights) => dropout.attention(at, weights)); // [rows, hidden]
  }

  const layer = bertLayer(config, ops, dropout, selfAttention);
  let x = embeddings(`${prefix}.embeddings`);
  if (embeddingSize !== config.hidden_size) x = linear(`${prefix}.embeddings_project`, x);
  for (let n = 0; n < config.num_hidden_layers; n++) {
    const last = n === config.num_hidden_layers - 1;
    x = layer(`${prefix}.encoder.layer.${n}`, x, last ? batch.labelled : (rows) => rows);
  }
  return x; // [labelled, hidden]
}

/**
 * Returns a layer of BERT: attention and a feed-forward network, each with a sum and a normalisation after it.
 *
 * @param selfAttention `[rows, hidden] → [rows, hidden]`, with the weights at the name that it is given
 */
export function bertLayer(
  config: Pick<BertConfig, "hidden_act" | "layer_norm_eps">,
  { linear, layerNorm }: WeightOps,
  dropout: Dropout,
  selfAttention: (at: string, x: Tensor) => Tensor,
) {
  const activation = activations[config.hidden_act]!;
  const norm = (at: string, x: Tensor) => layerNorm(`${at}.LayerNorm`, x, config.layer_norm_eps);
  return (at: string, x: Tensor, select: (rows: Tensor) => Tensor): Tensor => {
    const attended = select(selfAttention(`${at}.attention.self`, x));
    const projected = linear(`${at}.attention.output.dense`, attended);
    const y = norm(
      `${at}.attention.output`,
      add(dropout.hidden(`${at}.attention.output`, projected), select(x)),
    );
    const expanded = rematerialise(activation(linear(`${at}.intermediate.dense`, y))); // [rows, intermediate]
    const contracted = linear(`${at}.output.dense`, expanded);
    return norm(`${at}.output`, add(dropout.hidden(`${at}.output`, contracted), y));
  };
}
