import { NativeBuffer } from "../../buffer.js";
import { modelInvalid, sessionOptionInvalid } from "../../errors.js";
import { textAt } from "../../foreign.js";
import { releaseAtExit } from "../../lifetime.js";
import { inTurn } from "../../queue.js";
import { HostGraph } from "../host/graph.js";
import { checkModel } from "../host/model.js";
import { type NativeNames, nativeNames } from "../host/names.js";
import { Binding, type BoundSession } from "./binding.js";
import { describeValues } from "./describe.js";
import type { Device } from "./device.js";
import { DeviceBinding } from "./deviceBinding.js";
import { addInitializers } from "./initializers.js";
import { createOptions, type SessionOptions } from "./options.js";
import { type Ort, ort, outValue, takeStatus } from "./ort.js";

/** Bytes before the model's bytes, where the address of the new session is written. */
const RESULT_BYTES = 64;

/** A model that is ready to run. Its bindings may run concurrently. */
export class Session extends HostGraph<Binding> implements BoundSession {
  readonly #ort: Ort;
  readonly handle: bigint;
  readonly #profiled: boolean;
  readonly #letInitializersGo: () => void;
  readonly #names: NativeNames;
  readonly #device: Device | undefined;

  private constructor(
    ort: Ort,
    handle: bigint,
    name: string,
    { profile, device }: SessionOptions,
    letInitializersGo: () => void,
  ) {
    const inputs = describeValues(ort, handle, name, "input");
    const outputs = describeValues(ort, handle, name, "output");
    const names = nativeNames([...inputs, ...outputs].map((value) => value.name));
    super(name, inputs, outputs);
    this.#ort = ort;
    this.handle = handle;
    this.#profiled = profile !== undefined;
    this.#device = device;
    this.#letInitializersGo = letInitializersGo;
    this.#names = names;
  }

  /**
   * Creates a session off the main thread, from the bytes of an ONNX model or from the path of its file. Rejects with
   * RUNTIME_MODEL_INVALID, RUNTIME_OPTION_INVALID, RUNTIME_VALUE_UNSUPPORTED, and the errors of loading the library.
   */
  static async create(model: Uint8Array | string, options: SessionOptions): Promise<Session> {
    const name = options.name ?? "model";
    checkModel("ONNX Runtime", model, name);
    const runtime = options.device?.ort ?? ort();
    const optionsHandle = createOptions(runtime, options);
    let letInitializersGo = () => {};
    try {
      letInitializersGo = addInitializers(runtime, optionsHandle, name, options.initializers ?? {});
      const handle = await createNative(runtime, model, optionsHandle, name);
      try {
        return new Session(runtime, handle, name, options, letInitializersGo);
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

  nameAddress(name: string): bigint {
    return this.#names.addresses.get(name)!;
  }

  protected newBinding(): Binding {
    return this.#device === undefined
      ? new Binding(this.#ort, this)
      : new DeviceBinding(this.#ort, this, this.#device);
  }

  /** Ends the profiling that the option `profile` started. Returns the path of the JSON file. */
  endProfiling(): string {
    this.check();
    this.refuseWhileRunning("end its profile");
    if (!this.#profiled)
      throw sessionOptionInvalid("profile", "The session was created without the option profile");
    const { call, allocator } = this.#ort;
    const text = outValue((cell) => call.SessionEndProfiling(this.handle, allocator, cell));
    const file = textAt(text);
    call.AllocatorFree(allocator, text);
    return file;
  }

  protected release(): void {
    const release = () => {
      this.#ort.call.ReleaseSession(this.handle);
      this.#letInitializersGo();
      this.#names.block.free();
    };
    if (this.#device === undefined) release();
    else this.#device.whenIdle(release);
  }
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
    if (failed) throw modelInvalid(name, failed.message, { status: failed.code });
    return memory.int64(0, 1)[0]!;
  } finally {
    takeOffExit();
    memory.free();
  }
}
