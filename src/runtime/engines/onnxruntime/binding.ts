import { hold, letGo } from "../../buffer.js";
import type { GraphBinding } from "../../engine.js";
import { bindingIncomplete, busy, disposed, nameUnknown, runAborted, runFailed } from "../../errors.js";
import { pointerAt } from "../../foreign.js";
import { inTurn } from "../../queue.js";
import {
  checkedByteLength,
  type NativeTensor,
  type OutputTensor,
  requireNative,
  type TensorView,
  type ValueInfo,
} from "../../tensor.js";
import { type Ort, outPair, outValue, takeStatus } from "./ort.js";
import { copyOfValue, withValue } from "./values.js";

/** How long {@link Binding.runAll} runs bindings before it yields to the event loop. */
const sliceMilliseconds = 4;

/** What a binding needs of its session. */
export interface BoundSession {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  /** The `OrtSession`. Throws RUNTIME_DISPOSED. */
  handle(): bigint;
  /** Returns the address of the name of an input or output, as a C string. */
  nameAddress(name: string): bigint;
  forget(binding: Binding): void;
}

/**
 * Tensors for the inputs and outputs of a session, bound once and run many times.
 *
 * The tensors are memory of {@link NativeBuffer}s, which cannot be freed while they are bound. An output may be the
 * memory of an input (an update in place) if the graph allows it; this is not checked.
 */
export class Binding implements GraphBinding {
  readonly #ort: Ort;
  readonly #session: BoundSession;
  readonly #handle: bigint;
  readonly #runOptions: bigint;
  readonly #inputs = new Map<string, NativeTensor>();
  /** In the order of their first binding, which is the order in which ONNX Runtime returns the values. */
  readonly #outputs = new Map<string, NativeTensor | "cpu">();
  #running = false;
  #terminated = false;
  #disposed = false;
  #hasRun = false;

