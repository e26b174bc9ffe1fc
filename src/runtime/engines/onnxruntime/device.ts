import { isNeriumError } from "../../../errors.js";
import { busy } from "../../errors.js";
import { byteLengthOf, elementTypes, type NativeTensor } from "../../tensor.js";
import { nativeDims } from "../host/values.js";
import { deviceFailure } from "./deviceFailure.js";
import { type Ort, outValue } from "./ort.js";

/** `OrtDeviceAllocator` and `OrtMemTypeDefault`. */
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;

/** A tensor in the memory of a device. Whoever holds it must release its handle. */
export interface DeviceValue extends Pick<NativeTensor, "type" | "dims"> {
  /** The `OrtValue`. */
  readonly handle: bigint;
  /** What the device calls its memory. */
  readonly data: bigint;
}

/** Copies a tensor of a device to host memory. */
export type ToHost = (value: DeviceValue, to: Pick<NativeTensor, "buffer" | "byteOffset">) => void;

/** How ONNX Runtime reaches a device. */
export interface DeviceAccess {
  /** The library that has its provider. Loads it. */
  readonly library: () => Ort;
  /** The name of its memory in ONNX Runtime, and its number among devices of this name. */
  readonly memory: readonly [name: string, index: number];
  /** Entries of the configuration of every session. */
  readonly config?: Readonly<Record<string, string>>;
  /** Adds its provider to an `OrtSessionOptions`. */
  readonly addTo: (library: Ort, sessionOptions: bigint, settings: Readonly<Record<string, string>>) => void;
  readonly toHost: ToHost;
}

/**
 * A device of an execution provider of ONNX Runtime, such as a GPU.
 *
 * A provider's queue of commands may not be used by two threads at once, so everything that touches the device is done one
 * after the other.
 */
export class Device {
  #tail: Promise<void> = Promise.resolve();
  #busy = false;
  readonly #later: (() => void)[] = [];
  #memory: bigint | undefined;

  constructor(private readonly access: DeviceAccess) {}

  /** The library that has its provider. */
  get ort(): Ort {
    return this.access.library();
  }

  get config(): Readonly<Record<string, string>> {
    return this.access.config ?? {};
  }

  /** The `OrtMemoryInfo` of the device. */
  get memory(): bigint {
    const [name, index] = this.access.memory;
    this.#memory ??= outValue((cell) =>
      this.ort.call.CreateMemoryInfo(name, DEVICE_ALLOCATOR, index, DEFAULT_MEMORY, cell),
    );
    return this.#memory;
  }

  /** Adds its provider to an `OrtSessionOptions`. */
  addTo(sessionOptions: bigint, settings: Readonly<Record<string, string>> = {}): void {
    this.access.addTo(this.ort, sessionOptions, settings);
  }

  /** Whether native work runs on the device. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * Starts native work when it is its turn, alone. `start` may use the device until it returns its promise, and `finish` after
   * the work has succeeded.
   */
  async exclusive<T>(start: () => Promise<T>, finish: () => void = () => {}): Promise<T> {
    const before = this.#tail;
    let next = () => {};
    this.#tail = new Promise((resolve) => {
      next = resolve;
    });
    await before;
    try {
      const working = start();
      this.#busy = true;
      const result = await working.finally(() => {
        this.#busy = false;
      });
      finish();
      return result;
    } finally {
      try {
        for (const each of this.#later.splice(0)) each();
      } finally {
        next();
      }
    }
  }

  /** Calls `work` now, or as soon as what runs on the device has ended. */
  whenIdle(work: () => void): void {
    if (this.#busy) this.#later.push(work);
    else work();
  }

  /** Copies a tensor to host memory. Throws RUNTIME_BUSY while something runs on the device. */
  download(value: DeviceValue, to: Pick<NativeTensor, "buffer" | "byteOffset">): void {
    if (this.#busy)
      throw busy(
        "A block cannot be read from its device while the device runs a graph",
        "Wait for the promise of the run first, or fetch the block before the run.",
      );
    try {
      this.access.toHost(value, to);
    } catch (error) {
      throw (isNeriumError(error) ? deviceFailure("copy", error.message) : undefined) ?? error;
    }
  }

  /** Calls `use` with an `OrtValue` for the memory of a tensor in these dims, then releases it. */
  inDims(
    { data, type }: Pick<DeviceValue, "data" | "type">,
    dims: readonly number[],
    use: (value: bigint) => void,
  ): void {
    const { call } = this.ort;
    const bytes = byteLengthOf(type, dims);
    const shape = nativeDims(dims);
    const { code } = elementTypes[type];
    const value = outValue((cell) =>
      call.CreateTensorWithDataAsOrtValue(this.memory, data, bytes, shape, dims.length, code, cell),
    );
    try {
      use(value);
    } finally {
      call.ReleaseValue(value);
    }
  }
}
