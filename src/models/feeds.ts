import { type Binding, type ElementType, NativeBuffer, type TensorView } from "../runtime/index.js";
import type { Feed } from "./batch.js";

/** Native memory for those inputs of a binding that change with every run: one block a name, grown as needed. */
export class FeedMemory {
  private readonly blocks = new Map<string, NativeBuffer>();

  constructor(private readonly binding: Binding) {}

  /** Copies inputs to native memory and binds them. */
  bind(feeds: readonly Feed[]): void {
    for (const { name, dims, data } of feeds) {
      const type = data instanceof Float32Array ? "float32" : "int64";
      const { buffer } = this.reserve(name, type, dims, data.byteLength);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      buffer.uint8(0, data.byteLength).set(bytes);
    }
  }

  /** Binds memory for an input of the given dims; the caller fills it. */
  reserve(name: string, type: ElementType, dims: readonly number[], bytes: number): TensorView {
    const old = this.blocks.get(name);
    const fits = old !== undefined && old.byteLength >= bytes;
    const buffer = fits ? old : NativeBuffer.allocate(Math.max(64, Math.ceil(bytes * 1.25)));
    const tensor = { buffer, byteOffset: 0, type, dims };
    this.binding.bindInput(name, tensor);
    if (!fits) {
      this.blocks.set(name, buffer);
      old?.free();
    }
    return tensor;
  }

  /** Call after the binding is disposed. */
  free(): void {
    for (const block of this.blocks.values()) block.free();
    this.blocks.clear();
  }
}
