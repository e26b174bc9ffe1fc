import type { StateBlock } from "../../block.js";
import { NativeBuffer } from "../../buffer.js";
import type { Device, DeviceValue } from "./device.js";

/** A range of bytes that is on the device. */
interface Resident {
  readonly from: number;
  readonly to: number;
  readonly value: DeviceValue;
  /** Whether the host memory has other values. */
  hostIsOld: boolean;
}

const blocks = new WeakMap<NativeBuffer, DeviceBlock>();

/** Returns the block that has this host memory. */
export const blockOf = (memory: NativeBuffer): DeviceBlock => blocks.get(memory)!;

/**
 * A block of a device. What graphs write stays on the device, as one tensor for each output; what the host writes stays in
 * host memory until a graph reads it.
 *
 * A device cannot address the middle of its memory. A graph that reads a range other than those that graphs wrote therefore
 * gets a copy, by way of the host.
 */
export class DeviceBlock implements StateBlock {
  /** Host memory for the whole block. */
  readonly memory: NativeBuffer;
  /** Increases when the host writes to the block. */
  hostWrites = 0;
  #residents: Resident[] = [];

  constructor(
    private readonly device: Device,
    byteLength: number,
  ) {
    this.memory = NativeBuffer.allocate(byteLength);
    blocks.set(this.memory, this);
  }

  get byteLength(): number {
    return this.memory.byteLength;
  }

  read(byteOffset = 0, length?: number): Float32Array {
    const values = this.memory.float32(byteOffset, length);
    this.#toHost(byteOffset, byteOffset + values.byteLength);
    return values;
  }

  copyOut(byteOffset?: number, length?: number): Float32Array {
    return this.read(byteOffset, length).slice();
  }

  copyIn(byteOffset: number, values: ArrayBufferView): void {
    this.#hostWill(byteOffset, byteOffset + values.byteLength);
    this.memory.copyIn(byteOffset, values);
  }

  write<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (values: Float32Array) => T,
  ): T {
    return this.#written(byteOffset, this.memory.float32(byteOffset, length), set);
  }

  writeBytes<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (bytes: Uint8Array) => T,
  ): T {
    return this.#written(byteOffset, this.memory.bytes(byteOffset, length), set);
  }

  fetch(): void {
    this.#toHost(0, this.byteLength);
  }

  free(): void {
    const release = () => {
      this.memory.free();
      this.#release(this.#residents);
      this.#residents = [];
    };
    this.device.whenIdle(release);
  }

  /** Returns the tensor that graphs wrote to exactly this range. If there is none, its values are in host memory. */
  residentAt(from: number, to: number): DeviceValue | undefined {
    const exact = this.#residents.find((each) => each.from === from && each.to === to);
    if (exact === undefined) this.#toHost(from, to);
    return exact?.value;
  }

  /** Takes over a tensor that a graph wrote for this range. */
  put(from: number, to: number, value: DeviceValue): void {
    this.forget(from, to);
    this.#residents.push({ from, to, value, hostIsOld: true });
  }

  /** A graph wrote this range in host memory. */
  wroteToHost(from: number, to: number): void {
    this.#hostWill(from, to);
  }

  /** Releases what the device has of this range, because all of it will be written. */
  forget(from: number, to: number): void {
    const within = this.#overlapping(from, to).filter((each) => from <= each.from && each.to <= to);
    this.#drop(within);
    this.#toHost(from, to);
    this.#drop(this.#overlapping(from, to));
  }

  #written<A, T extends void | Promise<void>>(
    byteOffset: number,
    values: A & { byteLength: number },
    set: (values: A) => T,
  ): T {
    this.#hostWill(byteOffset, byteOffset + values.byteLength);
    return set(values);
  }

  /** The host writes these bytes, so that they are no longer on the device. */
  #hostWill(from: number, to: number): void {
    this.hostWrites++;
    this.forget(from, to);
  }

  #toHost(from: number, to: number): void {
    for (const each of this.#overlapping(from, to)) {
      if (!each.hostIsOld) continue;
      this.device.download(each.value, { buffer: this.memory, byteOffset: each.from });
      each.hostIsOld = false;
    }
  }

  #overlapping(from: number, to: number): Resident[] {
    return this.#residents.filter((each) => each.from < to && from < each.to);
  }

  #drop(dropped: readonly Resident[]): void {
    if (dropped.length === 0) return;
    this.#residents = this.#residents.filter((each) => !dropped.includes(each));
    this.#release(dropped);
  }

  #release(residents: readonly Resident[]): void {
    const { call } = this.device.ort;
    this.device.whenIdle(() => {
      for (const { value } of residents) call.ReleaseValue(value.handle);
    });
  }
}
