import { configLabels, encoderOf, parameters, readConfig } from "../../../src/models/index.js";
import { mutateBytes } from "../mutate/bytes.js";
import { jsonOf, jsonText, mutateJson } from "../mutate/json.js";
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
].map(jsonOf);
const ALL = SEEDS.map((seed) => Buffer.from(jsonText(seed)));

/** `readConfig`, its labels and the parameters that it stands for. */
export const config: Reader = {
  name: "config",
  weight: 1,

  make(random) {
    let json = random.of(SEEDS);
    for (let edits = 1 + random.below(3); edits > 0; edits--)
      json = mutateJson(json, random.of(SEEDS), random);
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
    const encoder = encoderOf(read);
    const { maxLength } = encoder;
    requireThat(maxLength > 0 && maxLength < 2 ** 31, `${maxLength} positions`);
    const count = parameters(encoder, labels?.length ?? 2)
      .flatMap(({ shape }) => shape.reduce((product, size) => product * size, 1))
      .reduce((total, each) => total + each, 0);
    requireThat(Number.isSafeInteger(count), "more parameters than can be counted");
    // Written again with every model that is made of it.
    JSON.stringify(read);
  },
};
