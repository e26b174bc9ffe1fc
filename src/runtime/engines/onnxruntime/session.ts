import { NativeBuffer } from "../../buffer.js";
import type { CompiledGraph } from "../../engine.js";
import { busy, disposed, modelInvalid, sessionOptionInvalid } from "../../errors.js";
import { textAt } from "../../foreign.js";
import { releaseAtExit } from "../../lifetime.js";
import { inTurn } from "../../queue.js";
import type { ValueInfo } from "../../tensor.js";
import { Binding } from "./binding.js";
import { describeValues } from "./describe.js";
import { addInitializers } from "./initializers.js";
import { type NativeNames, nativeNames } from "./names.js";
import { createOptions, type SessionOptions } from "./options.js";
import { type Ort, ort, outValue, takeStatus } from "./ort.js";

/** A protocol buffer holds at most 2 GiB. */
const maxModelBytes = 2 ** 31 - 1;

/** Bytes before the model's bytes, where the address of the new session is written. */
const RESULT_BYTES = 64;

/** A model that is ready to run. Its bindings may run concurrently. */
export class Session implements CompiledGraph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly #ort: Ort;
  readonly #handle: bigint;
  readonly #profiled: boolean;
  readonly #letInitializersGo: () => void;
  readonly #names: NativeNames;
  readonly #inputsByName: ReadonlyMap<string, ValueInfo>;
  readonly #outputsByName: ReadonlyMap<string, ValueInfo>;
  readonly #bindings = new Set<Binding>();
  readonly #takeOffExit: () => void;
  #disposed = false;

  private constructor(
    ort: Ort,
    handle: bigint,
    name: string,
    profiled: boolean,
    letInitializersGo: () => void,
  ) {
    this.#ort = ort;
    this.#handle = handle;
    this.#profiled = profiled;
    this.#letInitializersGo = letInitializersGo;
    this.name = name;
    this.inputs = describeValues(ort, handle, name, "input");
    this.outputs = describeValues(ort, handle, name, "output");
    this.#inputsByName = new Map(this.inputs.map((value) => [value.name, value]));
    this.#outputsByName = new Map(this.outputs.map((value) => [value.name, value]));
    this.#names = nativeNames([...this.inputs, ...this.outputs].map((value) => value.name));
    this.#takeOffExit = releaseAtExit(() => this.#releaseAtExit());
  }

  /**
   * Creates a session off the main thread, from the bytes of an ONNX model or from the path of its file. Rejects with
   * RUNTIME_MODEL_INVALID, RUNTIME_OPTION_INVALID, RUNTIME_VALUE_UNSUPPORTED, and the errors of loading the library.
   */
  static async create(model: Uint8Array | string, options: SessionOptions): Promise<Session> {
    const name = options.name ?? "model";
    checkModel(model, name);
    const runtime = ort();
    const optionsHandle = createOptions(runtime, options);
    let letInitializersGo = () => {};
    try {
      letInitializersGo = addInitializers(runtime, optionsHandle, name, options.initializers ?? {});
      const handle = await createNative(runtime, model, optionsHandle, name);
      try {
        return new Session(runtime, handle, name, options.profile !== undefined, letInitializersGo);
      } catch (error) {
        runtime.call.ReleaseSession(handle);
        throw error;
      }
    } catch (error) {
      letInitializersGo();
      throw error;
    } finally {
      runtime.call.ReleaseSessionOptions(optionsHandle);
    }
  }

  /** Creates a set of tensors for this session's inputs and outputs. */
  bind(): Binding {
    this.#check();
    const binding = new Binding(this.#ort, {
      name: this.name,
      inputs: this.#inputsByName,
      outputs: this.#outputsByName,
      handle: () => {
        this.#check();
        return this.#handle;
      },
      nameAddress: (name) => this.#names.addresses.get(name)!,
      forget: (binding) => this.#bindings.delete(binding),
    });
    this.#bindings.add(binding);
    return binding;
  }

  /** Ends the profiling that the option `profile` started. Returns the path of the JSON file. */
  endProfiling(): string {
    this.#check();
    this.#refuseWhileRunning("end its profile");
    if (!this.#profiled)
      throw sessionOptionInvalid("profile", "The session was created without the option profile");
    const { call, allocator } = this.#ort;
    const text = outValue((cell) => call.SessionEndProfiling(this.#handle, allocator, cell));
    const file = textAt(text);
    call.AllocatorFree(allocator, text);
    return file;
  }

  /** Releases the session and its bindings. Throws RUNTIME_BUSY while one of them runs. Calling it again does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#refuseWhileRunning("be disposed of");
    this.#disposed = true;
    for (const binding of [...this.#bindings]) binding.dispose();
    this.#ort.call.ReleaseSession(this.#handle);
    this.#letInitializersGo();
    this.#names.block.free();
    this.#takeOffExit();
  }

  #check(): void {
    if (this.#disposed) throw disposed(`Session "${this.name}"`);
  }

  #refuseWhileRunning(what: string): void {
    if ([...this.#bindings].some((binding) => binding.running)) {
      throw busy(
        `The session "${this.name}" cannot ${what} while it runs`,
        "Wait for the promises of its runs first.",
      );
    }
  }

  #releaseAtExit(): boolean {
    const running = [...this.#bindings].filter((binding) => binding.running);
    for (const binding of running) binding.terminate();
    if (running.length === 0) this.dispose();
    return running.length === 0;
  }
}

function checkModel(model: unknown, name: string): void {
  if (typeof model === "string") {
    if (model === "" || model.includes("\0")) throw modelInvalid(name, "the path is empty or contains a NUL");
    return;
  }
  if (!(model instanceof Uint8Array)) throw modelInvalid(name, "it is not a Uint8Array");
  if (model.byteLength === 0) throw modelInvalid(name, "it is empty");
  if (model.byteLength > maxModelBytes)
    throw modelInvalid(name, `it has ${model.byteLength} bytes, more than 2 GiB`);
}

/**
 * Calls `CreateSession`, or `CreateSessionFromArray` with a copy of the bytes in native memory, off the main thread.
 */
async function createNative(
  runtime: Ort,
  model: Uint8Array | string,
  options: bigint,
  name: string,
): Promise<bigint> {
  const length = typeof model === "string" ? 0 : model.byteLength;
  const memory = NativeBuffer.allocate(RESULT_BYTES + length);
  // Until the call is done, native code uses this memory and the environment, even if the process ends first.
  const takeOffExit = releaseAtExit(() => false);
  try {
    const status = await inTurn<bigint | null>((done) => {
      const { CreateSession, CreateSessionFromArray } = runtime.raw;
      if (typeof model === "string")
        return CreateSession.async(runtime.env, model, options, memory.address, done);
      memory.bytes(RESULT_BYTES).set(model);
      const bytes = memory.address + BigInt(RESULT_BYTES);
      CreateSessionFromArray.async(runtime.env, bytes, length, options, memory.address, done);
    });
    const failed = takeStatus(runtime.raw, status);
    if (failed) throw modelInvalid(name, failed.message, failed.code);
    return memory.int64(0, 1)[0]!;
  } finally {
    takeOffExit();
    memory.free();
  }
}
