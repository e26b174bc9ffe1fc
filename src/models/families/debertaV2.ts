/**
 * DeBERTa versions 2 and 3 (https://arxiv.org/abs/2006.03654, https://arxiv.org/abs/2111.09543) and mDeBERTa, as in transformers'
 * modeling_deberta_v2.py.
 *
 * It is BERT whose attention also depends on the distance between two tokens: on the query and the distance, and on the key and
 * the distance. Distances have a table of their own; large ones share its rows.
 */
import { z } from "zod";
import {
  add,
  concat,
  constant,
  lookup,
  matmul,
  reshape,
  skew,
  softmax,
  type Tensor,
  tanh,
  transpose,
} from "../../graph/index.js";
import type { Batch } from "../batch/batch.js";
import { configSchema } from "../config.js";
import type { Dropout } from "../dropout.js";
import { configUnreadable, configUnsupported } from "../errors.js";
import type { EncoderFamily } from "../family.js";
import { type Parameter, parametersAt } from "../parameter.js";
import type { WeightOps } from "../quantized/weightOps.js";
import { bertLayer } from "./bert.js";
import { activations, layerCount, probability, size, small, storedNames, width } from "./parts.js";
import { distanceRows, type RelativePositions } from "./relativePositions.js";

/** Parts of attention that depend on distances: of the query and the distance, and of the key and the distance. */
const POSITION_TYPES = ["c2p", "p2c"];

const schema = configSchema({
  vocab_size: size.default(128_100),
  hidden_size: width.default(1536),
  num_hidden_layers: layerCount.default(24),
  num_attention_heads: width.default(24),
  intermediate_size: size.default(6144),
  hidden_act: z.string().default("gelu"),
  hidden_dropout_prob: probability.default(0.1),
  attention_probs_dropout_prob: probability.default(0.1),
  max_position_embeddings: size.default(512),
  type_vocab_size: z.int().nonnegative().max(10_000).default(0),
  layer_norm_eps: small.default(1e-7),
  initializer_range: small.default(0.02),
  pad_token_id: z.int().nonnegative().nullish(),
  embedding_size: width.nullish(),
  attention_head_size: width.nullish(),
  relative_attention: z.boolean().default(false),
  max_relative_positions: z.int().max(65_536).default(-1),
  position_buckets: z.int().max(65_536).default(-1),
  position_biased_input: z.boolean().default(true),
  norm_rel_ebd: z.string().default("none"),
  share_att_key: z.boolean().default(false),
  /** A list, or its parts joined by `|`. */
  pos_att_type: z
    .union([
      z.string().transform((joined) => joined.split("|").map((type) => type.trim().toLowerCase())),
      z.array(z.string()),
    ])
    .nullish()
    .transform((types) => (types ?? []).filter((type) => type !== "" && type !== "none")),
  conv_kernel_size: z.int().max(99).default(0),
  conv_groups: z.int().default(1),
  conv_act: z.string().default("tanh"),
});
type DebertaConfig = z.infer<typeof schema>;

