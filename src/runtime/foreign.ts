import type * as Koffi from "koffi";
import { runtimeRequire } from "../installed.js";
import { koffiMissing } from "./errors.js";

/** A native function. `async` calls it on a thread of libuv's pool. */
export type ForeignFunction<F extends (...args: never[]) => unknown> = F & {
  async: (...args: [...Parameters<F>, (error: unknown, result: ReturnType<F>) => void]) => void;
};

let loadedKoffi: typeof Koffi | undefined;
const kept: Koffi.LibraryHandle[] = [];

/**
 * Returns koffi, which is itself a native module, and loads it on first use.
 *
 * ONNX Runtime's kernels need more stack than koffi's 128 KiB for asynchronous calls. koffi accepts settings only before
 * the first library is loaded. If other code of the process loaded one before, that code's settings remain.
 */
function koffi(): typeof Koffi {
  if (loadedKoffi === undefined) {
    const loading = required();
    try {
      loading.config({ sync_stack_size: 8 << 20, async_stack_size: 8 << 20 });
    } catch {
      // Another library is already loaded, so the settings cannot be changed.
    }
    loadedKoffi = loading;
  }
  return loadedKoffi;
}

function required(): typeof Koffi {
  const require = runtimeRequire();
  try {
    return require("koffi") as typeof Koffi;
  } catch (error) {
    throw koffiMissing(error);
  }
}

/**
 * Loads a shared library, or opens the process itself if `path` is null. The library stays loaded.
 *
 * @param options.global libraries that it loads later can use its symbols
 */
export function loadForeign(
  path: string | null,
  options: { readonly global?: boolean } = {},
): Koffi.LibraryHandle {
  const library = koffi().load(path, { global: options.global ?? false });
  kept.push(library);
  return library;
}

let loadedC: Koffi.LibraryHandle | undefined;

/** The C library. */
export function cLibrary(): Koffi.LibraryHandle {
  loadedC ??= loadForeign(process.platform === "win32" ? "ucrtbase.dll" : null);
  return loadedC;
}

/** Returns the type of a C struct that functions take by value. */
export function foreignStruct(members: Readonly<Record<string, string>>): Koffi.TypeObject {
  return koffi().struct(members);
}

/** Returns the C function at an address. */
export function foreignFunction<F extends (...args: never[]) => unknown>(
  address: bigint,
  returns: string,
  takes: readonly (string | Koffi.TypeObject)[],
): ForeignFunction<F> {
  return koffi().decode(address, koffi().proto(returns, [...takes])) as ForeignFunction<F>;
}

/** Returns the pointer stored at an address, or null. */
export function pointerAt(address: bigint): bigint | null {
  return koffi().decode(address, "void *") as bigint | null;
}

/** Returns the zero-terminated UTF-8 text at an address. */
export function textAt(address: bigint): string {
  return koffi().decode.string(address);
}

/** Returns the memory at an address as an ArrayBuffer, without copying or owning it. */
export function memoryAt(address: bigint, byteLength: number): ArrayBuffer {
  return koffi().view(address, byteLength);
}

/** Memory for pointers that native code may write to at any time. It is never freed, so use few of them. */
export interface Cells {
  readonly address: bigint;
  readonly values: BigUint64Array;
}

export function allocateCells(count: number): Cells {
  const address = koffi().alloc("uint64_t", count) as bigint;
  return { address, values: new BigUint64Array(memoryAt(address, count * 8)) };
}

/** Returns the address of an array's first byte. The array must not be on the JavaScript heap, where it may move. */
export function addressOfArray(array: Uint8Array): bigint {
  const copy = foreignFunction<(to: Uint8Array, from: Uint8Array, length: number) => bigint>(
    cLibrary().symbol("memcpy") as bigint,
    "void *",
    ["void *", "void *", "size_t"],
  );
  // memcpy returns the address that it copies to.
  return copy(array, array, 0);
}
