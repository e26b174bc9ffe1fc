/** The conditional random field that a model may have behind its head: scores of moves between labels, in a file of their own. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { weightShape } from "../models/errors.js";
import { Owned } from "../owned.js";
import { openSafetensors, type TensorToWrite } from "../safetensors/index.js";
import { crfMissing } from "./errors.js";

/** Its file in a model's folder, which `crf` in the section `nerium` of config.json announces. */
export const CRF_FILE = "crf.safetensors";

/** The scores of moves between the labels of neighbouring words. */
export interface Transitions {
  /** Of each label at the first word. `[labels]` */
  readonly start: ArrayLike<number>;
  /** Of each label after each: `between[from * labels + to]`. `[labels, labels]` */
  readonly between: ArrayLike<number>;
  /** Of each label at the last word. `[labels]` */
  readonly end: ArrayLike<number>;
}

/** The tensors of a field's values, under pytorch-crf's names, and where each stands in them. */
const parts = (labels: number) => [
  { name: "transitions", shape: [labels, labels], from: 0, to: labels * labels },
  { name: "start_transitions", shape: [labels], from: labels * labels, to: labels * (labels + 1) },
  { name: "end_transitions", shape: [labels], from: labels * (labels + 1), to: labels * (labels + 2) },
];

/** Floats of a field. */
export const crfSize = (labels: number): number => labels * (labels + 2);

/** A field's values as moves; views, not copies. */
export function transitionsOf<T extends Float32Array | Float64Array>(values: T, labels: number) {
  const [between, start, end] = parts(labels).map(({ from, to }) => values.subarray(from, to) as T);
  return { between: between!, start: start!, end: end! };
}

/** Moves as a field's values. */
export const crfValues = ({ between, start, end }: Transitions): Float32Array =>
  Float32Array.from([between, start, end].flatMap((list) => Array.from(list)));

/** Values as tensors to be written; `suffix` stands behind their names. */
export const crfTensors = (values: Float32Array, labels: number, suffix = ""): TensorToWrite[] =>
  parts(labels).map(({ name, shape, from, to }) => ({
    name: `${name}${suffix}`,
    shape,
    data: values.subarray(from, to),
  }));

/**
 * Reads values from a file of a folder; by default the model's own.
 *
 * @throws NeriumError MODEL_CRF_MISSING, MODEL_TENSOR_SHAPE
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
  const values = new Float32Array(crfSize(labels));
  await Owned.during(async (owned) => {
    const source = owned.own(await openSafetensors(path), "close");
    for (const { name, shape, from, to } of parts(labels)) {
      const stored = `${name}${suffix}`;
      const got = source.tensors.get(stored)?.shape ?? [];
      if (got.join() !== shape.join()) throw weightShape(path, stored, got, shape);
      await source.readInto(stored, values.subarray(from, to));
    }
  });
  return values;
}
