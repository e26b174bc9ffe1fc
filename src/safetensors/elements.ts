import { type FileHandle, open, stat } from "node:fs/promises";
import { attempt } from "../files/index.js";
import { dtypeUnsupported, fileShrank, tensorSize } from "./errors.js";
import { ELEMENT_BYTES, toFloat32 } from "./float32.js";
import { elementCount, type StoredType, type TensorInfo } from "./header.js";

/** Bytes of one read. A weight file is never completely in memory, apart from the memory it is read into. */
const CHUNK_BYTES = 16 * 2 ** 20;

/** A weight file that is open for reading at any position. */
export interface OpenFile {
  readonly file: string;
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Opens a weight file.
 *
 * @param irregular makes the error for what is not a regular file
 */
export async function openFile(file: string, irregular: () => Error): Promise<OpenFile> {
  // Opening a pipe would wait for a writer.
  const facts = await attempt(file, "read", () => stat(file));
  if (!facts.isFile() && !facts.isDirectory()) throw irregular();
  const handle = await attempt(file, "read", () => open(file, "r"));
  try {
    const opened = await attempt(file, "read", () => handle.stat());
    if (!opened.isFile()) throw irregular();
    return { file, handle, size: opened.size };
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
}

/** Fills `bytes` from `position` of the file. Returns false if the file ends first. */
export async function readFully(
  { handle, file }: OpenFile,
  bytes: Uint8Array,
  position: number,
): Promise<boolean> {
  for (let done = 0; done < bytes.length; ) {
    const length = Math.min(CHUNK_BYTES, bytes.length - done);
    const { bytesRead } = await attempt(file, "read", () =>
      handle.read(bytes, done, length, position + done),
    );
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

/**
 * Checks that a tensor can be read into memory of `length` floats. Returns the bytes of one of its elements.
 *
 * @throws NeriumError `MODEL_DTYPE_UNSUPPORTED`, `MODEL_TENSOR_SIZE`
 */
export function requireReadable(
  file: string,
  { name, dtype, shape }: TensorInfo,
  length: number,
  from: number | undefined,
): number {
  const elementBytes = ELEMENT_BYTES[dtype];
  if (elementBytes === undefined) throw dtypeUnsupported(file, name, dtype);
  const count = elementCount(shape);
  const fits = from === undefined ? length === count : from >= 0 && from + length <= count;
  if (!fits) throw tensorSize(file, name, count, length);
  return elementBytes;
}

/**
 * Reads elements that lie in a file one after another, as float32.
 *
 * @param name of the tensor, for errors
 * @throws NeriumError `MODEL_SAFETENSORS_CHANGED`, `FILES_…`
 */
export async function readElements(
  opened: OpenFile,
  { name, dtype }: { readonly name: string; readonly dtype: StoredType },
  position: number,
  destination: Float32Array,
): Promise<void> {
  const read = async (bytes: Uint8Array, at: number) => {
    if (!(await readFully(opened, bytes, at))) throw fileShrank(opened.file, name);
  };
  // The file is little-endian, as is every platform that ONNX Runtime supports, so no byte swap is needed.
  if (dtype === "F32")
    return read(new Uint8Array(destination.buffer, destination.byteOffset, destination.byteLength), position);
  const elementBytes = ELEMENT_BYTES[dtype]!;
  const buffer = new ArrayBuffer(Math.min(CHUNK_BYTES, destination.length * elementBytes));
  const step = buffer.byteLength / elementBytes;
  for (let done = 0; done < destination.length; done += step) {
    const part = destination.subarray(done, done + step);
    await read(new Uint8Array(buffer, 0, part.length * elementBytes), position + done * elementBytes);
    toFloat32(dtype, buffer, part);
  }
}
