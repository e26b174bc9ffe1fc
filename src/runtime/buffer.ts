import { detach } from "../node20.js";
import type { StateBlock } from "./block.js";
import { busy, disposed, memoryExhausted, viewInvalid } from "./errors.js";
import { cLibrary, type ForeignFunction, foreignFunction, memoryAt } from "./foreign.js";
import { adviseHugePages } from "./hugePages.js";

/** One typed array covers at most this many bytes. */
const windowLimit = 2 ** 32 - 1;
/** Alignment of every buffer in bytes: a cache line, and the widest vector registers. */
const alignment = 64;

let hold: (buffer: NativeBuffer) => void;
let letGo: (buffer: NativeBuffer) => void;
let isFreed: (buffer: NativeBuffer) => boolean;

export { hold, isFreed, letGo };

/**
 * Memory outside the JavaScript heap, aligned to 64 bytes and initially zero, that engines read and write in place.
 *
 * The system allocates the pages of a large buffer when they are first used. Only `free()` frees the memory; the garbage
 * collector does not.
 */
export class NativeBuffer implements StateBlock {
  readonly byteLength: number;
  /** The address of the first byte. */
  readonly address: bigint;
  readonly #release: () => void;
  #holds = 0;
  #freed = false;
  /** The ArrayBuffers in use, by `offset:length`. They are detached when the memory is freed. */
  readonly #windows = new Map<string, ArrayBuffer>();

  static {
    hold = (buffer) => {
      buffer.#holds++;
    };
    letGo = (buffer) => {
      buffer.#holds--;
    };
    isFreed = (buffer) => buffer.#freed;
  }

  private constructor(address: bigint, byteLength: number, release: () => void) {
    this.address = address;
    this.byteLength = byteLength;
    this.#release = release;
  }

  /**
   * Allocates a buffer of zeros. Throws RUNTIME_MEMORY_EXHAUSTED, and RUNTIME_WINDOW_INVALID if the length is not a
   * non-negative integer.
   */
  static allocate(byteLength: number): NativeBuffer {
    if (!Number.isSafeInteger(byteLength) || byteLength < 0)
      throw viewInvalid(`${byteLength} is not a valid number of bytes`);
    // The extra bytes allow for alignment. calloc, because the system provides its large blocks as untouched zero pages.
    const block = heap().calloc(1, byteLength + alignment);
    if (block === null) throw memoryExhausted(byteLength);
    const address = (block + BigInt(alignment - 1)) & ~BigInt(alignment - 1);
    adviseHugePages(address, byteLength);
    return new NativeBuffer(address, byteLength, () => heap().free(block));
  }

  /** A buffer over memory that something else allocated. `release` is called once, when nothing uses it any more. */
  static over(address: bigint, byteLength: number, release: () => void): NativeBuffer {
    return new NativeBuffer(address, byteLength, release);
  }

  /** Returns a view of `length` elements from `byteOffset`, a multiple of 4. Without a length it extends to the end. */
  float32(byteOffset = 0, length?: number): Float32Array {
    return new Float32Array(...this.#window(byteOffset, length, 4));
  }

  int64(byteOffset = 0, length?: number): BigInt64Array {
    return new BigInt64Array(...this.#window(byteOffset, length, 8));
  }

  int32(byteOffset = 0, length?: number): Int32Array {
    return new Int32Array(...this.#window(byteOffset, length, 4));
  }

  /** Also used to read and write float16 elements, as bits. */
  uint16(byteOffset = 0, length?: number): Uint16Array {
    return new Uint16Array(...this.#window(byteOffset, length, 2));
  }

  /** Also used to read and write bool elements, as 0 and 1. */
  uint8(byteOffset = 0, length?: number): Uint8Array {
    return this.bytes(byteOffset, length);
  }

  bytes(byteOffset = 0, length?: number): Uint8Array {
    return new Uint8Array(...this.#window(byteOffset, length, 1));
  }

  read(byteOffset?: number, length?: number): Float32Array {
    return this.float32(byteOffset, length);
  }

  copyOut(byteOffset?: number, length?: number): Float32Array {
    return this.float32(byteOffset, length).slice();
  }

  copyIn(byteOffset: number, values: ArrayBufferView): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.bytes(byteOffset, values.byteLength).set(bytes);
  }

  write<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (values: Float32Array) => T,
  ): T {
    return set(this.float32(byteOffset, length));
  }

  writeBytes<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (bytes: Uint8Array) => T,
  ): T {
    return set(this.bytes(byteOffset, length));
  }

  fetch(): void {}

  /**
   * Frees the memory; views of it become empty. Calling it again does nothing.
   * Throws RUNTIME_BUSY while a binding or session uses the buffer.
   */
  free(): void {
    if (this.#freed) return;
    if (this.#holds > 0) {
      throw busy(
        `A buffer of ${this.byteLength} bytes cannot be freed: ${this.#holds} bound tensors use it`,
        "Dispose of the bindings and sessions that use it first.",
      );
    }
    this.#freed = true;
    const reachable = [...this.#windows.values()].some((window) => !detach(window));
    this.#windows.clear();
    // If a view could not be detached, the memory is not freed: a leak is better than a write to memory of others.
    if (!reachable) this.#release();
  }

  #window(
    byteOffset: number,
    length: number | undefined,
    elementSize: number,
  ): [ArrayBuffer, number, number] {
    if (this.#freed) throw disposed("A buffer");
    if (!Number.isSafeInteger(byteOffset) || byteOffset < 0 || byteOffset % elementSize !== 0) {
      throw viewInvalid(`A view begins at byte ${byteOffset}, which is not a multiple of ${elementSize}`);
    }
    const count = length ?? Math.floor((this.byteLength - byteOffset) / elementSize);
    if (!Number.isSafeInteger(count) || count < 0 || byteOffset + count * elementSize > this.byteLength) {
      throw viewInvalid(
        `A view of ${count} elements of ${elementSize} bytes from byte ${byteOffset} exceeds the buffer of ${this.byteLength} bytes`,
      );
    }
    if (count * elementSize > windowLimit) {
      throw viewInvalid(`A view covers ${count * elementSize} bytes, but must be smaller than 4 GiB`);
    }
    if (this.byteLength <= windowLimit) return [this.#arrayBuffer(0, this.byteLength), byteOffset, count];
    return [this.#arrayBuffer(byteOffset, count * elementSize), 0, count];
  }

  #arrayBuffer(byteOffset: number, byteLength: number): ArrayBuffer {
    const key = `${byteOffset}:${byteLength}`;
    let window = this.#windows.get(key);
    if (window === undefined) {
      window = memoryAt(this.address + BigInt(byteOffset), byteLength);
      this.#windows.set(key, window);
    }
    return window;
  }
}

interface Heap {
  calloc: ForeignFunction<(count: number, size: number) => bigint | null>;
  free: ForeignFunction<(block: bigint) => void>;
}
let loadedHeap: Heap | undefined;

/** The C library's heap. */
function heap(): Heap {
  if (loadedHeap === undefined) {
    const library = cLibrary();
    loadedHeap = {
      calloc: foreignFunction(library.symbol("calloc") as bigint, "void *", ["size_t", "size_t"]),
      free: foreignFunction(library.symbol("free") as bigint, "void", ["void *"]),
    };
  }
  return loadedHeap;
}
