import { input } from "../../../src/graph/index.js";
import {
  batchTensors,
  configLabels,
  type Encoder,
  encoderOf,
  floatWeightOps,
  labelsOf,
  logits,
  noDropout,
  paddedBatch,
  parameters,
  readConfig,
} from "../../../src/models/index.js";
import { tinyConfigs } from "../../models/tinyConfigs.js";
import { mutateBytes } from "../mutate/bytes.js";
import { type Json, jsonOf, jsonText, mutateJson } from "../mutate/json.js";
import type { Random } from "../mutate/random.js";
import { type Reader, requireThat } from "../reader.js";
import { fillFolder } from "./folder.js";

const NAME = "config.json";
const LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"];

const inverse = (labels: readonly string[]) => ({
  id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
  label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
});

const BERT = {
  architectures: ["BertForTokenClassification"],
  model_type: "bert",
  vocab_size: 28996,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 128,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  classifier_dropout: null,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
  initializer_range: 0.02,
  pad_token_id: 0,
  position_embedding_type: "absolute",
  is_decoder: false,
  add_cross_attention: false,
  torch_dtype: "float32",
  transformers_version: "5.23.0",
};

const SEEDS = [
  BERT,
  { ...BERT, ...inverse(LABELS) },
  { ...BERT, model_type: "roberta", pad_token_id: 1, type_vocab_size: 1, ...inverse(LABELS), num_labels: 5 },
  { model_type: "xlm-roberta", vocab_size: 250002, task_specific_params: { a: { b: [1, 2] } } },
  { ...BERT, model_type: "camembert", ...inverse(["LABEL_0", "LABEL_1"]) },
  ...Object.entries(tinyConfigs).map(([model_type, sizes]) => ({
    ...{ model_type, vocab_size: 100, ...sizes },
    ...inverse(LABELS),
  })),
  {
    ...{ model_type: "deberta-v2", vocab_size: 100, ...tinyConfigs["deberta-v2"] },
    ...{ embedding_size: 16, attention_head_size: 16, max_relative_positions: 64, type_vocab_size: 2 },
    ...{ share_att_key: false, position_biased_input: true, pos_att_type: "c2p|p2c", num_labels: 5 },
    ...{ conv_kernel_size: 3, conv_groups: 1, conv_act: "gelu" },
  },
  {
    ...{ model_type: "modernbert", vocab_size: 100, ...tinyConfigs.modernbert, num_labels: 3 },
    ...{ layer_types: ["full_attention", "sliding_attention"], initializer_cutoff_factor: 2 },
    rope_parameters: { full_attention: { rope_theta: 160_000, rope_type: "default" } },
  },
  {
    ...{ model_type: "eurobert", vocab_size: 100, ...tinyConfigs.eurobert, head_dim: 16 },
    ...{ rope_theta: 250_000, mlp_bias: true, attention_bias: true },
  },
].map(jsonOf);
const ALL = SEEDS.map((seed) => Buffer.from(jsonText(seed)));

/** Numbers that no geometry has, and some that are only odd. */
const SIZES = [0, -1, 1, 2, 3, 6, 7, 64, 1000, 1001, 65_536, 65_537, 1e7, 1e9, 2 ** 31, 2 ** 53, 0.5, 1e308];

/** A config.json with another number in the place of one. */
function otherSize(json: Json, random: Random): Json {
  if (!("entries" in json)) return json;
  const numbers = json.entries.filter(([, value]) => "raw" in value && /^[\d.e+-]+$/.test(value.raw));
  if (numbers.length === 0) return json;
  const chosen = random.of(numbers);
  const raw = String(random.of(SIZES));
  return {
    entries: json.entries.map((entry) => (entry === chosen ? ([entry[0], { raw }] as const) : entry)),
  };
}

/** Layers of an encoder whose forward pass is built: a thousand would take a second. */
const FEW_LAYERS = 8;

/** Builds the forward pass; every operation checks the shapes that it is given. */
function build(encoder: Encoder, labels: number): void {
  const shapes = new Map(parameters(encoder, labels).map(({ name, shape }) => [name, shape]));
  const ops = floatWeightOps((name) => {
    const shape = shapes.get(name);
    return shape && input(name, "float32", shape);
  });
  for (const batch of [batchTensors(encoder.features), paddedBatch(encoder.features)])
    logits(encoder, ops, batch, noDropout);
}

/** `readConfig`, its labels, the parameters that it stands for and the forward pass. */
export const config: Reader = {
  name: "config",
  weight: 1,

  make(random) {
    let json = random.of(SEEDS);
    for (let edits = 1 + random.below(3); edits > 0; edits--)
      json = random.chance(0.4) ? otherSize(json, random) : mutateJson(json, random.of(SEEDS), random);
    const text = Buffer.from(jsonText(json));
    return { [NAME]: random.chance(0.2) ? mutateBytes(text, ALL, random) : text };
  },

  async read(files, folder) {
    fillFolder(folder, files);
    const read = await readConfig(folder);
    const labels = configLabels(read, NAME, () => {});
    if (labels !== undefined) {
      requireThat(labels.length > 0, "no labels");
      requireThat(
        labels.every((label) => typeof label === "string"),
        "a label is no text",
      );
      requireThat(new Set(labels).size === labels.length, "a label stands there twice");
    }
    const all = labelsOf(read, { file: NAME, warn: () => {} });
    requireThat(all.length > 0 && all.every((label) => label !== ""), "a model without labels");
    const encoder = encoderOf(read);
    const { maxLength } = encoder;
    requireThat(maxLength > 0 && maxLength < 2 ** 31, `${maxLength} positions`);
    if (encoder.layers <= FEW_LAYERS) build(encoder, all.length);
    const count = parameters(encoder, all.length)
      .flatMap(({ shape }) => shape.reduce((product, size) => product * size, 1))
      .reduce((total, each) => total + each, 0);
    requireThat(Number.isSafeInteger(count), "more parameters than can be counted");
    // Written again with every model that is made of it.
    JSON.stringify(read);
  },
};
