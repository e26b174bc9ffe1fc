import { type FileHandle, open, stat } from "node:fs/promises";
import { attempt } from "../files/index.js";
import { dtypeUnsupported, fileShrank, invalidSafetensors, tensorMissing, tensorSize } from "./errors.js";
import { ELEMENT_BYTES, toFloat32 } from "./float32.js";
import {
  elementCount,
  type Header,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type TensorInfo,
} from "./header.js";

/** Bytes of one read. A weight file is never completely in memory, apart from the memory it is read into. */
const CHUNK_BYTES = 16 * 2 ** 20;

export interface TensorReadOptions {
  /** First element to read, counted in row-major order. By default the whole tensor is read. */
  readonly from?: number;
}

/** The weights of one file, or of several files that an index combines. */
export interface Weights extends Header {
  /** The files that the weights come from. */
  readonly files: readonly string[];
  /** Returns the file that contains a tensor. Throws MODEL_TENSOR_MISSING. */
  fileOf(name: string): string;
  /**
   * Reads a tensor as float32, row-major, into the caller's memory.
   *
   * @param destination must have as many elements as the tensor or, with `from`, as many as should be read
   *   from there
   * @throws NeriumError `MODEL_TENSOR_MISSING`, `MODEL_TENSOR_SIZE`, `MODEL_DTYPE_UNSUPPORTED`,
   *   `MODEL_SAFETENSORS_CHANGED`, `FILES_…`
   */
  readInto(name: string, destination: Float32Array, options?: TensorReadOptions): Promise<void>;
  close(): Promise<void>;
}

/** Fills `bytes` from `position` of the file. Returns false if the file ends first. */
async function readFully(
  handle: FileHandle,
  file: string,
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

async function readHeader(handle: FileHandle, file: string): Promise<Header> {
  const stat = await attempt(file, "read", () => handle.stat());
  if (!stat.isFile()) throw invalidSafetensors(file, "it is not a regular file");
  const prefix = new Uint8Array(LENGTH_BYTES);
  await readFully(handle, file, prefix, 0);
  const header = new Uint8Array(headerLength(prefix, stat.size, file));
  if (!(await readFully(handle, file, header, LENGTH_BYTES)))
    throw invalidSafetensors(file, "it ends inside its header");
  return parseHeader(header, stat.size, file);
}

/** One safetensors file that is open for reading at any position. */
export class SafetensorsFile implements Weights {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly files: readonly string[];

  constructor(
    readonly file: string,
    private readonly handle: FileHandle,
    header: Header,
  ) {
    this.files = [file];
    this.tensors = header.tensors;
    this.metadata = header.metadata;
  }

  fileOf(name: string): string {
    if (!this.tensors.has(name)) throw tensorMissing(this.file, name);
    return this.file;
  }

  async readInto(name: string, destination: Float32Array, { from }: TensorReadOptions = {}): Promise<void> {
    const info = this.tensors.get(name);
    if (!info) throw tensorMissing(this.file, name);
    const elementBytes = ELEMENT_BYTES[info.dtype];
    if (elementBytes === undefined) throw dtypeUnsupported(this.file, name, info.dtype);
    const count = elementCount(info.shape);
    const fits =
      from === undefined ? destination.length === count : from >= 0 && from + destination.length <= count;
    if (!fits) throw tensorSize(this.file, name, count, destination.length);
    const position = info.byteOffset + (from ?? 0) * elementBytes;
    const read = async (bytes: Uint8Array, at: number) => {
      if (!(await readFully(this.handle, this.file, bytes, at))) throw fileShrank(this.file, name);
    };
    // The file is little-endian, as is every platform that ONNX Runtime supports, so no byte swap is needed.
    if (info.dtype === "F32")
      return read(
        new Uint8Array(destination.buffer, destination.byteOffset, destination.byteLength),
        position,
      );
    const buffer = new ArrayBuffer(Math.min(CHUNK_BYTES, destination.length * elementBytes));
    const step = buffer.byteLength / elementBytes;
    for (let done = 0; done < destination.length; done += step) {
      const part = destination.subarray(done, done + step);
      await read(new Uint8Array(buffer, 0, part.length * elementBytes), position + done * elementBytes);
      toFloat32(info.dtype, buffer, part);
    }
  }

  close(): Promise<void> {
    return attempt(this.file, "close", () => this.handle.close());
  }
}

/**
 * Opens a safetensors file and checks its header. Does not read weights yet.
 *
 * @throws NeriumError `MODEL_SAFETENSORS_INVALID` with the broken rule, `FILES_…`
 */
export async function openSafetensors(file: string): Promise<SafetensorsFile> {
  // Opening a pipe would wait for a writer.
  const facts = await attempt(file, "read", () => stat(file));
  if (!facts.isFile() && !facts.isDirectory()) throw invalidSafetensors(file, "it is not a regular file");
  const handle = await attempt(file, "read", () => open(file, "r"));
  try {
    return new SafetensorsFile(file, handle, await readHeader(handle, file));
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
}
