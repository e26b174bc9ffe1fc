import { join } from "node:path";
import { CRF_FILE, crfTensors } from "../../crf/index.js";
import { attempt, type FsPort, nodeFs, writeFileAtomically } from "../../files/index.js";
import { architecture, areFinite, configText, type WeightsMoment } from "../../models/index.js";
import { type TensorToWrite, writeSafetensors } from "../../safetensors/index.js";
import { weightsNotFinite } from "../errors.js";
import type { Prepared } from "../prepare/prepare.js";

/**
 * Writes the same files as `Trainer.save_model`: config.json, model.safetensors and the tokenizer's files.
 * Also writes the conditional random field if the model has one.
 *
 * @param options.moment defaults to the present weights
 * @throws NeriumError TRAIN_WEIGHTS_NOT_FINITE, `FILES_…`
 */
export async function writeModel(
  folder: string,
  { config, weights, tokenizer, labels, ...prepared }: Prepared,
  options: { readonly moment?: WeightsMoment; readonly fs?: FsPort } = {},
): Promise<void> {
  const { fs = nodeFs } = options;
  const tensors = weights.tensors(options.moment).map(finite);
  await writeSafetensors(join(folder, "model.safetensors"), tensors, { format: "pt" }, fs);
  const crf = (options.moment ?? prepared).crf;
  const crfFile = join(folder, CRF_FILE);
  if (crf === undefined) await attempt(crfFile, "replace", () => fs.remove(crfFile));
  else await writeSafetensors(crfFile, crfTensors(crf, labels.length).map(finite), { format: "pt" }, fs);
  await tokenizer.save(folder, fs);
  const saved = {
    ...config,
    architectures: [architecture(config)],
    dtype: "float32",
    torch_dtype: undefined,
  };
  await writeFileAtomically(join(folder, "config.json"), configText(sorted(saved)), fs);
}

/** A tensor that throws while it is read if it contains a value that is infinite or not a number. */
function finite({ name, shape, data }: TensorToWrite): TensorToWrite {
  async function* pieces() {
    for await (const piece of data instanceof Float32Array ? [data] : data()) {
      if (!areFinite(piece)) throw weightsNotFinite(name);
      yield piece;
    }
  }
  return { name, shape, data: pieces };
}

/** Sorts keys alphabetically, as transformers does in a config. */
function sorted(object: object): Record<string, unknown> {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    return typeof value === "object" && value !== null ? sorted(value) : value;
  };
  return Object.fromEntries(
    Object.entries(object)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, inside(value)]),
  );
}
