import type { EmissionProfile } from "../graph/profiles.js";
import type { StateBlock } from "./block.js";
import type { OutputTensor, TensorView, ValueInfo } from "./tensor.js";

/**
 * What compiles ONNX models and runs them on a device, with state that stays there.
 *
 * Blocks and graphs of one engine go together: a graph takes no block of another engine.
 */
export interface Engine {
  readonly name: string;
  /** Where it computes and its blocks lie, such as "cpu". */
  readonly device: string;
  /** What the graphs that it is given must look like. */
  readonly profile: EmissionProfile;

  /**
   * A graph, ready to run: from the bytes of an ONNX model, or from the path of its file.
   * Throws RUNTIME_MODEL_INVALID, RUNTIME_OPTION_INVALID, RUNTIME_VALUE_UNSUPPORTED, and what loading a library throws.
   */
  compile(model: Uint8Array | string, options: CompileOptions): Promise<CompiledGraph>;

  /** A new block of zeros. Throws RUNTIME_MEMORY_EXHAUSTED. */
  block(byteLength: number): StateBlock;
}

export interface CompileOptions {
  /** Stands in errors. */
  readonly name: string;
  /** Threads that share the work of one operation, the calling one included. */
  readonly threads: number;
  /** Values of weights that the model leaves open, by their names; in use until the graph is disposed of. */
  readonly initializers?: Readonly<Record<string, TensorView>>;
  /** The folder of the files in which the model's other weights stand. */
  readonly externalWeights?: string;
  /** What the graph computes twice is meant so, to keep memory free: equal operations are not merged. */
  readonly keepRematerialised?: boolean;
  /** Other graphs run before and after each run of this one: its threads must not wait in a loop meanwhile. */
  readonly takesTurns?: boolean;
  /** Measure every operation; the name of the file begins with this path. See {@link CompiledGraph.endProfiling}. */
  readonly profilePrefix?: string;
}

/** A model that is ready to run. Its bindings may run at the same time. */
export interface CompiledGraph {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** A new set of tensors for its inputs and outputs. */
  bind(): GraphBinding;
  /** Ends the measuring that `profilePrefix` began; the path of the file. */
  endProfiling(): string;
  /** Releases the graph and its bindings. Throws RUNTIME_BUSY while one of them runs. Twice does nothing. */
  dispose(): void;
}

/**
 * Tensors for the inputs and outputs of a graph, bound once and run many times. Their blocks cannot be freed while they
 * are bound. An output may stand where an input does (an update in place): whether that is right is a matter of the graph.
 */
export interface GraphBinding {
  /** Whether the graph has an input of this name. */
  takes(name: string): boolean;
  /** Whether the graph has an output of this name. */
  gives(name: string): boolean;
  /** Reads an input from `tensor` in the runs to come; the same tensor again costs next to nothing. */
  bindInput(name: string, tensor: TensorView): void;
  /** Writes an output into `tensor` in the runs to come. Its dims must be those that a run computes. */
  bindOutput(name: string, tensor: TensorView): void;
  /** Lets the engine allocate an output, of whatever dims; read it with {@link output} after a run. */
  bindOutputToCpu(name: string): void;
  /**
   * Runs the graph; the event loop goes on. The tensors must not be touched until then.
   * Rejects with RUNTIME_RUN_FAILED, RUNTIME_BINDING_INCOMPLETE, RUNTIME_BUSY, RUNTIME_DISPOSED.
   */
  run(): Promise<void>;
  /** A copy of an output that was bound with {@link bindOutputToCpu}, from the latest run. */
  output(name: string): OutputTensor;
  /** Releases the binding and lets its blocks go. Throws RUNTIME_BUSY while it runs. Twice does nothing. */
  dispose(): void;
}
