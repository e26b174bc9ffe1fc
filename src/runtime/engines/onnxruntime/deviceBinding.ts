import type { NeriumError } from "../../../errors.js";
import { busy, tensorMismatch } from "../../errors.js";
import { pointerAt } from "../../foreign.js";
import { byteLengthOf, type NativeTensor, type TensorView } from "../../tensor.js";
import { Binding, type BoundSession } from "./binding.js";
import type { Device, DeviceValue } from "./device.js";
import { blockOf, DeviceBlock } from "./deviceBlock.js";
import { deviceFailure } from "./deviceFailure.js";
import { type Ort, outPair, outValue, type Status } from "./ort.js";
import { withValue } from "./values.js";

/** What ONNX Runtime has for an input: a tensor of the device, or a copy of host memory after so many writes. */
type Bound =
  | { readonly value: DeviceValue; readonly dims: string }
  | { readonly block: DeviceBlock; readonly writes: number; readonly at: string };

/**
 * Tensors for the inputs and outputs of a session on a device.
 *
 * Before a run, inputs that the host has written are copied to the device. Outputs stay on the device, in memory that ONNX
 * Runtime allocates for each run, so that an output never overwrites what the graph still reads. Scalars go to host memory.
 */
export class DeviceBinding extends Binding {
  readonly #bound = new Map<string, Bound>();

  constructor(
    ort: Ort,
    session: BoundSession,
    private readonly device: Device,
  ) {
    super(ort, session);
  }

  override bindInput(name: string, tensor: TensorView): void {
    super.bindInput(name, this.#inHost(name, tensor));
  }

  override bindOutput(name: string, tensor: TensorView): void {
    super.bindOutput(name, this.#inHost(name, tensor));
  }

  override run(): Promise<void> {
    return this.device.exclusive(
      () => super.run(),
      () => this.#keepOutputs(),
    );
  }

  override runSync(): void {
    if (this.device.busy)
      throw busy("The device runs another graph", "Wait for the promise of that run first.");
    super.runSync();
    this.#keepOutputs();
  }

  protected override failure(status: Status): NeriumError {
    return deviceFailure(this.name, status.message) ?? super.failure(status);
  }

  // Each run binds everything anew where it has to.
  protected override setInput(): void {}
  protected override setOutput(): void {}
  protected override setOutputToCpu(): void {}

  protected override prepare(): void {
    const { call, cpuMemory } = this.ort;
    const read = new Set<string>();
    for (const [name, tensor] of this.inputs) {
      this.#bindToDevice(name, tensor);
      read.add(placeOf(tensor));
    }
    for (const [name, bound] of this.outputs) {
      const address = this.session.nameAddress(name);
      if (bound === "cpu") call.BindOutputToDevice(this.handle, address, cpuMemory);
      else if (bound.dims.length === 0)
        withValue(this.ort, bound, byteLengthOf(bound.type, []), (value) =>
          call.BindOutput(this.handle, address, value),
        );
      else {
        call.BindOutputToDevice(this.handle, address, this.device.memory);
        if (!read.has(placeOf(bound))) blockOf(bound.buffer).forget(...rangeOf(bound));
      }
    }
  }

  #bindToDevice(name: string, tensor: NativeTensor): void {
    const { call } = this.ort;
    const block = blockOf(tensor.buffer);
    const value = block.residentAt(...rangeOf(tensor));
    const address = this.session.nameAddress(name);
    const before = this.#bound.get(name);
    const dims = tensor.dims.join();
    if (value !== undefined) {
      if (before !== undefined && "value" in before && before.value === value && before.dims === dims) return;
      this.device.inDims(value, tensor.dims, (alias) => call.BindInput(this.handle, address, alias));
      this.#bound.set(name, { value, dims });
      return;
    }
    const at = `${placeOf(tensor)}:${dims}`;
    const { hostWrites: writes } = block;
    if (before !== undefined && "block" in before && before.block === block)
      if (before.writes === writes && before.at === at) return;
    withValue(this.ort, tensor, byteLengthOf(tensor.type, tensor.dims), (host) =>
      call.BindInput(this.handle, address, host),
    );
    this.#bound.set(name, { block, writes, at });
  }

  /** Gives the outputs of a run to their blocks. */
  #keepOutputs(): void {
    const { call, allocator } = this.ort;
    const [list, count] = outPair((first, second) =>
      call.GetBoundOutputValues(this.handle, allocator, first, second),
    );
    const values = Array.from({ length: Number(count) }, (_, i) => pointerAt(list + BigInt(i * 8))!);
    call.AllocatorFree(allocator, list);
    // ONNX Runtime returns them in the order of their first binding.
    [...this.outputs.values()].forEach((bound, index) => {
      const handle = values[index]!;
      if (bound === "cpu" || bound.dims.length === 0 || byteLengthOf(bound.type, bound.dims) === 0) {
        call.ReleaseValue(handle);
        if (bound !== "cpu") blockOf(bound.buffer).wroteToHost(...rangeOf(bound));
        return;
      }
      const data = outValue((cell) => call.GetTensorMutableData(handle, cell));
      const { type, dims } = bound;
      blockOf(bound.buffer).put(...rangeOf(bound), { handle, data, type, dims });
    });
  }

  #inHost(name: string, tensor: TensorView): TensorView {
    if (!(tensor.buffer instanceof DeviceBlock))
      throw tensorMismatch(this.name, name, "its block is not on the device of the graph");
    return { ...tensor, buffer: tensor.buffer.memory };
  }
}

const rangeOf = ({ byteOffset, type, dims }: NativeTensor): [number, number] => [
  byteOffset,
  byteOffset + byteLengthOf(type, dims),
];

/** A key for the range of a tensor. */
const placeOf = (tensor: NativeTensor): string => `${tensor.buffer.address}:${rangeOf(tensor)}`;
