import { hold, letGo } from "./buffer.js";
import { describeDims } from "./describe.js";
import { bindingIncomplete, busy, disposed, nameUnknown, runAborted, runFailed } from "./errors.js";
import { memoryAt, pointerAt } from "./foreign.js";
import { allocateCells, type Ort, takeStatus, written, writtenPair } from "./ort.js";
import { inTurn } from "./queue.js";
import {
  checkedByteLength,
  type ElementType,
  elementType,
  elementTypes,
  maxRank,
  type TensorView,
  type ValueInfo,
} from "./tensor.js";

/** The values of an output that ONNX Runtime allocated, copied; float16 as bits, bool as 0 and 1. */
export interface OutputTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array | Uint16Array | Int8Array;
}

/** What a binding needs of its session. */
export interface BoundSession {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The `OrtSession`. Throws RUNTIME_DISPOSED. */
  handle(): bigint;
  /** Where the name of an input or output lies as a C string. */
  nameAddress(name: string): bigint;
  forget(binding: Binding): void;
}

/** Shape of the tensor being bound, in the form native code reads; it copies the shape. */
let shape: { address: bigint; values: BigInt64Array } | undefined;

/**
 * Tensors for the inputs and outputs of a session, bound once and run many times.
 *
 * The tensors are memory of {@link NativeBuffer}s, which cannot be freed while they are bound. An output may be the
 * memory of an input (an update in place): whether that is right is a matter of the graph.
 */
export class Binding {
  readonly #ort: Ort;
  readonly #session: BoundSession;
  readonly #handle: bigint;
  readonly #runOptions: bigint;
  readonly #inputs = new Map<string, TensorView>();
  /** In the order of their first binding, which is the order ONNX Runtime gives the values in. */
  readonly #outputs = new Map<string, TensorView | "cpu">();
  #running = false;
  #terminated = false;
  #disposed = false;
  #hasRun = false;

  /** Made by `Session.bind()`. */
  constructor(ort: Ort, session: BoundSession) {
    this.#ort = ort;
    this.#session = session;
    this.#handle = written((cell) => ort.call.CreateIoBinding(session.handle(), cell));
    this.#runOptions = written((cell) => ort.call.CreateRunOptions(cell));
  }

  /** Whether a run is under way. */
  get running(): boolean {
    return this.#running;
  }

  /** Reads an input from `tensor` in the runs to come; the same tensor again costs next to nothing. */
  bindInput(name: string, tensor: TensorView): void {
    const declared = this.#declared("input", name);
    const byteLength = checkedByteLength(this.#session.name, declared, tensor);
    const before = this.#inputs.get(name);
    if (before !== undefined && sameTensor(before, tensor)) return;
    this.#withValue(tensor, byteLength, (value) =>
      this.#ort.call.BindInput(this.#handle, this.#session.nameAddress(name), value),
    );
    hold(tensor.buffer);
    if (before !== undefined) letGo(before.buffer);
    this.#inputs.set(name, copyOf(tensor));
  }

  /** Writes an output into `tensor` in the runs to come. Its dims must be those that a run computes. */
  bindOutput(name: string, tensor: TensorView): void {
    const declared = this.#declared("output", name);
    const byteLength = checkedByteLength(this.#session.name, declared, tensor);
    const before = this.#outputs.get(name);
    if (before !== undefined && before !== "cpu" && sameTensor(before, tensor)) return;
    this.#withValue(tensor, byteLength, (value) =>
      this.#ort.call.BindOutput(this.#handle, this.#session.nameAddress(name), value),
    );
    hold(tensor.buffer);
    if (before !== undefined && before !== "cpu") letGo(before.buffer);
    this.#outputs.set(name, copyOf(tensor));
  }

