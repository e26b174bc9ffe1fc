import { sessionOptionInvalid } from "../../errors.js";
import type { TensorView } from "../../tensor.js";
import { type Ort, outValue, silent } from "./ort.js";

export interface SessionOptions {
  /** Threads that share the work of one operation, the calling one included. */
  readonly threads: number;
  /** Stands in errors. Default "model". */
  readonly name?: string;
  /** How far ONNX Runtime rewrites the graph. Default "all". */
  readonly optimization?: "none" | "basic" | "extended" | "all";
  /** Keep memory for the next run instead of giving it back to the system. Default true. */
  readonly arena?: boolean;
  /** Let threads wait for work in a loop: faster between operations, but a processor is never idle. Default true. */
  readonly allowSpinning?: boolean;
  /** Plan memory by the shapes of the first run; of no use where shapes change. Default false. */
  readonly memoryPattern?: boolean;
  /** Session configuration entries, as in onnxruntime_session_options_config_keys.h. */
  readonly config?: Readonly<Record<string, string>>;
  /** Measure every operation; the JSON file's name begins with this. Read it after `endProfiling()`. */
  readonly profile?: string;
  /** Memory for the constants that the model declares as external data; in use until the session is disposed of. */
  readonly initializers?: Readonly<Record<string, TensorView>>;
}

const levels = { none: 0, basic: 1, extended: 2, all: 99 } as const;
const maxThreads = 1024;

/** Configuration by which a session would go on reading the model's bytes, which are gone once it is made. */
const refusedKeys = ["session.use_ort_model_bytes_directly", "session.use_ort_model_bytes_for_initializers"];

/** An `OrtSessionOptions`, to be released by the caller. Throws RUNTIME_OPTION_INVALID. */
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
    for (const [key, value] of Object.entries(options.config ?? {}))
      call.AddSessionConfigEntry(handle, key, value);
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
      `threads is ${threads}; it must be a whole number from 1 to ${maxThreads}.`,
    );
  }
  if (!Object.hasOwn(levels, options.optimization ?? "all")) {
    throw sessionOptionInvalid(
      "optimization",
      `optimization is "${options.optimization}"; it must be none, basic, extended or all.`,
    );
  }
  if (options.profile !== undefined) checkText("profile", options.profile);
  for (const [key, value] of Object.entries(options.config ?? {})) {
    checkText(`config.${key}`, key);
    checkText(`config.${key}`, value);
    if (refusedKeys.includes(key))
      throw sessionOptionInvalid(`config.${key}`, "Nerium does not keep a model's bytes.");
  }
}

/** C reads text up to the first NUL. */
function checkText(option: string, text: unknown): void {
  if (typeof text !== "string" || text === "" || text.includes("\0")) {
    throw sessionOptionInvalid(option, "It must be text that is not empty and has no NUL in it.");
  }
}
