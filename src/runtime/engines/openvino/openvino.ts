import { readdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { openvinoCallFailed, openvinoUnusable, openvinoVersionUnsupported } from "../../errors.js";
import {
  allocateCells,
  type Cells,
  type ForeignFunction,
  foreignFunction,
  foreignStruct,
  loadForeign,
  textAt,
} from "../../foreign.js";
import { releaseAtExit } from "../../lifetime.js";
import type { FoundLibrary } from "../pythonPlaces.js";
import { type FunctionName, type NativeCall, openvinoFunctions } from "./functions.js";
import { findLibrary } from "./library.js";
import { plainMessage } from "./messages.js";

/** The device that OpenVINO computes on. */
export const DEVICE = "CPU";

/** The year and the first release in it whose C interface has every function that Nerium calls. */
const SUPPORTED = { year: 2026, release: 4 };

export type Raw = { [N in FunctionName]: ForeignFunction<NativeCall<N>> };
type Checked = { [N in FunctionName]: (...args: Parameters<NativeCall<N>>) => ReturnType<NativeCall<N>> };

/** The OpenVINO that is loaded into the process. */
export interface OpenVino extends FoundLibrary {
  /** Such as "2026.4.1". */
  readonly version: string;
  /** The functions without checks. If one returns a status other than 0, call {@link failure}. */
  readonly raw: Raw;
  /** The same functions, which throw RUNTIME_OPENVINO_CALL_FAILED if they return a status other than 0. */
  readonly call: Checked;
  /** The `ov_core_t`. */
  readonly core: bigint;
  /** The number formats that the CPU plugin computes in here, such as "FP32" and "BF16". */
  readonly capabilities: readonly string[];
}

let loaded: OpenVino | undefined;

/** Returns OpenVINO and loads it on first use. Throws RUNTIME_OPENVINO_…. */
export function openvino(): OpenVino {
  loaded ??= load(findLibrary());
  return loaded;
}

/** Returns the pointer or number that a call writes to the cell that is passed to it. */
export function outCell(call: (cell: bigint) => void): bigint {
  scratch ??= allocateCells(1);
  scratch.values[0] = 0n;
  call(scratch.address);
  return scratch.values[0]!;
}

let scratch: Cells | undefined;

/** Returns a text that a call writes to the cell that is passed to it, and frees OpenVINO's copy. */
export function outText(raw: Raw, call: (cell: bigint) => void): string {
  const address = outCell(call);
  const text = textAt(address);
  raw.ov_free(address);
  return text;
}

/** The error of a failed call. */
export interface Failure {
  /** OpenVINO's words for the status. */
  readonly code: string;
  readonly message: string;
}

/** Describes the call that has just returned this status. */
export function failure(raw: Raw, status: number): Failure {
  const address = raw.ov_get_last_err_msg();
  const message = address === null ? "" : textAt(address);
  if (address !== null) raw.ov_free(address);
  return { code: raw.ov_get_error_info(status), message: plainMessage(message) };
}

function load(found: FoundLibrary): OpenVino {
  const { file } = found;
  const address = symbolsOf(file);
  const version = supportedVersion(file, address);
  if (!readsOnnx(file)) throw openvinoUnusable(file, "its library openvino_onnx_frontend is missing");
  const raw = functionsOf(address);
  const call = checked(raw);
  const core = outCell((cell) => call.ov_core_create(cell));
  releaseAtExit((graphsReleased) => {
    if (graphsReleased) raw.ov_core_free(core);
    return graphsReleased;
  });
  try {
    const capabilities = outText(raw, (cell) =>
      call.ov_core_get_property(core, DEVICE, "OPTIMIZATION_CAPABILITIES", cell),
    );
    return { ...found, version, raw, call, core, capabilities: capabilities.split(/[\s,]+/) };
  } catch (cause) {
    throw openvinoUnusable(file, "its plugin for the CPU cannot be loaded", cause);
  }
}

/** Whether the library that reads ONNX models is beside it. The system's packages install it separately. */
function readsOnnx(file: string): boolean {
  const folders = [file, realpathSync(file)].map((path) => readdirSync(dirname(path)));
  return folders.flat().some((name) => name.includes("openvino_onnx_frontend"));
}

type AddressOf = (name: string) => bigint;

function symbolsOf(file: string): AddressOf {
  try {
    const library = loadForeign(file);
    return (name) => {
      try {
        return library.symbol(name) as bigint;
      } catch (cause) {
        throw openvinoUnusable(file, `it has no function ${name}`, cause);
      }
    };
  } catch (cause) {
    throw openvinoUnusable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/**
 * Returns the version. It is read before the other functions are, because an older library lacks some of them and a newer one
 * may have changed them.
 */
function supportedVersion(file: string, address: AddressOf): string {
  const [get, free] = ["ov_get_openvino_version", "ov_version_free"].map(address);
  const version = allocateCells(2);
  foreignFunction<(version: bigint) => number>(get!, "int", ["void *"])(version.address);
  const [build] = version.values;
  const text = build === undefined || build === 0n ? "" : textAt(build);
  foreignFunction<(version: bigint) => void>(free!, "void", ["void *"])(version.address);
  if (!isSupported(text)) throw openvinoVersionUnsupported(file, text, SUPPORTED);
  return /^[\d.]+/.exec(text)![0];
}

/** Whether this is the build number of a supported version, such as "2026.4.1-21000-abc". */
export function isSupported(build: string): boolean {
  const [, year, release] = /^(\d+)\.(\d+)/.exec(build) ?? [];
  return Number(year) === SUPPORTED.year && Number(release) >= SUPPORTED.release;
}

function functionsOf(address: AddressOf): Raw {
  const shape = foreignStruct({ rank: "int64_t", dims: "void *" });
  const entries = Object.entries(openvinoFunctions).map(([name, [returns, ...takes]]) => {
    const types = takes.map((type) => (type === "shape" ? shape : type));
    return [name, foreignFunction(address(name), returns, types)];
  });
  return Object.fromEntries(entries) as Raw;
}

function checked(raw: Raw): Checked {
  const entries = Object.entries(openvinoFunctions).map(([name, [returns]]) => {
    const native = raw[name as FunctionName] as (...args: unknown[]) => unknown;
    if (returns !== "int") return [name, native];
    const call = (...args: unknown[]): number => {
      const status = native(...args) as number;
      if (status === 0) return status;
      const failed = failure(raw, status);
      throw openvinoCallFailed(name, failed.code, failed.message);
    };
    return [name, call];
  });
  return Object.fromEntries(entries) as Checked;
}
