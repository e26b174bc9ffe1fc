import { existsSync, realpathSync } from "node:fs";
import { callFailed, libraryUnusable } from "../../errors.js";
import {
  allocateCells,
  type Cells,
  type ForeignFunction,
  foreignFunction,
  loadForeign,
  pointerAt,
} from "../../foreign.js";
import { releaseAtExit } from "../../lifetime.js";
import {
  foreignTypes,
  laterFunctions,
  type NativeCall,
  type OrtFunctionName,
  ortFunctions,
} from "./functions.js";
import { libraryPath } from "./library.js";

/** The requested version of the interface: that of ONNX Runtime 1.18, the oldest supported version. */
const apiVersion = 18;
/** `ORT_LOGGING_LEVEL_FATAL`: every error is returned as a status, so nothing needs to be logged. */
export const silent = 4;

export type Raw = { [N in OrtFunctionName]: ForeignFunction<NativeCall<N>> };
type Checked = {
  [N in OrtFunctionName]: (
    ...args: Parameters<NativeCall<N>>
  ) => ReturnType<NativeCall<N>> extends infer R ? ([bigint | null] extends [R] ? void : R) : never;
};

/** The error of a failed call: the name of its `OrtErrorCode`, and the message. */
export interface Status {
  readonly code: string;
  readonly message: string;
}

/** An ONNX Runtime that is loaded into the process. */
export interface Ort {
  readonly version: string;
  readonly file: string;
  /** The functions without checks. If one returns a status, pass it to {@link takeStatus}. */
  readonly raw: Raw;
  /** The same functions, which throw RUNTIME_CALL_FAILED if the status is an error. */
  readonly call: Checked;
  readonly env: bigint;
  readonly allocator: bigint;
  readonly cpuMemory: bigint;
  /**
   * Copies `count` tensors between devices: `from` and `to` are addresses of lists of `OrtValue`s. Throws
   * RUNTIME_CALL_FAILED, and RUNTIME_LIBRARY_UNUSABLE if the library is too old.
   */
  copyTensors(from: bigint, to: bigint, count: number): void;
}

let standard: Ort | undefined;
const loaded = new Map<string, Ort>();

/** Returns ONNX Runtime and loads it on first use. Throws RUNTIME_LIBRARY_… and RUNTIME_PLATFORM_UNSUPPORTED. */
export function ort(): Ort {
  standard ??= ortAt(libraryPath());
  return standard;
}

/** Returns the ONNX Runtime of a file and loads it on first use. Throws RUNTIME_LIBRARY_UNUSABLE. */
export function ortAt(path: string): Ort {
  const file = existsSync(path) ? realpathSync(path) : path;
  const before = loaded.get(file);
  if (before !== undefined) return before;
  const library = load(path);
  loaded.set(file, library);
  return library;
}

/** Returns the version of the ONNX Runtime in use, such as "1.30.0". Loads the library. */
export function ortVersion(): string {
  return ort().version;
}

/** Returns the pointer or count that a call writes to the cell that is passed to it. */
export function outValue(call: (cell: bigint) => void): bigint {
  scratch ??= allocateCells(2);
  call(scratch.address);
  return scratch.values[0]!;
}

/** Like {@link outValue}, for calls that write a pointer and a count. */
export function outPair(call: (first: bigint, second: bigint) => void): [bigint, bigint] {
  scratch ??= allocateCells(2);
  call(scratch.address, scratch.address + 8n);
  return [scratch.values[0]!, scratch.values[1]!];
}

let scratch: Cells | undefined;

/** Reads and releases a status. Returns `undefined` if the call succeeded. */
export function takeStatus(raw: Raw, status: bigint | null): Status | undefined {
  if (status === null) return undefined;
  const code = statusCodes[raw.GetErrorCode(status)] ?? "unknown status";
  const message = raw.GetErrorMessage(status);
  raw.ReleaseStatus(status);
  return { code, message };
}

/** `OrtErrorCode` in order. */
const statusCodes = [
  "OK",
  "FAIL",
  "INVALID_ARGUMENT",
  "NO_SUCHFILE",
  "NO_MODEL",
  "ENGINE_ERROR",
  "RUNTIME_EXCEPTION",
  "INVALID_PROTOBUF",
  "MODEL_LOADED",
  "NOT_IMPLEMENTED",
  "INVALID_GRAPH",
  "EP_FAIL",
  "MODEL_LOAD_CANCELED",
  "MODEL_REQUIRES_COMPILATION",
  "NOT_FOUND",
];

