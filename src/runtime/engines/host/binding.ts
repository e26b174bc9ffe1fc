import { hold, letGo } from "../../buffer.js";
import type { GraphBinding } from "../../engine.js";
import { bindingIncomplete, busy, disposed, nameUnknown } from "../../errors.js";
import {
  checkedByteLength,
  type NativeTensor,
  type OutputTensor,
  requireNative,
  type TensorView,
  type ValueInfo,
} from "../../tensor.js";

/** What a binding needs of its graph. */
export interface BoundGraph {
  readonly name: string;
  readonly inputsByName: ReadonlyMap<string, ValueInfo>;
  readonly outputsByName: ReadonlyMap<string, ValueInfo>;
  /** Throws RUNTIME_DISPOSED if the graph was disposed of. */
  check(): void;
  forget(binding: HostBinding): void;
}

/**
 * A binding of an engine that computes in host memory: which tensors are bound, and what may be done when.
 *
 * The tensors are memory of {@link NativeBuffer}s, which cannot be freed while they are bound. The engine's part are the
 * protected methods.
 */
export abstract class HostBinding implements GraphBinding {
  protected readonly inputs = new Map<string, NativeTensor>();
  /** In the order of their first binding. */
  protected readonly outputs = new Map<string, NativeTensor | "cpu">();
  readonly #graph: BoundGraph;
  #running = false;
  #disposed = false;
  #hasRun = false;

  constructor(graph: BoundGraph) {
    this.#graph = graph;
  }

  /** Gives the memory of an input to the engine. */
  protected abstract setInput(name: string, tensor: NativeTensor, byteLength: number): void;
  /** Gives the memory of an output to the engine. */
  protected abstract setOutput(name: string, tensor: NativeTensor, byteLength: number): void;
  /** Lets the engine allocate an output. */
  protected abstract setOutputToCpu(name: string): void;
  /** Returns a copy of an output that the engine allocated. */
  protected abstract copyOfOutput(name: string): OutputTensor;
  /** Releases what the engine holds. */
  protected abstract release(): void;
  /** Called before each run. */
  protected prepare(): void {}
  abstract run(): Promise<void>;
  /** Stops the run in progress, if any, before its next operation. */
  abstract terminate(): void;

  /** The name of the graph in errors. */
  protected get name(): string {
    return this.#graph.name;
  }

  /** Whether a run is in progress. */
  get running(): boolean {
    return this.#running;
  }

  takes(name: string): boolean {
    return this.#graph.inputsByName.has(name);
  }

  gives(name: string): boolean {
    return this.#graph.outputsByName.has(name);
  }

  bindInput(name: string, tensor: TensorView): void {
    const declared = this.#declared("input", name);
    requireNative(this.name, name, tensor);
    const byteLength = checkedByteLength(this.name, declared, tensor);
    const before = this.inputs.get(name);
    if (before !== undefined && sameTensor(before, tensor)) return;
    this.setInput(name, tensor, byteLength);
    hold(tensor.buffer);
    if (before !== undefined) letGo(before.buffer);
    this.inputs.set(name, copyOf(tensor));
  }

  bindOutput(name: string, tensor: TensorView): void {
    const declared = this.#declared("output", name);
    requireNative(this.name, name, tensor);
    const byteLength = checkedByteLength(this.name, declared, tensor);
    const before = this.outputs.get(name);
    if (before !== undefined && before !== "cpu" && sameTensor(before, tensor)) return;
    this.setOutput(name, tensor, byteLength);
    hold(tensor.buffer);
    if (before !== undefined && before !== "cpu") letGo(before.buffer);
    this.outputs.set(name, copyOf(tensor));
  }

  bindOutputToCpu(name: string): void {
    this.#declared("output", name);
    const before = this.outputs.get(name);
    this.setOutputToCpu(name);
    if (before !== undefined && before !== "cpu") letGo(before.buffer);
    this.outputs.set(name, "cpu");
    this.#hasRun = false;
  }

  output(name: string): OutputTensor {
    this.#refuseUnlessIdle("read");
    if (this.outputs.get(name) !== "cpu") {
      const known = [...this.outputs].filter(([, bound]) => bound === "cpu").map(([known]) => known);
      throw nameUnknown(this.name, "output bound with bindOutputToCpu", name, known);
    }
    if (!this.#hasRun) throw bindingIncomplete(this.name, `The output "${name}" cannot be read before a run`);
    return this.copyOfOutput(name);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#refuseUnlessIdle("disposed of");
    this.#disposed = true;
    this.release();
    for (const tensor of this.inputs.values()) letGo(tensor.buffer);
    for (const tensor of this.outputs.values()) if (tensor !== "cpu") letGo(tensor.buffer);
    this.#graph.forget(this);
  }

  /** Starts a run: checks that everything is bound that it needs. */
  protected begin(): void {
    this.#refuseUnlessIdle("run again");
    this.#graph.check();
    const { inputsByName } = this.#graph;
    if (this.inputs.size < inputsByName.size) {
      const missing = [...inputsByName.keys()].filter((name) => !this.inputs.has(name));
      throw bindingIncomplete(this.name, `No tensor is bound to input ${missing.join(", ")}`);
    }
    if (this.outputs.size === 0) throw bindingIncomplete(this.name, "No output is bound");
    this.prepare();
    this.#running = true;
  }

  /** Ends a run. */
  protected end(succeeded: boolean): void {
    this.#running = false;
    this.#hasRun = succeeded;
  }

  #declared(kind: "input" | "output", name: string): ValueInfo {
    this.#refuseUnlessIdle("changed");
    const values = kind === "input" ? this.#graph.inputsByName : this.#graph.outputsByName;
    const declared = values.get(name);
    if (declared === undefined) throw nameUnknown(this.name, kind, name, [...values.keys()]);
    return declared;
  }

  #refuseUnlessIdle(what: string): void {
    if (this.#disposed) throw disposed(`A binding of "${this.name}"`);
    if (this.#running) {
      throw busy(
        `A binding of "${this.name}" cannot be ${what} while it runs`,
        "Wait for the promise of the run first.",
      );
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
