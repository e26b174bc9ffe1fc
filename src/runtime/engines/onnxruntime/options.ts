import { sessionOptionInvalid } from "../../errors.js";
import type { TensorView } from "../../tensor.js";
import type { Device } from "./device.js";
import { type Ort, outValue, silent } from "./ort.js";

export interface SessionOptions {
  /** Number of threads that share the work of one operation, including the calling thread. */
  readonly threads: number;
  /** The name of the session in errors. Defaults to "model". */
  readonly name?: string;
  /** How much ONNX Runtime optimises the graph. Defaults to "all". */
  readonly optimization?: "none" | "basic" | "extended" | "all";
  /** Keeps memory for the next run instead of returning it to the system. Defaults to true. */
  readonly arena?: boolean;
  /** Lets threads spin while they wait for work, which is faster but keeps processors busy. Defaults to true. */
  readonly allowSpinning?: boolean;
  /** Plans memory by the shapes of the first run. This is useless if shapes change. Defaults to false. */
  readonly memoryPattern?: boolean;
  /** Session configuration entries, as in onnxruntime_session_options_config_keys.h. */
  readonly config?: Readonly<Record<string, string>>;
  /** Computes on this device, which also holds the blocks. The CPU computes only what the device does not have. */
  readonly device?: Device;
  /** Settings of the device that are for this session alone. */
  readonly deviceOptions?: Readonly<Record<string, string>>;
  /** Measures every operation. The JSON file's path begins with this prefix. Read the file after `endProfiling()`. */
  readonly profile?: string;
  /** Memory of the constants that the model declares as external data. The session uses it until it is disposed of. */
  readonly initializers?: Readonly<Record<string, TensorView>>;
}

const levels = { none: 0, basic: 1, extended: 2, all: 99 } as const;
const maxThreads = 1024;

/** These settings would make a session read the model's bytes later, but they are freed once it is created. */
const refusedKeys = ["session.use_ort_model_bytes_directly", "session.use_ort_model_bytes_for_initializers"];

/** Creates an `OrtSessionOptions`, which the caller must release. Throws RUNTIME_OPTION_INVALID. */
export function createOptions({ call }: Ort, options: SessionOptions): bigint {
  checkOptions(options);
  const handle = outValue((cell) => call.CreateSessionOptions(cell));
  try {
    call.SetIntraOpNumThreads(handle, options.threads);
    call.SetInterOpNumThreads(handle, 1);
    call.SetSessionExecutionMode(handle, 0);
    call.SetSessionLogSeverityLevel(handle, silent);
    call.SetSessionGraphOptimizationLevel(handle, levels[options.optimization ?? "all"]);
    if (options.arena === false) call.DisableCpuMemArena(handle);
    if (options.memoryPattern !== true) call.DisableMemPattern(handle);
    if (options.allowSpinning === false)
      call.AddSessionConfigEntry(handle, "session.intra_op.allow_spinning", "0");
    for (const [key, value] of Object.entries({ ...options.device?.config, ...options.config }))
      call.AddSessionConfigEntry(handle, key, value);
    // A provider may read its settings from the entries above.
    options.device?.addTo(handle, options.deviceOptions);
    if (options.profile !== undefined) call.EnableProfiling(handle, options.profile);
    return handle;
  } catch (error) {
    call.ReleaseSessionOptions(handle);
    throw error;
  }
}

function checkOptions(options: SessionOptions): void {
  const { threads } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > maxThreads) {
    throw sessionOptionInvalid(
      "threads",
      `threads must be a whole number from 1 to ${maxThreads}, not ${threads}`,
    );
  }
  if (!Object.hasOwn(levels, options.optimization ?? "all")) {
    throw sessionOptionInvalid(
      "optimization",
      `optimization must be none, basic, extended or all, not "${options.optimization}"`,
    );
  }
  if (options.profile !== undefined) checkText("profile", options.profile);
  for (const [key, value] of Object.entries(options.config ?? {})) {
    checkText(`config.${key}`, key);
    checkText(`config.${key}`, value);
    if (refusedKeys.includes(key))
      throw sessionOptionInvalid(
        `config.${key}`,
        "This entry is not allowed, because the bytes of the model are not kept in memory",
      );
  }
}

/** Rejects text with a NUL, because C reads text only up to the first NUL. */
function checkText(option: string, text: unknown): void {
  if (typeof text !== "string" || text === "" || text.includes("\0")) {
    throw sessionOptionInvalid(option, "The value must be a text that is not empty and contains no NUL");
  }
}
