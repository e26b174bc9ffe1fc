import { WASM_PAGE, type WasmMemory, WebAssembly } from "../webAssembly.js";
import { NativeBuffer } from "./buffer.js";
import { addressOfArray } from "./foreign.js";
import { adviseHugePages, giveBack } from "./hugePages.js";

/** Blocks begin at a multiple of this many bytes, for huge pages. */
const ALIGNMENT = 2 ** 21;
/** A WebAssembly memory has at most this many bytes. */
const MOST = 2 ** 32;

/** Blocks of host memory that WebAssembly can address too, so that its code updates them in place. */
export class HostMemory {
  private constructor(
    readonly memory: WasmMemory,
    /** The blocks, which must be freed one by one. */
    readonly blocks: readonly NativeBuffer[],
    private readonly offsets: ReadonlyMap<NativeBuffer, number>,
  ) {}

  /**
   * Allocates blocks of zeros with these lengths in bytes. Returns `undefined` if they do not fit into one
   * WebAssembly memory, 4 GiB, or the system does not give the address space for it.
   */
  static allocate(lengths: readonly number[]): HostMemory | undefined {
    let end = 0;
    const places = lengths.map((length) => {
      const start = end;
      end += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
      return start;
    });
    if (end > MOST) return undefined;
    const pages = end / WASM_PAGE;
    let memory: WasmMemory;
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch {
      return undefined;
    }
    const address = addressOfArray(new Uint8Array(memory.buffer));
    adviseHugePages(address, end);
    let used = lengths.length;
    const offsets = new Map<NativeBuffer, number>();
    const blocks = lengths.map((length, index) => {
      const block = NativeBuffer.over(address + BigInt(places[index]!), length, () => {
        used--;
        // The memory itself goes with the last reference to it. Its pages go back to the system now.
        if (used === 0) giveBack(address, memory.buffer.byteLength);
      });
      offsets.set(block, places[index]!);
      return block;
    });
    return new HostMemory(memory, blocks, offsets);
  }

  /** The address of a block as WebAssembly counts; `undefined` if the block is elsewhere. */
  offsetOf(block: unknown): number | undefined {
    return this.offsets.get(block as NativeBuffer);
  }
}
