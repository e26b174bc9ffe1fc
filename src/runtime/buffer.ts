import { detach } from "../node20.js";
import type { StateBlock } from "./block.js";
import { busy, disposed, memoryExhausted, viewInvalid } from "./errors.js";
import { type ForeignFunction, foreignFunction, loadForeign, memoryAt } from "./foreign.js";
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
 * Memory outside the JavaScript heap, 64-byte aligned and zero at first, that engines read and write in place.
 *
 * The system gives the pages of a large buffer when they are first touched. The memory is owned until `free()`; nothing
 * frees it earlier, not even the garbage collector.
 */
export class NativeBuffer implements StateBlock {
  readonly byteLength: number;
  /** Where the memory begins. */
  readonly address: bigint;
  readonly #block: bigint;
  #holds = 0;
  #freed = false;
  /** The ArrayBuffers handed out, by `offset:length`; detached when the memory goes. */
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

  private constructor(block: bigint, byteLength: number) {
    this.#block = block;
    this.byteLength = byteLength;
    this.address = (block + BigInt(alignment - 1)) & ~BigInt(alignment - 1);
  }

  /** A new buffer of zeros. Throws RUNTIME_MEMORY_EXHAUSTED; RUNTIME_WINDOW_INVALID for a length that is no byte count. */
  static allocate(byteLength: number): NativeBuffer {
    if (!Number.isSafeInteger(byteLength) || byteLength < 0)
      throw viewInvalid(`${byteLength} is no number of bytes.`);
    // Room to move to the next aligned address; calloc, because its large blocks come from the system untouched.
    const block = heap().calloc(1, byteLength + alignment);
    if (block === null) throw memoryExhausted(byteLength);
    const buffer = new NativeBuffer(block, byteLength);
    adviseHugePages(buffer.address, byteLength);
    return buffer;
  }

  /** A view of `length` elements from `byteOffset` (a multiple of 4) on; without a length, up to the end. */
  float32(byteOffset = 0, length?: number): Float32Array {
    return new Float32Array(...this.#window(byteOffset, length, 4));
  }

  int64(byteOffset = 0, length?: number): BigInt64Array {
    return new BigInt64Array(...this.#window(byteOffset, length, 8));
  }

  int32(byteOffset = 0, length?: number): Int32Array {
    return new Int32Array(...this.#window(byteOffset, length, 4));
  }

  /** Also how float16 elements are read and written, by their bits. */
  uint16(byteOffset = 0, length?: number): Uint16Array {
    return new Uint16Array(...this.#window(byteOffset, length, 2));
  }

  /** Also how bool elements are read and written, as 0 and 1. */
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

  /**
   * Gives the memory back; views of it become empty. Freeing twice does nothing.
   * Throws RUNTIME_BUSY while a binding or session uses the buffer.
   */
  free(): void {
    if (this.#freed) return;
    if (this.#holds > 0) {
      throw busy(
        `A buffer of ${this.byteLength} bytes is freed while ${this.#holds} bound tensors use it.`,
        "Dispose of the bindings and sessions that use it first.",
      );
    }
    this.#freed = true;
    const reachable = [...this.#windows.values()].some((window) => !detach(window));
    this.#windows.clear();
    // Memory that a view still reaches is kept: a leak is better than a write to somebody else's memory.
    if (!reachable) heap().free(this.#block);
  }

  #window(
    byteOffset: number,
    length: number | undefined,
    elementSize: number,
  ): [ArrayBuffer, number, number] {
    if (this.#freed) throw disposed("A buffer");
    if (!Number.isSafeInteger(byteOffset) || byteOffset < 0 || byteOffset % elementSize !== 0) {
      throw viewInvalid(`A view begins at byte ${byteOffset}, which is not a multiple of ${elementSize}.`);
    }
    const count = length ?? Math.floor((this.byteLength - byteOffset) / elementSize);
    if (!Number.isSafeInteger(count) || count < 0 || byteOffset + count * elementSize > this.byteLength) {
      throw viewInvalid(
        `A view of ${count} elements of ${elementSize} bytes from byte ${byteOffset} on leaves a buffer of ${this.byteLength} bytes.`,
      );
    }
    if (count * elementSize > windowLimit) {
      throw viewInvalid(`A view covers ${count * elementSize} bytes; one view must stay below 4 GiB.`);
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
    const library = loadForeign(process.platform === "win32" ? "ucrtbase.dll" : null);
    loadedHeap = {
      calloc: foreignFunction(library.symbol("calloc") as bigint, "void *", ["size_t", "size_t"]),
      free: foreignFunction(library.symbol("free") as bigint, "void", ["void *"]),
    };
  }
  return loadedHeap;
}
