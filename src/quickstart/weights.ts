import type { ModelConfig } from "../models/index.js";
import { elements, parameters } from "../models/index.js";
import type { TensorToWrite } from "../safetensors/index.js";
import { normal } from "../train/random.js";

/**
 * Returns the initial weights of an encoder, as HF's `_init_weights` draws them: matrices and embeddings are
 * normally distributed with `initializer_range`, the embedding of padding and biases are 0, LayerNorm weights
 * are 1. Each tensor has a seed of its own.
 */
export function randomEncoder(config: ModelConfig, seed: number): readonly TensorToWrite[] {
  const all = parameters(config, config.vocab_size, 1).filter(({ name }) => !name.startsWith("classifier"));
  return all.flatMap(({ name, shape, parts }, index) => {
    const names = parts ?? [name];
    const part = [shape[0]! / names.length, ...shape.slice(1)];
    return names.map((each, place) => ({
      name: each,
      shape: part,
      data: () => [values(each, part, seed + 100 * index + place)],
    }));
  });

  function values(name: string, shape: readonly number[], ownSeed: number): Float32Array {
    const count = elements(shape);
    if (name.endsWith("bias")) return new Float32Array(count);
    if (name.includes("LayerNorm")) return new Float32Array(count).fill(1);
    const drawn = normal(count, config.initializer_range, ownSeed);
    const padding = (config.pad_token_id ?? 0) * config.hidden_size;
    if (name.includes("word_embeddings")) drawn.fill(0, padding, padding + config.hidden_size);
    return drawn;
  }
}