  /** Lets ONNX Runtime allocate an output, of whatever dims; read it with {@link output} after a run. */
  bindOutputToCpu(name: string): void {
    this.#declared("output", name);
    const before = this.#outputs.get(name);
    this.#ort.call.BindOutputToDevice(this.#handle, this.#session.nameAddress(name), this.#ort.cpuMemory);
    if (before !== undefined && before !== "cpu") letGo(before.buffer);
    this.#outputs.set(name, "cpu");
    this.#hasRun = false;
  }

  /**
   * Runs the model on a thread of its own; the event loop goes on. The tensors must not be touched until then.
   * Rejects with RUNTIME_RUN_FAILED, RUNTIME_RUN_ABORTED, RUNTIME_BINDING_INCOMPLETE, RUNTIME_BUSY, RUNTIME_DISPOSED.
   */
  async run(): Promise<void> {
    const session = this.#begin();
    const { raw } = this.#ort;
    return new Promise<void>((resolve, reject) => {
      inTurn((done) => {
        try {
          raw.RunWithBinding.async(session, this.#runOptions, this.#handle, (error, status) => {
            done();
            const failure = this.#end(error ? null : status);
            if (error || failure) reject(error || failure);
            else resolve();
          });
        } catch (error) {
          this.#end(null);
          throw error;
        }
      });
    });
  }

  /** Runs the model on this thread: for many runs of well under a millisecond. Throws what {@link run} rejects with. */
  runSync(): void {
    const session = this.#begin();
    const failure = this.#end(this.#ort.raw.RunWithBinding(session, this.#runOptions, this.#handle));
    if (failure) throw failure;
  }

  /** Stops the run that is under way, if there is one, before its next operation. */
  terminate(): void {
    if (!this.#running) return;
    this.#terminated = true;
    this.#ort.call.RunOptionsSetTerminate(this.#runOptions);
  }

  /** The values of an output that was bound with {@link bindOutputToCpu}, from the latest run. */
  output(name: string): OutputTensor {
    this.#refuseUnlessIdle("is read");
    if (this.#outputs.get(name) !== "cpu") {
      const known = [...this.#outputs].filter(([, bound]) => bound === "cpu").map(([known]) => known);
      throw nameUnknown(this.#session.name, "output bound with bindOutputToCpu", name, known);
    }
    if (!this.#hasRun) throw bindingIncomplete(this.#session.name, `Output "${name}" is read before a run.`);
    return this.#read([...this.#outputs.keys()].indexOf(name));
  }

  /** Releases the binding and lets its buffers go. Throws RUNTIME_BUSY while it runs. Twice does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#refuseUnlessIdle("is disposed of");
    this.#disposed = true;
    this.#ort.call.ReleaseIoBinding(this.#handle);
    this.#ort.call.ReleaseRunOptions(this.#runOptions);
    for (const tensor of this.#inputs.values()) letGo(tensor.buffer);
    for (const tensor of this.#outputs.values()) if (tensor !== "cpu") letGo(tensor.buffer);
    this.#session.forget(this);
  }

  #declared(kind: "input" | "output", name: string): ValueInfo {
    this.#refuseUnlessIdle("is changed");
    const values = kind === "input" ? this.#session.inputs : this.#session.outputs;
    const declared = values.find((value) => value.name === name);
    if (declared !== undefined) return declared;
    const known = values.map((value) => value.name);
    throw nameUnknown(this.#session.name, kind, name, known);
  }

  #refuseUnlessIdle(what: string): void {
    if (this.#disposed) throw disposed(`A binding of "${this.#session.name}"`);
    if (this.#running) {
      throw busy(
        `A binding of "${this.#session.name}" ${what} while it runs.`,
        "Wait for the promise of the run first.",
      );
    }
  }

  /** The session's handle, after all that a run needs is found to be there. */
  #begin(): bigint {
    this.#refuseUnlessIdle("is run again");
    const session = this.#session.handle();
    if (this.#inputs.size < this.#session.inputs.length) {
      const missing = this.#session.inputs
        .filter((value) => !this.#inputs.has(value.name))
        .map((value) => value.name);
      throw bindingIncomplete(this.#session.name, `No tensor is bound to input ${missing.join(", ")}.`);
    }
    if (this.#outputs.size === 0) throw bindingIncomplete(this.#session.name, "No output is bound.");
    for (const [name, bound] of this.#outputs) {
      // Bound anew, so that the values of the last run are not taken for memory to write the next ones to.
      if (bound === "cpu") this.bindOutputToCpu(name);
    }
    this.#running = true;
    return session;
  }

  /** Takes a run's status; what went wrong, or undefined. */
  #end(status: bigint | null): Error | undefined {
    const aborted = this.#terminated;
    this.#running = false;
    this.#terminated = false;
    if (aborted) this.#ort.call.RunOptionsUnsetTerminate(this.#runOptions);
    const failed = takeStatus(this.#ort.raw, status);
    this.#hasRun = failed === undefined;
    if (failed === undefined) return undefined;
    return aborted
      ? runAborted(this.#session.name)
      : runFailed(this.#session.name, failed.code, failed.message);
  }

  /** Makes an `OrtValue` over a tensor's memory for the time of one call; a binding keeps a reference of its own. */
  #withValue(tensor: TensorView, byteLength: number, use: (value: bigint) => void): void {
    const { call, cpuMemory } = this.#ort;
    if (shape === undefined) {
      const { address, values } = allocateCells(maxRank);
      shape = { address, values: new BigInt64Array(values.buffer) };
    }
    const { address, values } = shape;
    tensor.dims.forEach((dim, axis) => {
      values[axis] = BigInt(dim);
    });
    const data = tensor.buffer.address + BigInt(tensor.byteOffset);
    const { code } = elementTypes[tensor.type];
    const rank = tensor.dims.length;
    const value = written((cell) =>
      call.CreateTensorWithDataAsOrtValue(cpuMemory, data, byteLength, address, rank, code, cell),
    );
    try {
      use(value);
    } finally {
      call.ReleaseValue(value);
    }
  }

  #read(index: number): OutputTensor {
    const { call, allocator } = this.#ort;
    const [list, count] = writtenPair((first, second) =>
      call.GetBoundOutputValues(this.#handle, allocator, first, second),
    );
    const values = Array.from({ length: Number(count) }, (_, i) => pointerAt(list + BigInt(i * 8))!);
    try {
      return copyTensor(this.#ort, values[index]!);
    } finally {
      for (const value of values) call.ReleaseValue(value);
      call.AllocatorFree(allocator, list);
    }
  }
}

function copyTensor(ort: Ort, value: bigint): OutputTensor {
  const { call } = ort;
  const info = written((cell) => call.GetTensorTypeAndShape(value, cell));
  try {
    const code = Number(
      BigInt.asUintN(
        32,
        written((cell) => call.GetTensorElementType(info, cell)),
      ),
    );
    const type = elementType(code)!;
    const dims = describeDims(ort, info).map(Number);
    const byteLength = dims.reduce((product, dim) => product * dim, elementTypes[type].bytes);
    const data = written((cell) => call.GetTensorMutableData(value, cell));
    const bytes = byteLength === 0 ? new ArrayBuffer(0) : memoryAt(data, byteLength).slice(0);
    return { type, dims, data: new arrays[type](bytes) };
  } finally {
    call.ReleaseTensorTypeAndShapeInfo(info);
  }
}

const arrays = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  float16: Uint16Array,
  uint16: Uint16Array,
  int8: Int8Array,
} as const;

/** The caller's object may change; what is bound does not. */
function copyOf({ buffer, byteOffset, type, dims }: TensorView): TensorView {
  return { buffer, byteOffset, type, dims: [...dims] };
}

function sameTensor(a: TensorView, b: TensorView): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset === b.byteOffset &&
    a.dims.length === b.dims.length &&
    a.dims.every((dim, axis) => dim === b.dims[axis])
  );
}
