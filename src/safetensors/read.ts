import { attempt } from "../files/index.js";
import { type OpenFile, openFile, readElements, readFully, requireReadable } from "./elements.js";
import { invalidSafetensors, tensorMissing } from "./errors.js";
import { type Header, headerLength, LENGTH_BYTES, parseHeader, type TensorInfo } from "./header.js";

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

async function readHeader(opened: OpenFile): Promise<Header> {
  const { file, size } = opened;
  const prefix = new Uint8Array(LENGTH_BYTES);
  await readFully(opened, prefix, 0);
  const header = new Uint8Array(headerLength(prefix, size, file));
  if (!(await readFully(opened, header, LENGTH_BYTES)))
    throw invalidSafetensors(file, "it ends inside its header");
  return parseHeader(header, size, file);
}

/** One safetensors file that is open for reading at any position. */
export class SafetensorsFile implements Weights {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly files: readonly string[];
  readonly file: string;

  constructor(
    private readonly opened: OpenFile,
    header: Header,
  ) {
    this.file = opened.file;
    this.files = [this.file];
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
    const elementBytes = requireReadable(this.file, info, destination.length, from);
    await readElements(this.opened, info, info.byteOffset + (from ?? 0) * elementBytes, destination);
  }

  close(): Promise<void> {
    return attempt(this.file, "close", () => this.opened.handle.close());
  }
}

/**
 * Opens a safetensors file and checks its header. Does not read weights yet.
 *
 * @throws NeriumError `MODEL_SAFETENSORS_INVALID` with the broken rule, `FILES_…`
 */
export async function openSafetensors(file: string): Promise<SafetensorsFile> {
  const opened = await openFile(file, () => invalidSafetensors(file, "it is not a regular file"));
  try {
    return new SafetensorsFile(opened, await readHeader(opened));
  } catch (error) {
    await opened.handle.close().catch(() => {});
    throw error;
  }
}
