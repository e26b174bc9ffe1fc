import { stat } from "node:fs/promises";
import { join } from "node:path";
import { attempt, writeFileAtomically } from "../files/index.js";
import {
  emit,
  externalWeights,
  fileWithWeights,
  float16Bits,
  standard,
  type WeightPlace,
  weight,
} from "../graph/index.js";
import {
  elements,
  encoderOf,
  type FormatTensor,
  type FormatValues,
  logits,
  type ModelConfig,
  noDropout,
  type ParameterReader,
  paddedBatch,
} from "../models/index.js";
import type { ExportedForm } from "./exportedForm.js";

/** Maximum size of a protobuf, less some room for the graph itself. */
export const LARGEST_FILE = 2 ** 31 - 2 ** 24;

/** In a separate weights file, weights begin at multiples of this, so that an engine can map them. */
const PAGE = 4096;

/** A file that was written. */
export interface WrittenOnnx {
  readonly file: string;
  /** Bytes of the file, and of the separate file with its weights if there is one. */
  readonly bytes: number;
  /** Whether the weights are in a separate file, `FILE_data`. */
  readonly externalData: boolean;
}

/**
 * Writes a model as ONNX into a folder, weight by weight: it is never in memory as a whole.
 *
 * @param largest maximum bytes of weights in the file; more than that go into a separate file, `FILE_data`
 */
export async function writeOnnx(
  folder: string,
  config: ModelConfig,
  reader: ParameterReader,
  { file, form, float }: ExportedForm,
  largest: number = LARGEST_FILE,
): Promise<WrittenOnnx> {
  const tensors = reader.parameters.flatMap((parameter) => form.tensors(parameter));
  const lengthOf = ({ type, shape }: FormatTensor) =>
    elements(shape) * (type === "float32" ? (float === "float16" ? 2 : 4) : 1);
  const lengths = new Map(tensors.map((tensor) => [tensor.name, lengthOf(tensor)]));
  const total = [...lengths.values()].reduce((a, b) => a + b, 0);
  const externalData = total > Math.min(largest, LARGEST_FILE);
  const places = externalData ? placesIn(`${file}_data`, lengths) : undefined;
  const model = exportedModel(config, tensors, { form, float }, places);
  const wanted = new Set(externalWeights(model));
  const bytesOf = (values: FormatValues): Uint8Array => {
    const stored = values instanceof Float32Array && float === "float16" ? float16Bits(values) : values;
    return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  };

  async function* weights(): AsyncGenerator<Uint8Array> {
    for (const parameter of reader.parameters) {
      const floats = new Float32Array(elements(parameter.shape));
      await reader.read(parameter, floats);
      const values = form.values(parameter, floats);
      for (const [index, { name }] of form.tensors(parameter).entries())
        if (wanted.has(name)) yield bytesOf(values[index]!);
    }
  }
  async function* inPages(): AsyncGenerator<Uint8Array> {
    for await (const bytes of weights()) {
      yield bytes;
      yield new Uint8Array(toPage(bytes.length) - bytes.length);
    }
  }

  const path = join(folder, file);
  if (externalData) {
    await writeFileAtomically(`${path}_data`, inPages());
    await writeFileAtomically(path, model);
  } else {
    await writeFileAtomically(
      path,
      fileWithWeights(model, (name) => lengths.get(name)!, weights()),
    );
  }
  const files = externalData ? [path, `${path}_data`] : [path];
  const sizes = await Promise.all(files.map((each) => attempt(each, "read", () => stat(each))));
  return { file, bytes: sizes.reduce((bytes, { size }) => bytes + size, 0), externalData };
}

/** Builds the ONNX model: from the inputs of {@link paddedBatch} to `logits [batch, sequence, labels]`. */
function exportedModel(
  config: ModelConfig,
  tensors: readonly FormatTensor[],
  { form, float }: Pick<ExportedForm, "form" | "float">,
  places: ReadonlyMap<string, WeightPlace> | undefined,
): Uint8Array {
  const leaves = new Map(tensors.map(({ name, type, shape }) => [name, weight(name, type, shape)]));
  const encoder = encoderOf(config);
  const batch = paddedBatch(encoder.features);
  const rows = logits(
    encoder,
    form.ops((name) => leaves.get(name)),
    batch,
    noDropout,
  );
  return emit(
    { logits: batch.unflatten(rows) },
    { profile: standard, float, ...(places === undefined ? {} : { place: (name) => places.get(name)! }) },
  );
}

const toPage = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;

function placesIn(location: string, lengths: ReadonlyMap<string, number>): ReadonlyMap<string, WeightPlace> {
  const places = new Map<string, WeightPlace>();
  let offset = 0;
  for (const [name, length] of lengths) {
    places.set(name, { location, offset, length });
    offset += toPage(length);
  }
  return places;
}
