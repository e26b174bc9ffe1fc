/**
 * BERT (https://arxiv.org/abs/1810.04805) and RoBERTa (https://arxiv.org/abs/1907.11692) for token classification, as in
 * transformers' modeling_bert.py and modeling_roberta.py. XLM-RoBERTa and CamemBERT are RoBERTa with other weights.
 *
 * RoBERTa differs in two things: positions begin after the padding id, and its token types are all of one kind.
 *
 * Activations are `[rows, hidden]`: packed, the sequences of a batch one after the other without padding, in an exported
 * model with it. Only attention sees sequences. The last layer computes, after its attention, only the rows whose logits are wanted.
 */
import {
  add,
  gelu,
  layerNorm,
  matmul,
  relu,
  rematerialise,
  softmax,
  split,
  type Tensor,
} from "../../graph/index.js";
import type { Batch, Packing } from "../batch/packed.js";
import type { ModelConfig } from "../config.js";
import type { Dropout } from "../dropout.js";
import { floatWeightOps, type WeightOps } from "../quantized/weightOps.js";
import type { Parameter } from "../weights/parameters.js";

export interface Traits {
  /** What the names of the encoder's weights begin with. */
  readonly prefix: string;
  /** Position of a sequence's first piece. */
  readonly firstPosition: number;
}

export function traits(config: ModelConfig): Traits {
  if (config.model_type === "bert") return { prefix: "bert", firstPosition: 0 };
  return { prefix: "roberta", firstPosition: (config.pad_token_id ?? 1) + 1 };
}

/** Sub-tokens that a sequence may have: one for each position that the model has an embedding for. */
export const positions = (config: ModelConfig): number =>
  config.max_position_embeddings - traits(config).firstPosition;

export const packing = (config: ModelConfig): Packing => ({
  firstPosition: traits(config).firstPosition,
  heads: config.num_attention_heads,
});

/** Name of the word-embedding table, whose unused rows a training run leaves out. */
export const wordEmbeddings = (config: ModelConfig): string =>
  `${traits(config).prefix}.embeddings.word_embeddings.weight`;

/** All parameters; `vocabulary` rows of word embeddings, `labels` classes. */
export function parameters(config: ModelConfig, vocabulary: number, labels: number): readonly Parameter[] {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const { prefix } = traits(config);
  const table = (at: string, rows: number): Parameter => ({ name: `${at}.weight`, shape: [rows, hidden] });
  const dense = (at: string, from: number, to: number): Parameter[] => [
    { name: `${at}.weight`, shape: [to, from] },
    { name: `${at}.bias`, shape: [to] },
  ];
  const norm = (at: string): Parameter[] => [
    { name: `${at}.LayerNorm.weight`, shape: [hidden] },
    { name: `${at}.LayerNorm.bias`, shape: [hidden] },
  ];
  const queryKeyValue = (at: string): Parameter[] =>
    dense(`${at}.qkv`, hidden, 3 * hidden).map(({ name, shape }) => ({
      name,
      shape,
      parts: ["query", "key", "value"].map((part) => name.replace("qkv", part)),
    }));
  const layer = (at: string): Parameter[] => [
    ...queryKeyValue(`${at}.attention.self`),
    ...dense(`${at}.attention.output.dense`, hidden, hidden),
    ...norm(`${at}.attention.output`),
    ...dense(`${at}.intermediate.dense`, hidden, inner),
    ...dense(`${at}.output.dense`, inner, hidden),
    ...norm(`${at}.output`),
  ];
  return [
    table(`${prefix}.embeddings.word_embeddings`, vocabulary),
    table(`${prefix}.embeddings.position_embeddings`, config.max_position_embeddings),
    table(`${prefix}.embeddings.token_type_embeddings`, config.type_vocab_size),
    ...norm(`${prefix}.embeddings`),
    ...Array.from({ length: config.num_hidden_layers }, (_, n) =>
      layer(`${prefix}.encoder.layer.${n}`),
    ).flat(),
    ...dense("classifier", hidden, labels),
  ];
}

/**
 * Logits of the batch's labelled pieces: `[labelled, labels]`.
 *
 * @param p gives a parameter by its name
 * @param layers how large weights are applied; by default as the floats that `p` gives
 */
export function logits(
  config: ModelConfig,
  p: (name: string) => Tensor,
  batch: Batch,
  dropout: Dropout,
  layers: WeightOps = floatWeightOps(p),
): Tensor {
  const { prefix } = traits(config);
  const { hidden_size: hidden, num_attention_heads: heads, layer_norm_eps: epsilon } = config;
  const headSize = hidden / heads;
  const activation = config.hidden_act === "gelu" ? gelu : relu;

  const dense = layers.linear;
  const norm = (at: string, x: Tensor): Tensor =>
    layerNorm(x, p(`${at}.LayerNorm.weight`), p(`${at}.LayerNorm.bias`), epsilon);

  function embeddings(at: string): Tensor {
    const words = layers.embedding(`${at}.word_embeddings`, batch.words);
    const types = layers.embedding(`${at}.token_type_embeddings`, batch.tokenTypes);
    const positions = layers.embedding(`${at}.position_embeddings`, batch.positions);
    return dropout.hidden(at, norm(at, add(add(words, types), positions))); // [rows, hidden]
  }

  function selfAttention(at: string, x: Tensor): Tensor {
    const [query, key, value] = split(dense(`${at}.qkv`, x), 3).map(batch.splitHeads);
    const scores = matmul(query!, key!, { transposeB: true, alpha: 1 / Math.sqrt(headSize) });
    const attentionWeights = softmax(add(scores, batch.attentionBias)); // [batch, heads, length, length]
    const context = matmul(dropout.attention(at, attentionWeights), value!); // [batch, heads, length, headSize]
    return batch.mergeHeads(context); // [rows, hidden]
  }

  function layer(at: string, x: Tensor, select: (rows: Tensor) => Tensor): Tensor {
    const attended = select(selfAttention(`${at}.attention.self`, x));
    const projected = dense(`${at}.attention.output.dense`, attended);
    const y = norm(
      `${at}.attention.output`,
      add(dropout.hidden(`${at}.attention.output`, projected), select(x)),
    );
    const expanded = rematerialise(activation(dense(`${at}.intermediate.dense`, y))); // [rows, intermediate]
    const contracted = dense(`${at}.output.dense`, expanded);
    return norm(`${at}.output`, add(dropout.hidden(`${at}.output`, contracted), y));
  }

  let x = embeddings(`${prefix}.embeddings`);
  for (let n = 0; n < config.num_hidden_layers; n++) {
    const last = n === config.num_hidden_layers - 1;
    x = layer(`${prefix}.encoder.layer.${n}`, x, last ? batch.labelled : (rows) => rows);
  }
  return dense("classifier", dropout.classifier("classifier", x)); // [labelled, labels]
}
