import { createRequire } from "node:module";
import type * as Koffi from "koffi";
import { koffiMissing } from "./errors.js";

/** A call into native code; `async` makes it on a thread of libuv's pool. */
export type ForeignFunction<F extends (...args: never[]) => unknown> = F & {
  async: (...args: [...Parameters<F>, (error: unknown, result: ReturnType<F>) => void]) => void;
};

let loadedKoffi: typeof Koffi | undefined;
const kept: Koffi.LibraryHandle[] = [];

/**
 * koffi, a native module itself, loaded on first use.
 *
 * ONNX Runtime's kernels need more stack than koffi's 128 KiB for asynchronous calls. koffi takes settings only before
 * the first library; where other code of the process came first, its settings stay and that stack must do.
 */
function koffi(): typeof Koffi {
  if (loadedKoffi === undefined) {
    const loading = required();
    try {
      loading.config({ sync_stack_size: 8 << 20, async_stack_size: 8 << 20 });
    } catch {
      // Another library is loaded already: the settings can no longer change.
    }
    loadedKoffi = loading;
  }
  return loadedKoffi;
}

function required(): typeof Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as typeof Koffi;
  } catch (error) {
    throw koffiMissing(error);
  }
}

/** Loads a shared library (null: what the process has already) and keeps it. */
export function loadForeign(path: string | null): Koffi.LibraryHandle {
  const library = koffi().load(path);
  kept.push(library);
  return library;
}

/** The C function at an address. */
export function foreignFunction<F extends (...args: never[]) => unknown>(
  address: bigint,
  returns: string,
  takes: readonly string[],
): ForeignFunction<F> {
  return koffi().decode(address, koffi().proto(returns, [...takes])) as ForeignFunction<F>;
}

/** The pointer stored at an address, or null. */
export function pointerAt(address: bigint): bigint | null {
  return koffi().decode(address, "void *") as bigint | null;
}

/** The zero-terminated UTF-8 text at an address. */
export function textAt(address: bigint): string {
  return koffi().decode.string(address);
}

/** The memory at an address as an ArrayBuffer, without a copy and without ownership. */
export function memoryAt(address: bigint, byteLength: number): ArrayBuffer {
  return koffi().view(address, byteLength);
}

/** Memory for `count` pointers that native code may write to at any time; never given back, so few are made. */
export interface Cells {
  readonly address: bigint;
  readonly values: BigUint64Array;
}

export function allocateCells(count: number): Cells {
  const address = koffi().alloc("uint64_t", count) as bigint;
  return { address, values: new BigUint64Array(memoryAt(address, count * 8)) };
}
