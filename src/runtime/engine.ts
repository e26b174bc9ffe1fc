import type { EmissionProfile } from "../graph/profiles.js";
import type { StateBlock } from "./block.js";
import type { OutputTensor, TensorView, ValueInfo } from "./tensor.js";

/** The number format that products of matrices are computed in. Everything that is stored is float32. */
export type Precision = "fp32" | "tf32" | "bf16";

/**
 * Compiles ONNX models and runs them on a device, with state that stays there.
 *
 * A graph can only use blocks of engines with the same device.
 */
export interface Engine {
  readonly name: string;
  /** The device that it computes on and that holds its blocks, such as "cpu". */
  readonly device: string;
  /** Where it computes, for people. It follows "The run computes on". */
  readonly description: string;
  readonly precision: Precision;
  /** The version of its library, such as "1.30.0". Loads the library. */
  version(): string;
  /** The form that graphs for this engine must have. */
  readonly profile: EmissionProfile;

  /**
   * Makes a graph that is ready to run, from the bytes of an ONNX model or from the path of its file. Rejects with
   * RUNTIME_MODEL_INVALID, RUNTIME_OPTION_INVALID, RUNTIME_VALUE_UNSUPPORTED, and the errors of loading a library.
   */
  compile(model: Uint8Array | string, options: CompileOptions): Promise<CompiledGraph>;

  /** Allocates a block of zeros. Throws RUNTIME_MEMORY_EXHAUSTED. */
  block(byteLength: number): StateBlock;

  /**
   * Whether a graph can read any part of a block in place. If not, all graphs should read and write the same tensors of a
   * block: other parts of it are copied.
   */
  readonly readsAnyPart: boolean;

  /** Whether a model can leave weights in files next to it: see `CompileOptions.externalWeights`. */
  readonly readsWeightFiles: boolean;
  /** Where a model must say that a weight is, if `CompileOptions.initializers` gives its values. */
  placeOf(weight: TensorView): InitializerPlace;
}

/** The place of a weight's values, as ONNX writes it for data outside the model. */
export interface InitializerPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface CompileOptions {
  /** The name of the graph in errors. */
  readonly name: string;
  /** Number of threads that share the work of one operation, including the calling thread. */
  readonly threads: number;
  /** Values of weights that the model does not contain, by name. The graph uses them until it is disposed of. */
  readonly initializers?: Readonly<Record<string, TensorView>>;
  /** The folder of the files that contain the model's other weights. */
  readonly externalWeights?: string;
  /** Do not merge equal operations: the graph computes some values twice on purpose, to save memory. */
  readonly keepRematerialised?: boolean;
  /** The outputs use the memory of inputs: each number of an output replaces the number that it is computed from. */
  readonly updatesInPlace?: boolean;
  /** Set it if other graphs run between the runs of this one. Its threads then stop spinning after each run. */
  readonly takesTurns?: boolean;
  /** Measures every operation. The file's path begins with this prefix. See {@link CompiledGraph.endProfiling}. */
  readonly profilePrefix?: string;
}

/** A model that is ready to run. Its bindings may run concurrently. */
export interface CompiledGraph {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Creates a set of tensors for its inputs and outputs. */
  bind(): GraphBinding;
  /** Ends the profiling that `profilePrefix` started. Returns the path of the file. */
  endProfiling(): string;
  /** Releases the graph and its bindings. Throws RUNTIME_BUSY while one of them runs. Calling it again does nothing. */
  dispose(): void;
}

/**
 * Tensors for the inputs and outputs of a graph, bound once and run many times. Their blocks cannot be freed while they
 * are bound. An output may use the memory of an input, if each of its numbers depends on the number that it replaces only.
 */
export interface GraphBinding {
  /** Whether the graph has an input of this name. */
  takes(name: string): boolean;
  /** Whether the graph has an output of this name. */
  gives(name: string): boolean;
  /** Reads an input from `tensor` in all later runs. Binding the same tensor again costs almost nothing. */
  bindInput(name: string, tensor: TensorView): void;
  /** Writes an output to `tensor` in all later runs. Its dims must be those that a run computes. */
  bindOutput(name: string, tensor: TensorView): void;
  /** Lets the engine allocate an output, whatever its dims. Read it with {@link output} after a run. */
  bindOutputToCpu(name: string): void;
  /**
   * Runs the graph without blocking the event loop. Do not use the tensors until the promise settles.
   * Rejects with RUNTIME_RUN_FAILED, RUNTIME_BINDING_INCOMPLETE, RUNTIME_BUSY, RUNTIME_DISPOSED.
   */
  run(): Promise<void>;
  /** Returns a copy of an output that was bound with {@link bindOutputToCpu}, from the latest run. */
  output(name: string): OutputTensor;
  /** Releases the binding and its hold on blocks. Throws RUNTIME_BUSY while it runs. Calling it again does nothing. */
  dispose(): void;
}