export const debertaV2: EncoderFamily<DebertaConfig> = {
  goodFor: "The best F1 of its size, in English with DeBERTa-v3 and in many languages with mDeBERTa.",
  pretrained: [
    {
      name: "microsoft/deberta-v3-small",
      parameters: 142,
      longest: 512,
      languages: "English",
      license: "MIT",
    },
    {
      name: "microsoft/deberta-v3-base",
      parameters: 184,
      longest: 512,
      languages: "English",
      license: "MIT",
    },
    {
      name: "microsoft/deberta-v3-large",
      parameters: 435,
      longest: 512,
      languages: "English",
      license: "MIT",
    },
    {
      name: "microsoft/mdeberta-v3-base",
      parameters: 279,
      longest: 512,
      languages: "100 languages",
      license: "MIT",
    },
    {
      name: "almanach/camembertav2-base",
      parameters: 112,
      longest: 1024,
      languages: "French",
      license: "MIT",
    },
  ],
  architectures: { "deberta-v2": "DebertaV2ForTokenClassification" },
  schema,
  check,
  small: ({ maxLength }) => ({
    attention_probs_dropout_prob: 0.1,
    hidden_act: "gelu",
    hidden_dropout_prob: 0.1,
    hidden_size: 128,
    initializer_range: 0.02,
    intermediate_size: 512,
    layer_norm_eps: 1e-7,
    max_position_embeddings: maxLength,
    max_relative_positions: -1,
    norm_rel_ebd: "layer_norm",
    num_attention_heads: 4,
    num_hidden_layers: 3,
    pos_att_type: ["p2c", "c2p"],
    position_biased_input: false,
    position_buckets: 16,
    relative_attention: true,
    share_att_key: true,
    type_vocab_size: 0,
  }),
  encoder(config) {
    const { hidden_dropout_prob: hidden } = config;
    const relative = config.relative_attention ? distanceRows(config) : undefined;
    return {
      vocabularySize: config.vocab_size,
      hiddenSize: config.hidden_size,
      layers: config.num_hidden_layers,
      maxLength: config.max_position_embeddings,
      paddingId: config.pad_token_id ?? 0,
      classifierInitial: { std: config.initializer_range },
      dropout: {
        embeddings: hidden,
        hidden,
        attention: config.attention_probs_dropout_prob,
        classifier: hidden,
      },
      dropoutKeys: {
        embeddings: "hidden_dropout_prob",
        hidden: "hidden_dropout_prob",
        attention: "attention_probs_dropout_prob",
        classifier: "hidden_dropout_prob",
      },
      features: {
        heads: config.num_attention_heads,
        ...(config.position_biased_input && { positionIds: {} }),
        ...(config.type_vocab_size > 0 && { tokenTypes: "input" as const }),
        ...(relative && { farthest: relative.farthest }),
        ...(config.conv_kernel_size > 0 && { neighbours: (config.conv_kernel_size - 1) / 2 }),
      },
      parameters: (vocabulary = config.vocab_size) => parameters(config, relative, vocabulary),
      encode: (ops, batch, dropout) => encode(config, relative, ops, batch, dropout),
      storedNames: (name) => storedNames("deberta", name),
      ignores: (stored) => stored.endsWith("position_ids"),
    };
  },
};

function check(config: DebertaConfig, file: string): void {
  const implemented = Object.keys(activations);
  if (!implemented.includes(config.hidden_act))
    throw configUnsupported(file, "hidden_act", config.hidden_act, implemented.join(", "));
  const unknown = config.pos_att_type.filter((type) => !POSITION_TYPES.includes(type));
  if (unknown.length > 0) throw configUnsupported(file, "pos_att_type", unknown, POSITION_TYPES.join(", "));
  // Its table of distances would have no use.
  if (config.relative_attention && config.pos_att_type.length === 0)
    throw configUnsupported(
      file,
      "pos_att_type",
      [],
      `${POSITION_TYPES.join(", ")} if relative_attention is true`,
    );
  const { conv_kernel_size: kernel, conv_groups, conv_act } = config;
  if (kernel > 0) {
    if (kernel % 2 === 0) throw configUnsupported(file, "conv_kernel_size", kernel, "odd sizes");
    if (conv_groups !== 1) throw configUnsupported(file, "conv_groups", conv_groups, "1");
    if (!Object.hasOwn(convActivations, conv_act))
      throw configUnsupported(file, "conv_act", conv_act, Object.keys(convActivations).join(", "));
  }
  const { hidden_size: hidden, num_attention_heads: heads, attention_head_size: headSize } = config;
  if (hidden % heads !== 0)
    throw configUnreadable(file, `hidden_size ${hidden} is not a multiple of num_attention_heads ${heads}`);
  if (headSize != null && headSize * heads !== hidden)
    throw configUnreadable(
      file,
      `attention_head_size ${headSize} times num_attention_heads ${heads} is not hidden_size ${hidden}`,
    );
  if (config.relative_attention) distanceRows(config, (why) => configUnreadable(file, why));
}

/** The activations of the convolution. */
const convActivations = { ...activations, tanh };

/** Whether attention has a part of its own for the distance. */
const has = ({ relative_attention, pos_att_type }: DebertaConfig, type: "c2p" | "p2c"): boolean =>
  relative_attention && pos_att_type.includes(type);

