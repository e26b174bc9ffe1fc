import { join } from "node:path";
import { writeFileAtomically } from "../files/index.js";
import { architecture } from "../models/index.js";
import { writeSafetensors } from "../models/safetensors/index.js";
import type { Prepared } from "./prepare.js";

/** Writes what `Trainer.save_model` leaves: config.json, model.safetensors and the tokenizer's files. */
export async function writeModel(folder: string, { config, weights, tokenizer }: Prepared): Promise<void> {
  await writeSafetensors(join(folder, "model.safetensors"), weights.tensors());
  await tokenizer.save(folder);
  const saved = {
    ...config,
    architectures: [architecture(config)],
    dtype: "float32",
    torch_dtype: undefined,
  };
  await writeJson(join(folder, "config.json"), sorted(saved));
}

/** JSON as Python's `json.dumps(indent=2)` lays it out, with a newline at the end. */
export const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`);

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
