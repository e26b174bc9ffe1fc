import { NativeBuffer } from "../../buffer.js";
import { runAborted, runFailed } from "../../errors.js";
import { allocateCells, type Cells, memoryAt } from "../../foreign.js";
import { inTurn } from "../../queue.js";
import { byteLengthOf, type NativeTensor, type OutputTensor, type ValueInfo } from "../../tensor.js";
import { trimHeap } from "../../trimHeap.js";
import { type BoundGraph, HostBinding } from "../host/binding.js";
import { copyOfTensor, nativeDims } from "../host/values.js";
import { failure, type OpenVino, outCell } from "./openvino.js";
import type { Profile } from "./profile.js";

/** What a binding needs of its graph. */
export interface BoundModel extends BoundGraph {
  readonly openvino: OpenVino;
  /** The `ov_compiled_model_t`. */
  readonly handle: bigint;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** OpenVINO's numbers for the element types of the inputs and outputs. */
  readonly inputTypes: readonly number[];
  readonly outputTypes: readonly number[];
  readonly profile: Profile | undefined;
}

/** How much is copied at once, and for how long, before the event loop turns. */
const SLICE_BYTES = 4 * 2 ** 20;
const SLICE_MILLISECONDS = 4;

/** Tensors for the inputs and outputs of a graph. Each binding is an infer request. */
export class OpenVinoBinding extends HostBinding {
  readonly #graph: BoundModel;
  /** The `ov_infer_request_t`. */
  readonly #handle: bigint;
  readonly #inputIndex: ReadonlyMap<string, number>;
  readonly #outputIndex: ReadonlyMap<string, number>;
  /** The outputs whose dims are only known after a run. */
  readonly #dynamicOutputs: readonly string[];
  /** Memory for outputs that are bound to the memory of an input, and are copied there after a run. */
  readonly #staged = new Map<string, NativeBuffer>();
  /** Whether the tensors have changed since {@link #stageOverlaps} looked at them. */
  #isChanged = false;
  #terminated = false;

  constructor(graph: BoundModel) {
    super(graph);
    const { call } = graph.openvino;
    this.#graph = graph;
    this.#inputIndex = indices(graph.inputs);
    this.#outputIndex = indices(graph.outputs);
    this.#dynamicOutputs = graph.outputs.filter(({ dims }) => !isStatic(dims)).map(({ name }) => name);
    this.#handle = outCell((cell) => call.ov_compiled_model_create_infer_request(graph.handle, cell));
  }

  protected setInput(name: string, tensor: NativeTensor): void {
    const { call } = this.#graph.openvino;
    const index = this.#inputIndex.get(name)!;
    this.#withTensor(this.#graph.inputTypes[index]!, tensor.dims, addressOf(tensor), (value) =>
      call.ov_infer_request_set_input_tensor_by_index(this.#handle, index, value),
    );
    this.#isChanged = true;
  }

  protected setOutput(name: string, tensor: NativeTensor): void {
    this.#setOutputAt(name, tensor.dims, addressOf(tensor));
    this.#isChanged = true;
  }

  protected setOutputToCpu(name: string): void {
    // OpenVINO allocates outputs itself, unless they were given memory before.
    if ((this.outputs.get(name) ?? "cpu") === "cpu") return;
    const index = this.#outputIndex.get(name)!;
    const dims = this.#graph.outputs[index]!.dims.map((dim) => (typeof dim === "number" ? dim : 0));
    this.#setOutputAt(name, dims, undefined);
  }

