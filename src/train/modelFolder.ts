import { join } from "node:path";
import { type FsPort, nodeFs, writeFileAtomically } from "../files/index.js";
import { architecture } from "../models/index.js";
import { type TensorToWrite, writeSafetensors } from "../models/safetensors/index.js";
import type { Prepared } from "./prepare.js";

/** HF Trainer's record of a run. */
export const TRAINER_STATE = "trainer_state.json";

/**
 * Writes what `Trainer.save_model` leaves: config.json, model.safetensors and the tokenizer's files.
 *
 * @param options.weights default: as they stand
 */
export async function writeModel(
  folder: string,
  { config, weights, tokenizer }: Prepared,
  options: { readonly weights?: readonly TensorToWrite[]; readonly fs?: FsPort } = {},
): Promise<void> {
  const { fs = nodeFs } = options;
  const file = join(folder, "model.safetensors");
  await writeSafetensors(file, options.weights ?? weights.tensors(), { format: "pt" }, fs);
  await tokenizer.save(folder, fs);
  const saved = {
    ...config,
    architectures: [architecture(config)],
    dtype: "float32",
    torch_dtype: undefined,
  };
  await writeJson(join(folder, "config.json"), sorted(saved), fs);
}

/** JSON as Python's `json.dumps(indent=2)` lays it out, with a newline at the end. */
export const writeJson = (path: string, value: unknown, fs: FsPort = nodeFs): Promise<void> =>
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, fs);

/** Keys in alphabetical order, as transformers writes a config. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
