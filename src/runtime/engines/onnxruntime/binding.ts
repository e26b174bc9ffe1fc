import type { NeriumError } from "../../../errors.js";
import { runAborted, runFailed } from "../../errors.js";
import { pointerAt } from "../../foreign.js";
import { inTurn } from "../../queue.js";
import type { NativeTensor, OutputTensor } from "../../tensor.js";
import { type BoundGraph, HostBinding } from "../host/binding.js";
import { type Ort, outPair, outValue, type Status, takeStatus } from "./ort.js";
import { copyOfValue, withValue } from "./values.js";

/** How long {@link Binding.runAll} runs bindings before it yields to the event loop. */
const sliceMilliseconds = 4;

/** What a binding needs of its session. */
export interface BoundSession extends BoundGraph {
  /** The `OrtSession`. */
  readonly handle: bigint;
  /** Returns the address of the name of an input or output, as a C string. */
  nameAddress(name: string): bigint;
}

/** Tensors for the inputs and outputs of a session, bound once and run many times. */
export class Binding extends HostBinding {
  protected readonly ort: Ort;
  protected readonly session: BoundSession;
  /** The `OrtIoBinding`. */
  protected readonly handle: bigint;
  readonly #runOptions: bigint;
  #terminated = false;

  /** Called by `Session.bind()`. */
  constructor(ort: Ort, session: BoundSession) {
    super(session);
    this.ort = ort;
    this.session = session;
    this.handle = outValue((cell) => ort.call.CreateIoBinding(session.handle, cell));
    try {
      this.#runOptions = outValue((cell) => ort.call.CreateRunOptions(cell));
    } catch (error) {
      ort.call.ReleaseIoBinding(this.handle);
      throw error;
    }
  }

  protected setInput(name: string, tensor: NativeTensor, byteLength: number): void {
    withValue(this.ort, tensor, byteLength, (value) =>
      this.ort.call.BindInput(this.handle, this.session.nameAddress(name), value),
    );
  }

  protected setOutput(name: string, tensor: NativeTensor, byteLength: number): void {
    withValue(this.ort, tensor, byteLength, (value) =>
      this.ort.call.BindOutput(this.handle, this.session.nameAddress(name), value),
    );
  }

  protected setOutputToCpu(name: string): void {
    const { call, cpuMemory } = this.ort;
    call.BindOutputToDevice(this.handle, this.session.nameAddress(name), cpuMemory);
  }

  /**
   * Runs the model on a thread of libuv's pool, without blocking the event loop. Do not use the tensors until the promise
   * settles.
   * Rejects with RUNTIME_RUN_FAILED, RUNTIME_RUN_ABORTED, RUNTIME_BINDING_INCOMPLETE, RUNTIME_BUSY, RUNTIME_DISPOSED.
   */
  async run(): Promise<void> {
    this.begin();
    let status: bigint | null | undefined;
    try {
      status = await inTurn<bigint | null>((done) =>
        this.ort.raw.RunWithBinding.async(this.session.handle, this.#runOptions, this.handle, done),
      );
    } finally {
      this.#end(status);
    }
  }

  /** Runs the model on this thread, for many runs of well under a millisecond. Throws the errors of {@link run}. */
  runSync(): void {
    this.begin();
    this.#end(this.ort.raw.RunWithBinding(this.session.handle, this.#runOptions, this.handle));
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

  terminate(): void {
    if (!this.running) return;
    this.#terminated = true;
    this.ort.call.RunOptionsSetTerminate(this.#runOptions);
  }

  protected release(): void {
    this.ort.call.ReleaseIoBinding(this.handle);
    this.ort.call.ReleaseRunOptions(this.#runOptions);
  }

  protected override prepare(): void {
    for (const [name, bound] of this.outputs) {
      // Binds it again, because ONNX Runtime would otherwise write to the memory of the last run's values.
      if (bound === "cpu") this.setOutputToCpu(name);
    }
  }

  /** Ends a run and throws if its status is an error. The status is `undefined` if the run did not start. */
  #end(status: bigint | null | undefined): void {
    const aborted = this.#terminated;
    this.#terminated = false;
    if (aborted) this.ort.call.RunOptionsUnsetTerminate(this.#runOptions);
    this.end(status === null);
    const failed = takeStatus(this.ort.raw, status ?? null);
    if (failed === undefined) return;
    if (aborted) throw runAborted(this.name);
    throw this.failure(failed);
  }

  /** The error of a run that failed. */
  protected failure({ code, message }: Status): NeriumError {
    return runFailed(this.name, code, message);
  }

  protected copyOfOutput(name: string): OutputTensor {
    const { call, allocator } = this.ort;
    const [list, count] = outPair((first, second) =>
      call.GetBoundOutputValues(this.handle, allocator, first, second),
    );
    const values = Array.from({ length: Number(count) }, (_, i) => pointerAt(list + BigInt(i * 8))!);
    try {
      // ONNX Runtime returns them in the order of their first binding.
      return copyOfValue(this.ort, values[[...this.outputs.keys()].indexOf(name)]!);
    } finally {
      for (const value of values) call.ReleaseValue(value);
      call.AllocatorFree(allocator, list);
    }
  }
}