  /**
   * Runs the graph on OpenVINO's threads, while a thread of libuv's pool waits: OpenVINO cancels only such runs. Rejects with
   * RUNTIME_RUN_FAILED, RUNTIME_RUN_ABORTED, RUNTIME_BINDING_INCOMPLETE, RUNTIME_BUSY, RUNTIME_DISPOSED.
   */
  async run(): Promise<void> {
    this.begin();
    // For each new shape, parts of the graph are prepared and old ones freed. Without this, training in bf16 takes a sixth more memory.
    trimHeap();
    const { raw } = this.#graph.openvino;
    let succeeded = false;
    try {
      const status = await inTurn<number>((done) => {
        const started = raw.ov_infer_request_start_async(this.#handle);
        if (started !== 0) return done(null, started);
        raw.ov_infer_request_wait.async(this.#handle, done);
      });
      if (status !== 0) {
        if (this.#terminated) throw runAborted(this.name);
        const { code, message } = failure(raw, status);
        throw runFailed(this.name, code, message);
      }
      await this.#finish();
      succeeded = true;
    } finally {
      this.#terminated = false;
      this.end(succeeded);
    }
  }

  terminate(): void {
    if (!this.running) return;
    this.#terminated = true;
    this.#graph.openvino.raw.ov_infer_request_cancel(this.#handle);
  }

  protected override prepare(): void {
    if (this.#isChanged) this.#stageOverlaps();
    this.#isChanged = false;
  }

  protected copyOfOutput(name: string): OutputTensor {
    const { type, dims: declared } = this.#graph.outputsByName.get(name)!;
    return this.#withOutput(name, (tensor) => {
      const dims = isStatic(declared) ? declared : this.#dimsOf(tensor);
      const address = outCell((cell) => this.#graph.openvino.call.ov_tensor_data(tensor, cell));
      return copyOfTensor(type, dims, address);
    });
  }

  protected release(): void {
    this.#graph.openvino.raw.ov_infer_request_free(this.#handle);
    for (const block of this.#staged.values()) block.free();
  }

  /**
   * Gives outputs that overlap an input memory of their own. OpenVINO does not know that they overlap, and may write an output
   * before it has read the input for the last time.
   */
  #stageOverlaps(): void {
    const inputs = [...this.inputs.values()];
    for (const [name, tensor] of this.outputs) {
      const before = this.#staged.get(name);
      if (tensor === "cpu" || !inputs.some((input) => overlap(input, tensor))) {
        if (before === undefined) continue;
        if (tensor !== "cpu") this.#setOutputAt(name, tensor.dims, addressOf(tensor));
        this.#staged.delete(name);
        before.free();
        continue;
      }
      const bytes = byteLengthOf(tensor.type, tensor.dims);
      const block =
        before !== undefined && before.byteLength >= bytes ? before : NativeBuffer.allocate(bytes);
      this.#setOutputAt(name, tensor.dims, block.address);
      this.#staged.set(name, block);
      if (before !== block) before?.free();
    }
  }

  /**
   * Adds the run to the profile, checks that outputs have the dims of their tensors, which OpenVINO would silently change,
   * and copies those that were written elsewhere.
   */
  async #finish(): Promise<void> {
    this.#graph.profile?.add(this.#handle);
    for (const name of this.#dynamicOutputs) {
      const tensor = this.outputs.get(name);
      if (tensor === undefined || tensor === "cpu") continue;
      const dims = this.#withOutput(name, (value) => this.#dimsOf(value));
      if (dims.length === tensor.dims.length && dims.every((dim, axis) => dim === tensor.dims[axis]))
        continue;
      const what = `"${name}" has the dims [${dims.join(", ")}], but its tensor [${tensor.dims.join(", ")}]`;
      throw runFailed(this.name, "PARAMETER_MISMATCH", what);
    }
    let pause = performance.now() + SLICE_MILLISECONDS;
    for (const [name, block] of this.#staged) {
      const { buffer, byteOffset, type, dims } = this.outputs.get(name) as NativeTensor;
      const bytes = byteLengthOf(type, dims);
      const [to, from] = [buffer.bytes(byteOffset, bytes), block.bytes(0, bytes)];
      for (let at = 0; at < bytes; at += SLICE_BYTES) {
        if (performance.now() > pause) {
          await new Promise(setImmediate);
          pause = performance.now() + SLICE_MILLISECONDS;
        }
        to.set(from.subarray(at, at + SLICE_BYTES), at);
      }
    }
  }

  /** Lets OpenVINO write an output to memory at an address, or, without one, to memory that it allocates. */
  #setOutputAt(name: string, dims: readonly number[], address: bigint | undefined): void {
    const { call } = this.#graph.openvino;
    const index = this.#outputIndex.get(name)!;
    this.#withTensor(this.#graph.outputTypes[index]!, dims, address, (value) =>
      call.ov_infer_request_set_output_tensor_by_index(this.#handle, index, value),
    );
  }

  /** Calls `use` with an `ov_tensor_t`, of which the request then keeps what it needs. */
  #withTensor(
    type: number,
    dims: readonly number[],
    address: bigint | undefined,
    use: (tensor: bigint) => void,
  ): void {
    const { call, raw } = this.#graph.openvino;
    const shape = { rank: dims.length, dims: nativeDims(dims) };
    const tensor = outCell((cell) =>
      address === undefined
        ? call.ov_tensor_create(type, shape, cell)
        : call.ov_tensor_create_from_host_ptr(type, shape, address, cell),
    );
    try {
      use(tensor);
    } finally {
      raw.ov_tensor_free(tensor);
    }
  }

  /** Calls `use` with the `ov_tensor_t` of an output. */
  #withOutput<T>(name: string, use: (tensor: bigint) => T): T {
    const { call, raw } = this.#graph.openvino;
    const index = this.#outputIndex.get(name)!;
    const tensor = outCell((cell) =>
      call.ov_infer_request_get_output_tensor_by_index(this.#handle, index, cell),
    );
    try {
      return use(tensor);
    } finally {
      raw.ov_tensor_free(tensor);
    }
  }

  /** Asks for the dims of a tensor, which must not be a scalar. */
  #dimsOf(tensor: bigint): number[] {
    const { call, raw } = this.#graph.openvino;
    shape ??= allocateCells(2);
    call.ov_tensor_get_shape(tensor, shape.address);
    const [rank, address] = shape.values;
    const dims = Array.from(new BigInt64Array(memoryAt(address!, Number(rank) * 8)), Number);
    raw.ov_shape_free(shape.address);
    return dims;
  }
}

/** The `ov_shape_t` that OpenVINO writes to. */
let shape: Cells | undefined;

const isStatic = (dims: ValueInfo["dims"]): dims is readonly number[] =>
  dims.every((dim) => typeof dim === "number");

const indices = (values: readonly ValueInfo[]): ReadonlyMap<string, number> =>
  new Map(values.map(({ name }, index) => [name, index]));

const addressOf = ({ buffer, byteOffset }: NativeTensor): bigint => buffer.address + BigInt(byteOffset);

function overlap(a: NativeTensor, b: NativeTensor): boolean {
  if (a.buffer !== b.buffer) return false;
  const end = ({ byteOffset, type, dims }: NativeTensor) => byteOffset + byteLengthOf(type, dims);
  return a.byteOffset < end(b) && b.byteOffset < end(a);
}