  /** Called by `Session.bind()`. */
  constructor(ort: Ort, session: BoundSession) {
    this.#ort = ort;
    this.#session = session;
    this.#handle = outValue((cell) => ort.call.CreateIoBinding(session.handle(), cell));
    try {
      this.#runOptions = outValue((cell) => ort.call.CreateRunOptions(cell));
    } catch (error) {
      ort.call.ReleaseIoBinding(this.#handle);
      throw error;
    }
  }

  /** Whether a run is in progress. */
  get running(): boolean {
    return this.#running;
  }

  /** Whether the model has an input of this name. */
  takes(name: string): boolean {
    return this.#session.inputs.has(name);
  }

  /** Whether the model has an output of this name. */
  gives(name: string): boolean {
    return this.#session.outputs.has(name);
  }

  /** Reads an input from `tensor` in all later runs. Binding the same tensor again costs almost nothing. */
  bindInput(name: string, tensor: TensorView): void {
    const declared = this.#declared("input", name);
    requireNative(this.#session.name, name, tensor);
    const byteLength = checkedByteLength(this.#session.name, declared, tensor);
    const before = this.#inputs.get(name);
    if (before !== undefined && sameTensor(before, tensor)) return;
    withValue(this.#ort, tensor, byteLength, (value) =>
      this.#ort.call.BindInput(this.#handle, this.#session.nameAddress(name), value),
    );
    hold(tensor.buffer);
    if (before !== undefined) letGo(before.buffer);
    this.#inputs.set(name, copyOf(tensor));
  }

  /** Writes an output to `tensor` in all later runs. Its dims must be those that a run computes. */
  bindOutput(name: string, tensor: TensorView): void {
    const declared = this.#declared("output", name);
    requireNative(this.#session.name, name, tensor);
    const byteLength = checkedByteLength(this.#session.name, declared, tensor);
    const before = this.#outputs.get(name);
    if (before !== undefined && before !== "cpu" && sameTensor(before, tensor)) return;
    withValue(this.#ort, tensor, byteLength, (value) =>
      this.#ort.call.BindOutput(this.#handle, this.#session.nameAddress(name), value),
    );
    hold(tensor.buffer);
    if (before !== undefined && before !== "cpu") letGo(before.buffer);
    this.#outputs.set(name, copyOf(tensor));
  }

  /** Lets ONNX Runtime allocate an output, whatever its dims. Read it with {@link output} after a run. */
  bindOutputToCpu(name: string): void {
    this.#declared("output", name);
    const before = this.#outputs.get(name);
    this.#ort.call.BindOutputToDevice(this.#handle, this.#session.nameAddress(name), this.#ort.cpuMemory);
    if (before !== undefined && before !== "cpu") letGo(before.buffer);
    this.#outputs.set(name, "cpu");
    this.#hasRun = false;
  }

  /**
   * Runs the model on a thread of libuv's pool, without blocking the event loop. Do not use the tensors until the promise
   * settles.
   * Rejects with RUNTIME_RUN_FAILED, RUNTIME_RUN_ABORTED, RUNTIME_BINDING_INCOMPLETE, RUNTIME_BUSY, RUNTIME_DISPOSED.
   */
  async run(): Promise<void> {
    const session = this.#begin();
    let status: bigint | null | undefined;
    try {
      status = await inTurn<bigint | null>((done) =>
        this.#ort.raw.RunWithBinding.async(session, this.#runOptions, this.#handle, done),
      );
    } finally {
      this.#end(status);
    }
  }

  /** Runs the model on this thread, for many runs of well under a millisecond. Throws the errors of {@link run}. */
  runSync(): void {
    const session = this.#begin();
    this.#end(this.#ort.raw.RunWithBinding(session, this.#runOptions, this.#handle));
  }

  /**
   * Runs bindings one after the other on this thread and yields to the event loop every few milliseconds. This is faster
   * than {@link run} if one run takes well under a millisecond. A long run blocks the event loop.
   */
  static async runAll(bindings: readonly Binding[]): Promise<void> {
    let pause = performance.now() + sliceMilliseconds;
    for (const binding of bindings) {
      binding.runSync();
      if (performance.now() < pause) continue;
      await new Promise(setImmediate);
      pause = performance.now() + sliceMilliseconds;
    }
  }

  /** Stops the run in progress, if any, before its next operation. */
  terminate(): void {
    if (!this.#running) return;
    this.#terminated = true;
    this.#ort.call.RunOptionsSetTerminate(this.#runOptions);
  }

  /** Returns a copy of an output that was bound with {@link bindOutputToCpu}, from the latest run. */
  output(name: string): OutputTensor {
    this.#refuseUnlessIdle("read");
    if (this.#outputs.get(name) !== "cpu") {
      const known = [...this.#outputs].filter(([, bound]) => bound === "cpu").map(([known]) => known);
      throw nameUnknown(this.#session.name, "output bound with bindOutputToCpu", name, known);
    }
    if (!this.#hasRun)
      throw bindingIncomplete(this.#session.name, `The output "${name}" cannot be read before a run`);
    return this.#read([...this.#outputs.keys()].indexOf(name));
  }

  /** Releases the binding and its hold on buffers. Throws RUNTIME_BUSY while it runs. Calling it again does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#refuseUnlessIdle("disposed of");
    this.#disposed = true;
    this.#ort.call.ReleaseIoBinding(this.#handle);
    this.#ort.call.ReleaseRunOptions(this.#runOptions);
    for (const tensor of this.#inputs.values()) letGo(tensor.buffer);
    for (const tensor of this.#outputs.values()) if (tensor !== "cpu") letGo(tensor.buffer);
    this.#session.forget(this);
  }

  #declared(kind: "input" | "output", name: string): ValueInfo {
    this.#refuseUnlessIdle("changed");
    const values = kind === "input" ? this.#session.inputs : this.#session.outputs;
    const declared = values.get(name);
    if (declared === undefined) throw nameUnknown(this.#session.name, kind, name, [...values.keys()]);
    return declared;
  }

  #refuseUnlessIdle(what: string): void {
    if (this.#disposed) throw disposed(`A binding of "${this.#session.name}"`);
    if (this.#running) {
      throw busy(
        `A binding of "${this.#session.name}" cannot be ${what} while it runs`,
        "Wait for the promise of the run first.",
      );
    }
  }

  /** Checks that everything is bound that a run needs, and returns the session's handle. */
  #begin(): bigint {
    this.#refuseUnlessIdle("run again");
    const session = this.#session.handle();
    if (this.#inputs.size < this.#session.inputs.size) {
      const missing = [...this.#session.inputs.keys()].filter((name) => !this.#inputs.has(name));
      throw bindingIncomplete(this.#session.name, `No tensor is bound to input ${missing.join(", ")}`);
    }
    if (this.#outputs.size === 0) throw bindingIncomplete(this.#session.name, "No output is bound");
    for (const [name, bound] of this.#outputs) {
      // Binds it again, because ONNX Runtime would otherwise write to the memory of the last run's values.
      if (bound === "cpu") this.bindOutputToCpu(name);
    }
    this.#running = true;
    return session;
  }

  /** Ends a run and throws if its status is an error. The status is `undefined` if the run did not start. */
  #end(status: bigint | null | undefined): void {
    const aborted = this.#terminated;
    this.#running = false;
    this.#terminated = false;
    if (aborted) this.#ort.call.RunOptionsUnsetTerminate(this.#runOptions);
    this.#hasRun = status === null;
    const failed = takeStatus(this.#ort.raw, status ?? null);
    if (failed === undefined) return;
    if (aborted) throw runAborted(this.#session.name);
    throw runFailed(this.#session.name, failed.code, failed.message);
  }

  #read(index: number): OutputTensor {
    const { call, allocator } = this.#ort;
    const [list, count] = outPair((first, second) =>
      call.GetBoundOutputValues(this.#handle, allocator, first, second),
    );
    const values = Array.from({ length: Number(count) }, (_, i) => pointerAt(list + BigInt(i * 8))!);
    try {
      return copyOfValue(this.#ort, values[index]!);
    } finally {
      for (const value of values) call.ReleaseValue(value);
      call.AllocatorFree(allocator, list);
    }
  }
}

/** Copies the tensor, because the caller may change its object later. */
function copyOf({ buffer, byteOffset, type, dims }: NativeTensor): NativeTensor {
  return { buffer, byteOffset, type, dims: [...dims] };
}

function sameTensor(a: NativeTensor, b: NativeTensor): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset === b.byteOffset &&
    a.dims.length === b.dims.length &&
    a.dims.every((dim, axis) => dim === b.dims[axis])
  );
}
