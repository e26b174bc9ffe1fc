import {
  byteLengthOf,
  type ElementType,
  type Engine,
  type GraphBinding,
  type StateBlock,
  type TensorView,
} from "../../runtime/index.js";
import type { Feed } from "./batch.js";

/**
 * Memory for the tensors that change with every run of some bindings: one block per name, which grows as needed. An output
 * of one binding is also the input of another binding if the names are equal.
 */
export class FeedMemory {
  private readonly blocks = new Map<string, StateBlock>();
  /** All blocks, including a new one that could not be bound everywhere. */
  private readonly held = new Set<StateBlock>();
  private readonly bindings: readonly GraphBinding[];

  constructor(
    private readonly engine: Engine,
    ...bindings: readonly GraphBinding[]
  ) {
    this.bindings = bindings;
  }

  /** Copies inputs to blocks and binds them. Skips inputs that no binding takes. */
  bind(feeds: readonly Feed[]): void {
    for (const { name, dims, data } of feeds) {
      if (!this.bindings.some((binding) => binding.takes(name))) continue;
      const type = data instanceof Float32Array ? "float32" : "int64";
      this.reserve(name, type, dims).buffer.copyIn(0, data);
    }
  }

  /** Binds memory for a tensor of the given dims. The caller must fill it unless it is the output of a binding. */
  reserve(name: string, type: ElementType, dims: readonly number[]): TensorView {
    const bytes = byteLengthOf(type, dims);
    const old = this.blocks.get(name);
    const fits = old !== undefined && old.byteLength >= bytes;
    const buffer = fits ? old : this.engine.block(Math.max(64, Math.ceil(bytes * 1.25)));
    this.held.add(buffer);
    const tensor = { buffer, byteOffset: 0, type, dims };
    for (const binding of this.bindings) {
      if (binding.takes(name)) binding.bindInput(name, tensor);
      if (binding.gives(name)) binding.bindOutput(name, tensor);
    }
    this.blocks.set(name, buffer);
    if (old !== undefined && !fits) {
      this.held.delete(old);
      old.free();
    }
    return tensor;
  }

  /** Releases the bindings and frees the memory. Throws RUNTIME_BUSY while one of them runs. */
  dispose(): void {
    for (const binding of this.bindings) binding.dispose();
    for (const block of this.held) block.free();
    this.held.clear();
    this.blocks.clear();
  }
}