function parameters(
  config: DebertaConfig,
  relative: RelativePositions | undefined,
  vocabulary: number,
): readonly Parameter[] {
  const { hidden_size: hidden, intermediate_size: inner, initializer_range: std } = config;
  const embeddingSize = config.embedding_size ?? hidden;
  const { table, norm, linear: project } = parametersAt("embeddings", { std });
  const layer = (at: string, n: number): readonly Parameter[] => {
    const { linear, norm } = parametersAt(n, { std });
    const self = `${at}.attention.self`;
    return [
      ...["query_proj", "key_proj", "value_proj"].flatMap((name) =>
        linear(`${self}.${name}`, hidden, hidden),
      ),
      ...(has(config, "c2p") && !config.share_att_key ? linear(`${self}.pos_key_proj`, hidden, hidden) : []),
      ...(has(config, "p2c") && !config.share_att_key
        ? linear(`${self}.pos_query_proj`, hidden, hidden)
        : []),
      ...linear(`${at}.attention.output.dense`, hidden, hidden),
      ...norm(`${at}.attention.output.LayerNorm`, hidden),
      ...linear(`${at}.intermediate.dense`, hidden, inner),
      ...linear(`${at}.output.dense`, inner, hidden, { contracts: true }),
      ...norm(`${at}.output.LayerNorm`, hidden),
    ];
  };
  const at = "deberta.embeddings";
  return [
    table(`${at}.word_embeddings`, vocabulary, embeddingSize, {
      isVocabulary: true,
      initial: { std, zeroRow: config.pad_token_id ?? 0 },
    }),
    ...(config.position_biased_input
      ? [table(`${at}.position_embeddings`, config.max_position_embeddings, embeddingSize)]
      : []),
    ...(config.type_vocab_size > 0
      ? [table(`${at}.token_type_embeddings`, config.type_vocab_size, embeddingSize)]
      : []),
    ...(embeddingSize === hidden ? [] : project(`${at}.embed_proj`, embeddingSize, hidden, { bias: false })),
    ...norm(`${at}.LayerNorm`, hidden),
    ...(relative ? [table("deberta.encoder.rel_embeddings", relative.rows, hidden)] : []),
    ...(isNormed(config) ? norm("deberta.encoder.LayerNorm", hidden) : []),
    ...(config.conv_kernel_size > 0 ? convolutionParameters(config) : []),
    ...Array.from({ length: config.num_hidden_layers }, (_, n) =>
      layer(`deberta.encoder.layer.${n}`, n),
    ).flat(),
  ];
}

/** A convolution over the embeddings, whose result is added after the first layer. */
function convolutionParameters({
  hidden_size: hidden,
  conv_kernel_size: kernel,
  initializer_range: std,
}: DebertaConfig) {
  const { linear, norm } = parametersAt(0, { std });
  const at = "deberta.encoder.conv";
  const [weight, bias] = linear(`${at}.conv`, hidden * kernel, hidden);
  return [{ ...weight!, storedShape: [hidden, hidden, kernel] }, bias!, ...norm(`${at}.LayerNorm`, hidden)];
}

/** Whether the table of distances is normalised. */
const isNormed = ({ relative_attention, norm_rel_ebd }: DebertaConfig): boolean =>
  relative_attention && norm_rel_ebd.split("|").some((each) => each.trim().toLowerCase() === "layer_norm");

