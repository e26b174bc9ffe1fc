import { busy } from "../../errors.js";
import { allocateCells, type Cells } from "../../foreign.js";
import { byteLengthOf, elementTypes, type NativeTensor } from "../../tensor.js";
import { nativeDims } from "../host/values.js";
import { ort, outValue } from "./ort.js";
import { withValue } from "./values.js";

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

/** The lists with which ONNX Runtime copies a tensor: its `OrtValue`, and that of its new place. */
let pair: Cells | undefined;

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

  constructor(
    /** The provider's name in ONNX Runtime. */
    readonly provider: string,
    /** The name of its memory in ONNX Runtime. */
    private readonly memoryName: string,
    /** Entries of the configuration of every session. */
    readonly config: Readonly<Record<string, string>>,
  ) {}

  /** The `OrtMemoryInfo` of the device. */
  get memory(): bigint {
    this.#memory ??= outValue((cell) =>
      ort().call.CreateMemoryInfo(this.memoryName, DEVICE_ALLOCATOR, 0, DEFAULT_MEMORY, cell),
    );
    return this.#memory;
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
    const { type, dims } = value;
    pair ??= allocateCells(2);
    const lists = pair;
    withValue(ort(), { ...to, type, dims }, byteLengthOf(type, dims), (copy) => {
      lists.values[0] = value.handle;
      lists.values[1] = copy;
      ort().copyTensors(lists.address, lists.address + 8n, 1);
    });
  }

  /** Calls `use` with an `OrtValue` for the memory of a tensor in these dims, then releases it. */
  inDims({ data, type }: DeviceValue, dims: readonly number[], use: (value: bigint) => void): void {
    const { call } = ort();
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
