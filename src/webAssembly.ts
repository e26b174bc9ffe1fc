/** A `WebAssembly.Memory` that threads share. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

/** The part of WebAssembly that is used here. TypeScript declares it only among the browser types. */
interface Wasm {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
}

/** Bytes of a page of a memory. */
export const WASM_PAGE = 2 ** 16;

/** Node without a compiler (`--jitless`) has none: using it throws there. */
export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Wasm };
