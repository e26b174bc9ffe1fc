import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  encoderOf,
  type ModelConfig,
  parameters,
  parseConfig,
  type Sequence,
  storedParts,
} from "../../src/models/index.js";
import { writeSafetensors } from "../../src/safetensors/index.js";
import { normal } from "../../src/train/random.js";

export const LABELS = 5;

/** The folder of an encoder of some family with random weights, without a tokenizer: it takes ids. */
export async function writeRandomModel(folder: string, family: "bert" | "roberta"): Promise<ModelConfig> {
  const json = {
    model_type: family,
    vocab_size: 50,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 24,
    type_vocab_size: family === "bert" ? 2 : 1,
    pad_token_id: family === "bert" ? 0 : 1,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), JSON.stringify(json));
  const config = parseConfig(json, "config.json");
  const tensors = parameters(encoderOf(config), LABELS).flatMap(storedParts);
  await writeSafetensors(
    join(folder, "model.safetensors"),
    tensors.map(({ name, shape }, seed) => {
      const data = normal(
        shape.reduce((a, b) => a * b, 1),
        0.4,
        seed,
      );
      return { name, shape, data: name.endsWith("LayerNorm.weight") ? data.map((value) => 1 + value) : data };
    }),
  );
  return config;
}

/** Sequences of very different lengths: whatever runs them together has to pad. */
export const sequences: readonly Sequence[] = [3, 17, 1, 9, 17, 2].map((length, seed) => {
  const ids = Int32Array.from({ length }, (_, at) => 2 + ((at * 7 + seed * 13) % 48));
  return { ids, labelled: Int32Array.from(ids.keys()) };
});
