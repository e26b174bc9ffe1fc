import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encoderOf, parameters, parseConfig, storedParts } from "../../src/models/index.js";
import { type TensorToWrite, writeSafetensors } from "../../src/safetensors/index.js";
import { normal } from "../../src/train/random.js";

export const iob2 = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];

const characters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éüñ"];
const vocabulary = [
  ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
  ...characters,
  ...characters.map((character) => `##${character}`),
  ...".,;:!?'\"()-東京大阪",
  ...["Wolff", "Berlin", "Anna", "the", "in", "lives", "city"],
];

interface TinyModel {
  readonly labels?: readonly string[];
  readonly head?: boolean;
  /** One word for each label: the model gives it that label, whatever stands around it. */
  readonly reads?: readonly string[];
}

/** Writes the folder of a BERT with random weights: it finds entities everywhere, always the same ones. */
export async function writeTinyModel(
  folder: string,
  { labels = iob2, head = true, reads }: TinyModel = {},
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const json = {
    model_type: "bert",
    architectures: [head ? "BertForTokenClassification" : "BertModel"],
    vocab_size: vocabulary.length,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 64,
    pad_token_id: 0,
    ...(head && {
      id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
      label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    }),
  };
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("config.json", JSON.stringify(json));
  write("vocab.txt", `${vocabulary.join("\n")}\n`);
  write(
    "tokenizer_config.json",
    JSON.stringify({ tokenizer_class: "BertTokenizer", do_lower_case: false, model_max_length: 64 }),
  );
  const random = randomWeights(json, labels.length, head);
  const weights = reads === undefined ? random : random.map((tensor) => reading(tensor, reads));
  await writeSafetensors(join(folder, "model.safetensors"), weights);
  return folder;
}

function randomWeights(json: object, labels: number, head: boolean): TensorToWrite[] {
  const config = parseConfig(json, "config.json");
  const all = parameters(encoderOf(config), labels).flatMap(storedParts);
  const wanted = head ? all : all.filter(({ name }) => !name.startsWith("classifier."));
  return wanted.map(({ name, shape }, seed) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = normal(count, 0.4, seed);
    if (name === "classifier.bias") data[0] = 3; // Some words are outside entities.
    return { name, shape, data: name.endsWith("LayerNorm.weight") ? data.map((value) => 1 + value) : data };
  });
}

/** The weights that pass each word's own vector on to the label of the same number. */
function reading({ name, shape, data }: TensorToWrite, reads: readonly string[]): TensorToWrite {
  const values = new Float32Array(data.length).fill(name.endsWith("LayerNorm.weight") ? 1 : 0);
  const width = shape[1] ?? 1;
  reads.forEach((word, label) => {
    if (name.endsWith("word_embeddings.weight")) values[vocabulary.indexOf(word) * width + label] = 10;
    if (name === "classifier.weight") values[label * width + label] = 1;
  });
  return { name, shape, data: values };
}