function load(file: string): Ort {
  const { version, table, getApi } = openTable(file);
  const raw = functionsOf(table);
  const call = checked(raw);
  const env = outValue((cell) => call.CreateEnv(silent, "nerium", cell));
  call.DisableTelemetryEvents(env);
  const cpuMemory = outValue((cell) => call.CreateCpuMemoryInfo(deviceAllocator, defaultMemory, cell));
  const allocator = outValue((cell) => call.GetAllocatorWithDefaultOptions(cell));
  releaseAtExit((sessionsReleased) => {
    if (!sessionsReleased) return false;
    raw.ReleaseMemoryInfo(cpuMemory);
    raw.ReleaseEnv(env);
    return true;
  });
  type CopyTensors = (env: bigint, from: bigint, to: bigint, stream: bigint, count: number) => bigint | null;
  let copy: CopyTensors | undefined;
  const copyTensors = (from: bigint, to: bigint, count: number) => {
    copy ??= later<CopyTensors>("CopyTensors", getApi, `${version} (${file})`);
    const failed = takeStatus(raw, copy(env, from, to, 0n, count));
    if (failed !== undefined) throw callFailed("CopyTensors", failed.code, failed.message);
  };
  return { version, file, raw, call, env, allocator, cpuMemory, copyTensors };
}

/** Returns a function that older releases do not have. */
function later<F extends (...args: never[]) => unknown>(
  name: keyof typeof laterFunctions,
  getApi: (version: number) => bigint | null,
  library: string,
): F {
  const { slot, since, returns, takes } = laterFunctions[name];
  const table = getApi(since);
  if (table === null) throw libraryUnusable(library, `a GPU needs version 1.${since} or later`);
  return foreignFunction<F>(
    pointerAt(table + BigInt(slot * 8))!,
    foreignTypes[returns],
    takes.map((type) => foreignTypes[type]),
  );
}

/** `OrtDeviceAllocator` and `OrtMemTypeDefault`. */
const deviceAllocator = 0;
const defaultMemory = 0;

/**
 * Returns the `OrtApi` table. It is reached through `OrtApiBase { GetApi, GetVersionString }`, which the exported function
 * `OrtGetApiBase` returns.
 */
function openTable(file: string) {
  let base: bigint | null;
  try {
    base = loadForeign(file).func("OrtGetApiBase", "void *", [])() as bigint | null;
  } catch (cause) {
    throw libraryUnusable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const ofApi = base === null ? null : pointerAt(base);
  const getVersion = base === null ? null : pointerAt(base + 8n);
  if (ofApi === null || getVersion === null)
    throw libraryUnusable(file, "it does not have the interface of ONNX Runtime");
  const version = foreignFunction<() => string>(getVersion, "str", [])();
  if (!version.startsWith("1.")) throw libraryUnusable(file, `its version is ${version}, not 1.x`);
  const getApi = foreignFunction<(version: number) => bigint | null>(ofApi, "void *", ["uint32_t"]);
  const table = getApi(apiVersion);
  if (table === null) throw libraryUnusable(file, `version ${version} is older than 1.${apiVersion}`);
  return { version, table, getApi };
}

function functionsOf(table: bigint): Raw {
  const entries = Object.entries(ortFunctions).map(([name, { slot, returns, takes }]) => {
    const address = pointerAt(table + BigInt(slot * 8));
    if (address === null) throw new Error(`ONNX Runtime's table has no ${name} at ${slot}`);
    return [
      name,
      foreignFunction(
        address,
        foreignTypes[returns],
        takes.map((type) => foreignTypes[type]),
      ),
    ];
  });
  return Object.fromEntries(entries) as Raw;
}

function checked(raw: Raw): Checked {
  const entries = Object.entries(ortFunctions).map(([name, { returns }]) => {
    const native = raw[name as OrtFunctionName] as (...args: unknown[]) => unknown;
    if (returns !== "status") return [name, native];
    const call = (...args: unknown[]): void => {
      const status = native(...args) as bigint | null;
      if (status === null) return;
      const failed = takeStatus(raw, status)!;
      throw callFailed(name, failed.code, failed.message);
    };
    return [name, call];
  });
  return Object.fromEntries(entries) as Checked;
}
