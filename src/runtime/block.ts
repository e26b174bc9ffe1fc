/**
 * Memory of an engine, initially zeros, that its graphs read and write in place: weights, gradients, optimizer state,
 * feeds. Tensors refer to it.
 *
 * The engine decides whether it is in host memory or on a device. Code that is correct for a device is correct for host
 * memory too, where unnecessary copies are avoided. Offsets are in bytes, lengths in elements. The caller must `free()`
 * the block.
 */
export interface StateBlock {
  readonly byteLength: number;

  /**
   * Returns `length` floats from `byteOffset`, a multiple of 4. Without a length it returns all floats up to the end. The
   * result is a view if the block is in host memory, otherwise a copy. Do not write to it, and do not use it after these
   * floats are written again.
   */
  read(byteOffset?: number, length?: number): Float32Array;

  /** Like {@link read}, but always returns a copy, which later writes do not change. */
  copyOut(byteOffset?: number, length?: number): Float32Array;

  /** Copies the bytes of an array to `byteOffset`. */
  copyIn(byteOffset: number, values: ArrayBufferView): void;

  /**
   * Lets `set` write `length` floats from `byteOffset`: in place if the block is in host memory, otherwise they are copied to
   * the block when `set` is done. `set` must write every float; their initial values are undefined. Returns the result of
   * `set`.
   */
  write<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (values: Float32Array) => T,
  ): T;

  /** Like {@link write}, but for bytes. */
  writeBytes<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (bytes: Uint8Array) => T,
  ): T;

  /**
   * Copies the block to host memory if it is on a device. Until a graph changes them, its floats can then be read while graphs
   * run. Without it, a block on a device cannot be read during a run.
   */
  fetch(): void;

  /** Frees the memory. Throws RUNTIME_BUSY while a graph uses it. Calling it again does nothing. */
  free(): void;
}