function encode(
  config: DebertaConfig,
  relative: RelativePositions | undefined,
  ops: WeightOps,
  batch: Batch,
  dropout: Dropout,
): Tensor {
  const { linear, embedding } = ops;
  const heads = config.num_attention_heads;
  const headSize = config.hidden_size / heads;
  const layerNorm = (at: string, x: Tensor) => ops.layerNorm(`${at}.LayerNorm`, x, config.layer_norm_eps);
  const alpha = 1 / Math.sqrt(headSize * (1 + new Set(config.pos_att_type).size));

  function embeddings(at: string): Tensor {
    let x = embedding(`${at}.word_embeddings`, batch.words);
    if (batch.positions) x = add(x, embedding(`${at}.position_embeddings`, batch.positions));
    if (batch.tokenTypes) x = add(x, embedding(`${at}.token_type_embeddings`, batch.tokenTypes));
    if ((config.embedding_size ?? config.hidden_size) !== config.hidden_size)
      x = linear(`${at}.embed_proj`, x);
    return dropout.embeddings(at, layerNorm(at, x)); // [rows, hidden]
  }

  /** The table of distances: `[rows, hidden]`. */
  function relativeTable(at: string): Tensor {
    const table = ops.table(`${at}.rel_embeddings`);
    return isNormed(config) ? layerNorm(at, table) : table;
  }
  const table = relative && relativeTable("deberta.encoder");
  /** The rows of that table for the distances sign · (j − i) of a batch: `int64[2 · length]`. */
  const rowsOf = (sign: 1 | -1): Tensor =>
    lookup(
      constant(relative!.rowsOfDistances(sign), [2 * relative!.farthest + 1], "int64"),
      add(batch.distances!, constant([relative!.farthest], [], "int64")),
    );
  const tableRows = relative && { forward: rowsOf(1), backward: rowsOf(-1) };

  /** Scores of each of `x`, `[batch, heads, length, headSize]`, with the distances: `[batch, heads, length, length]`. */
  function scoresByDistance(x: Tensor, distances: Tensor): Tensor {
    const rows = distances.shape[0]!;
    // With three axes ONNX Runtime crashes on exported float16 files (microsoft/onnxruntime#28392).
    const byHead = transpose(reshape(distances, [1, rows, heads, headSize]), [0, 2, 1, 3]); // [1, heads, 2 · length, headSize]
    return skew(matmul(x, byHead, { transposeB: true, alpha }));
  }

  function selfAttention(at: string, x: Tensor): Tensor {
    const form = batch.whole;
    const queries = form.queries(linear(`${at}.query_proj`, x)); // [batch, heads, length, headSize]
    const keys = form.keys(linear(`${at}.key_proj`, x));
    let scores = matmul(queries, keys, { transposeB: true, alpha });
    if (table !== undefined && tableRows !== undefined) {
      const dropped = dropout.hidden(`${at}.rel_embeddings`, table);
      const [key, query] = config.share_att_key
        ? ["key_proj", "query_proj"]
        : ["pos_key_proj", "pos_query_proj"];
      // In row i of the queries' scores column j has the distance i − j, in row j of the keys' scores column i.
      if (has(config, "c2p"))
        scores = add(
          scores,
          scoresByDistance(queries, linear(`${at}.${key}`, lookup(dropped, tableRows.backward))),
        );
      if (has(config, "p2c")) {
        const ofKeys = scoresByDistance(keys, linear(`${at}.${query}`, lookup(dropped, tableRows.forward)));
        scores = add(scores, transpose(ofKeys, [0, 1, 3, 2]));
      }
    }
    const attentionWeights = dropout.attention(at, softmax(add(scores, form.bias)));
    return form.rows(matmul(attentionWeights, form.keys(linear(`${at}.value_proj`, x)))); // [rows, hidden]
  }

  const layer = bertLayer(config, ops, dropout, selfAttention);

  /** A convolution over each token and its neighbours, added to `residual`, the rows of `select`. */
  function convolution(at: string, x: Tensor, residual: Tensor, select: (rows: Tensor) => Tensor): Tensor {
    const reach = (config.conv_kernel_size - 1) / 2;
    const size = [x.shape[0]!, config.hidden_size, 1];
    const seen = Array.from({ length: config.conv_kernel_size }, (_, at) =>
      reshape(batch.neighbour!(x, at - reach), size),
    );
    const columns = reshape(concat(seen), [size[0]!, config.hidden_size * config.conv_kernel_size]);
    const convolved = dropout.hidden(`${at}.conv`, linear(`${at}.conv`, select(columns)));
    const activate = convActivations[config.conv_act as keyof typeof convActivations]!;
    return layerNorm(at, add(residual, activate(convolved)));
  }

  const embedded = embeddings("deberta.embeddings");
  let x = embedded;
  for (let n = 0; n < config.num_hidden_layers; n++) {
    const last = n === config.num_hidden_layers - 1;
    const select = last ? batch.labelled : (rows: Tensor) => rows;
    x = layer(`deberta.encoder.layer.${n}`, x, select);
    if (n === 0 && config.conv_kernel_size > 0) x = convolution("deberta.encoder.conv", embedded, x, select);
  }
  return x; // [labelled, hidden]
}
