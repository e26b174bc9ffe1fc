import { encoderOf, type ModelConfig, storedParts } from "../models/index.js";
import type { TensorToWrite } from "../safetensors/index.js";
import { initialValues } from "../train/prepare/initialValues.js";

/** Returns the initial weights of an encoder, as HF's `_init_weights` draws them. Each tensor has a seed of its own. */
export const randomEncoder = (config: ModelConfig, seed: number): readonly TensorToWrite[] =>
  encoderOf(config)
    .parameters()
    .flatMap((parameter, index) =>
      storedParts(parameter).map(({ name, shape }, part) => ({
        name,
        shape,
        data: () => [initialValues(parameter, shape, seed + 100 * index + part)],
      })),
    );
