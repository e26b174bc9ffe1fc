/** The file of a model's conditional random field (CRF), which is optional. It contains the scores of label transitions. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { weightShape } from "../models/errors.js";
import { requireFinite } from "../models/index.js";
import { Owned } from "../owned.js";
import { openSafetensors, type TensorToWrite } from "../safetensors/index.js";
import { crfMissing } from "./errors.js";

/** The name of the file in a model's folder. It exists if `crf` is set in the section `nerium` of config.json. */
export const CRF_FILE = "crf.safetensors";

/** The scores of transitions between the labels of neighbouring words. */
export interface Transitions {
  /** The score of each label at the first word. `[labels]` */
  readonly start: ArrayLike<number>;
  /** The score of label `to` after label `from`: `between[from * labels + to]`. `[labels, labels]` */
  readonly between: ArrayLike<number>;
  /** The score of each label at the last word. `[labels]` */
  readonly end: ArrayLike<number>;
}

/** Returns the tensors of a CRF, under the names of pytorch-crf, and the range of each in the CRF's flat array of values. */
export const transitionParts = (labels: number) => [
  { name: "transitions", shape: [labels, labels], from: 0, to: labels * labels },
  { name: "start_transitions", shape: [labels], from: labels * labels, to: labels * (labels + 1) },
  { name: "end_transitions", shape: [labels], from: labels * (labels + 1), to: labels * (labels + 2) },
];

/** Returns the number of floats in a CRF. */
export const crfSize = (labels: number): number => labels * (labels + 2);

/** Returns the transitions in a CRF's values, as views, not copies. */
export function transitionsOf<T extends Float32Array | Float64Array>(values: T, labels: number) {
  const [between, start, end] = transitionParts(labels).map(({ from, to }) => values.subarray(from, to) as T);
  return { between: between!, start: start!, end: end! };
}

/** Returns transitions as a CRF's values. */
export const crfValues = ({ between, start, end }: Transitions): Float32Array =>
  Float32Array.from([between, start, end].flatMap((list) => Array.from(list)));

/** Returns a CRF's values as tensors to write. `suffix` is appended to their names. */
export const crfTensors = (values: Float32Array, labels: number, suffix = ""): TensorToWrite[] =>
  transitionParts(labels).map(({ name, shape, from, to }) => ({
    name: `${name}${suffix}`,
    shape,
    data: values.subarray(from, to),
  }));

/**
 * Reads a CRF's values from a file in a folder. `file` defaults to the model's own CRF file.
 *
 * @throws NeriumError MODEL_CRF_MISSING, MODEL_TENSOR_SHAPE, MODEL_NOT_FINITE
 */
export async function readCrf(
  folder: string,
  labels: number,
  { file = CRF_FILE, suffix = "" }: { readonly file?: string; readonly suffix?: string } = {},
): Promise<Float32Array> {
  const path = join(folder, file);
  await access(path).catch(() => {
    throw crfMissing(path);
  });
  return Owned.during(async (owned) => {
    const source = owned.own(await openSafetensors(path), "close");
    const all = transitionParts(labels).map((part) => ({ ...part, stored: `${part.name}${suffix}` }));
    // Before the memory is allocated: config.json may claim any number of labels.
    for (const { shape, stored } of all) {
      const got = source.tensors.get(stored)?.shape ?? [];
      if (got.join() !== shape.join()) throw weightShape(path, stored, got, shape);
    }
    const values = new Float32Array(crfSize(labels));
    for (const { stored, from, to } of all) await source.readInto(stored, values.subarray(from, to));
    return requireFinite(values, path);
  });
}
