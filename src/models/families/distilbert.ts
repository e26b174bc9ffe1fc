/**
 * DistilBERT (https://arxiv.org/abs/1910.01108), as in transformers' modeling_distilbert.py: BERT without token types, with
 * names of its own, and without dropout between attention and the sum after it.
 */
import { z } from "zod";
import { add, rematerialise, split, type Tensor } from "../../graph/index.js";
import type { Batch } from "../batch/batch.js";
import { configSchema } from "../config.js";
import type { Dropout } from "../dropout.js";
import { configUnreadable, configUnsupported } from "../errors.js";
import type { EncoderFamily } from "../family.js";
import { type Parameter, parametersAt } from "../parameter.js";
import type { WeightOps } from "../quantized/weightOps.js";
import { activations, attention, layerCount, probability, size, small, storedNames, width } from "./parts.js";

const keys = configSchema({
  vocab_size: size,
  dim: width.default(768),
  n_layers: layerCount.default(6),
  n_heads: width.default(12),
  hidden_dim: size.default(3072),
  activation: z.string().default("gelu"),
  dropout: probability.default(0.1),
  attention_dropout: probability.default(0.1),
  max_position_embeddings: size.default(512),
  initializer_range: small.default(0.02),
  pad_token_id: z.int().nonnegative().nullish(),
});
type DistilBertConfig = z.infer<typeof keys>;

/** Its own names of the keys that other families have. A config may have either; the others' go before. */
const OWN_NAMES = { hidden_size: "dim", num_attention_heads: "n_heads", num_hidden_layers: "n_layers" };

const schema = z.preprocess((json) => {
  if (typeof json !== "object" || json === null) return json;
  const values: Record<string, unknown> = { ...json };
  for (const [usual, own] of Object.entries(OWN_NAMES)) {
    if (values[usual] !== undefined) values[own] = values[usual];
    delete values[usual];
  }
  return values;
}, keys);

export const distilbert: EncoderFamily<DistilBertConfig> = {
  goodFor: "Half of BERT's layers: half of the time, and nearly its F1.",
  pretrained: [
    {
      name: "distilbert/distilbert-base-cased",
      parameters: 65,
      longest: 512,
      languages: "English",
      license: "Apache-2.0",
    },
    {
      name: "distilbert/distilbert-base-multilingual-cased",
      parameters: 135,
      longest: 512,
      languages: "104 languages",
      license: "Apache-2.0",
    },
  ],
  architectures: { distilbert: "DistilBertForTokenClassification" },
  schema,
  check(config, file) {
    const implemented = Object.keys(activations);
    if (!implemented.includes(config.activation))
      throw configUnsupported(file, "activation", config.activation, implemented.join(", "));
    if (config.dim % config.n_heads !== 0)
      throw configUnreadable(file, `dim ${config.dim} is not a multiple of n_heads ${config.n_heads}`);
  },
  small: ({ maxLength }) => ({
    activation: "gelu",
    attention_dropout: 0.1,
    dim: 128,
    dropout: 0.1,
    hidden_dim: 512,
    initializer_range: 0.02,
    max_position_embeddings: maxLength,
    n_heads: 4,
    n_layers: 3,
  }),
  encoder: (config) => ({
    vocabularySize: config.vocab_size,
    hiddenSize: config.dim,
    layers: config.n_layers,
    maxLength: config.max_position_embeddings,
    paddingId: config.pad_token_id ?? 0,
    classifierInitial: { std: config.initializer_range },
    dropout: {
      embeddings: config.dropout,
      hidden: config.dropout,
      attention: config.attention_dropout,
      classifier: config.dropout,
    },
    dropoutKeys: {
      embeddings: "dropout",
      hidden: "dropout",
      attention: "attention_dropout",
      classifier: "dropout",
    },
    features: { heads: config.n_heads, positionIds: {} },
    parameters: (vocabulary = config.vocab_size) => parameters(config, vocabulary),
    encode: (ops, batch, dropout) => encode(config, ops, batch, dropout),
    storedNames: (name) => storedNames("distilbert", name),
    ignores: (stored) => stored.endsWith("position_ids"),
  }),
};

function parameters(config: DistilBertConfig, vocabulary: number): readonly Parameter[] {
  const { dim, hidden_dim: inner, initializer_range: std } = config;
  const { table, norm } = parametersAt("embeddings", { std });
  const layer = (at: string, n: number): readonly Parameter[] => {
    const { linear, norm, stacked } = parametersAt(n, { std });
    return [
      ...stacked(`${at}.attention`, "qkv", ["q_lin", "k_lin", "v_lin"], dim, dim),
      ...linear(`${at}.attention.out_lin`, dim, dim),
      ...norm(`${at}.sa_layer_norm`, dim),
      ...linear(`${at}.ffn.lin1`, dim, inner),
      ...linear(`${at}.ffn.lin2`, inner, dim, { contracts: true }),
      ...norm(`${at}.output_layer_norm`, dim),
    ];
  };
  return [
    table("distilbert.embeddings.word_embeddings", vocabulary, dim, {
      isVocabulary: true,
      initial: { std, zeroRow: config.pad_token_id ?? 0 },
    }),
    table("distilbert.embeddings.position_embeddings", config.max_position_embeddings, dim),
    ...norm("distilbert.embeddings.LayerNorm", dim),
    ...Array.from({ length: config.n_layers }, (_, n) =>
      layer(`distilbert.transformer.layer.${n}`, n),
    ).flat(),
  ];
}

function encode(config: DistilBertConfig, ops: WeightOps, batch: Batch, dropout: Dropout): Tensor {
  const { linear, embedding } = ops;
  const activation = activations[config.activation]!;
  const layerNorm = (at: string, x: Tensor) => ops.layerNorm(at, x, 1e-12);
  const at = "distilbert.embeddings";
  const summed = add(
    embedding(`${at}.word_embeddings`, batch.words),
    embedding(`${at}.position_embeddings`, batch.positions!),
  );
  let x = dropout.embeddings(at, layerNorm(`${at}.LayerNorm`, summed)); // [rows, dim]
  for (let n = 0; n < config.n_layers; n++) {
    const at = `distilbert.transformer.layer.${n}`;
    const select = n === config.n_layers - 1 ? batch.labelled : (rows: Tensor) => rows;
    const queryKeyValue = split(linear(`${at}.attention.qkv`, x), 3);
    const attended = select(
      attention(queryKeyValue, batch.whole, (weights) => dropout.attention(`${at}.attention`, weights)),
    );
    const y = layerNorm(`${at}.sa_layer_norm`, add(linear(`${at}.attention.out_lin`, attended), select(x)));
    const expanded = rematerialise(activation(linear(`${at}.ffn.lin1`, y))); // [rows, hidden_dim]
    const contracted = dropout.hidden(`${at}.ffn`, linear(`${at}.ffn.lin2`, expanded));
    x = layerNorm(`${at}.output_layer_norm`, add(contracted, y));
  }
  return x; // [labelled, dim]
}
