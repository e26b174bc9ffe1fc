import { type FsPort, nodeFs, writeFileAtomically } from "../files/index.js";
import { tensorName, tensorSize } from "./errors.js";
import { elementCount } from "./header.js";

/** A float32 tensor to write. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * All elements, row-major; or a function that returns them in chunks, called when the tensor is written.
   */
  readonly data: Float32Array | (() => Iterable<Float32Array> | AsyncIterable<Float32Array>);
}

/**
 * Sorts tensors by the bytes of their names. The reference library sorts by the alignment of the type first,
 * but all types are F32 here.
 */
function inFileOrder(file: string, tensors: Iterable<TensorToWrite>): TensorToWrite[] {
  const list = Array.from(tensors, (tensor) => ({ tensor, bytes: Buffer.from(tensor.name) }));
  list.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  list.forEach(({ tensor: { name } }, i) => {
    if (name === "__metadata__" || name === list[i - 1]?.tensor.name) throw tensorName(file, name);
  });
  return list.map(({ tensor }) => tensor);
}

/** Returns length and header, padded with spaces so that the data begins at a multiple of 8. */
function headerBytes(
  file: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, shape, data }) => {
    const count = elementCount(shape);
    if (data instanceof Float32Array && data.length !== count)
      throw tensorSize(file, name, count, data.length);
    const begin = end;
    end += count * 4;
    const info = { dtype: "F32", shape, data_offsets: [begin, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(info)}`;
  });
  if (Object.keys(metadata).length > 0) entries.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const json = Buffer.from(`{${entries.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + length, " ");
  bytes.writeBigUInt64LE(BigInt(length), 0);
  json.copy(bytes, 8);
  return bytes;
}

const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

async function* fileChunks(
  file: string,
  tensors: readonly TensorToWrite[],
  header: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield header;
  for (const { name, shape, data } of tensors) {
    let written = 0;
    for await (const chunk of data instanceof Float32Array ? [data] : data()) {
      yield bytesOf(chunk);
      written += chunk.length;
    }
    if (written !== elementCount(shape)) throw tensorSize(file, name, elementCount(shape), written);
  }
}

/**
 * Writes float32 tensors as a safetensors file, byte for byte as `safetensors.torch.save_file` does. Writes
 * atomically and without a copy of the weights: the memory goes to the disk as it is.
 *
 * @param tensors in any order
 * @param metadata `__metadata__` of the header; Python's transformers needs the default
 * @throws NeriumError `MODEL_TENSOR_SIZE`, `MODEL_TENSOR_NAME`, `FILES_…`; the old file is then unchanged
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<TensorToWrite>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
  fs: FsPort = nodeFs,
): Promise<void> {
  const ordered = inFileOrder(path, tensors);
  const header = headerBytes(path, ordered, metadata);
  await writeFileAtomically(path, fileChunks(path, ordered, header), fs);
}
