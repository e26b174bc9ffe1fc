/**
 * Memory of an engine, zeros at first, that its graphs read and write where it stands: weights, gradients, optimizer
 * state, feeds. Tensors refer to it.
 *
 * Whether it lies in host memory or on a device is the engine's affair: in host memory nothing is copied that need not
 * be, and what is right for a device is right there too. Offsets are in bytes, lengths in elements. The block is owned
 * until `free()`.
 */
export interface StateBlock {
  readonly byteLength: number;

  /**
   * `length` floats from `byteOffset` on, a multiple of 4; without a length all up to the end. Only to be read, and
   * valid until these floats are next written: in place where the block lies in host memory, else a copy.
   */
  read(byteOffset?: number, length?: number): Float32Array;

  /** As {@link read}, always as a copy, which stays as it is. */
  copyOut(byteOffset?: number, length?: number): Float32Array;

  /** Copies the bytes of an array to `byteOffset`. */
  copyIn(byteOffset: number, values: ArrayBufferView): void;

  /**
   * Lets `set` write `length` floats from `byteOffset` on: in place where the block lies in host memory, else they are
   * copied in when it is done. It must write every one; what it finds there is undefined. Gives what `set` gives.
   */
  write<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (values: Float32Array) => T,
  ): T;

  /** As {@link write}, of bytes. */
  writeBytes<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (bytes: Uint8Array) => T,
  ): T;

  /** Gives the memory back. Throws RUNTIME_BUSY while a graph uses it. Twice does nothing. */
  free(): void;
}
