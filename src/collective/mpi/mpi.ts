/**
 * The functions of MPI, called through the standard ABI of MPI 5, chapter 20: handles are the numbers below in every
 * implementation (https://github.com/mpi-forum/mpi-abi-stubs/blob/main/mpi.h).
 */
import { type ForeignFunction, foreignFunction, loadForeign } from "../../runtime/foreign.js";
import { mpiCallFailed, mpiUnusable } from "../errors.js";

const WORLD = 0x101;
const SUM = 0x21;
const FLOAT = 0x210;
const DOUBLE = 0x214;
const BYTE = 0x247;
const IN_PLACE = 1;
const IGNORE = 0;
const FUNNELED = 1024;
const ERRORS_RETURN = 0x143;

/** Numbers that MPI sends. */
export type Exchanged = Float32Array | Float64Array | Uint8Array;

const typeOf = (values: Exchanged): number =>
  values instanceof Float32Array ? FLOAT : values instanceof Float64Array ? DOUBLE : BYTE;

/** C types of the arguments. Handles are pointers that hold small numbers. */
const SIGNATURES = {
  MPI_Init_thread: ["void *", "void *", "int", "void *"],
  MPI_Finalize: [],
  MPI_Abort: ["intptr_t", "int"],
  MPI_Comm_set_errhandler: ["intptr_t", "intptr_t"],
  MPI_Comm_rank: ["intptr_t", "void *"],
  MPI_Comm_size: ["intptr_t", "void *"],
  MPI_Abi_get_version: ["void *", "void *"],
  MPI_Error_string: ["int", "void *", "void *"],
  MPI_Test: ["void *", "void *", "intptr_t"],
  MPI_Ireduce: ["void *", "void *", "int", "intptr_t", "intptr_t", "int", "intptr_t", "void *"],
  MPI_Ibcast: ["void *", "int", "intptr_t", "int", "intptr_t", "void *"],
  MPI_Ireduce_scatter: ["void *", "void *", "void *", "intptr_t", "intptr_t", "intptr_t", "void *"],
  MPI_Iallgatherv: [
    ...["void *", "int", "intptr_t"],
    ...["void *", "void *", "void *", "intptr_t", "intptr_t", "void *"],
  ],
  MPI_Isend: ["void *", "int", "intptr_t", "int", "int", "intptr_t", "void *"],
  MPI_Irecv: ["void *", "int", "intptr_t", "int", "int", "intptr_t", "void *"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Name = keyof typeof SIGNATURES;
type Argument = number | bigint | ArrayBufferView | null;
type Functions = Record<Name, ForeignFunction<(...args: Argument[]) => number>>;

/**
 * Memory that a call writes to after it has returned. It has more than 64 bytes: smaller arrays are on the JavaScript heap,
 * where they may move.
 */
const cells = () => new BigInt64Array(16);

/** A started exchange. MPI reads and writes its arrays until it is done. */
export interface Request {
  /** Goes on with all exchanges. Returns true once this one is done. */
  test(): boolean;
}

/** A loaded library of MPI. All calls are made from the main thread. */
export class Mpi {
  private readonly flag = new Int32Array(32);

  private constructor(
    readonly file: string,
    /** The first line of what the library says about itself. */
    readonly version: string,
    private readonly functions: Functions,
  ) {}

  /**
   * Loads a library.
   *
   * @throws NeriumError COLLECTIVE_MPI_UNUSABLE
   */
  static load(file: string): Mpi {
    keepMemoryCalls();
    let library: ReturnType<typeof loadForeign>;
    try {
      library = loadForeign(file, { global: true });
    } catch (error) {
      throw mpiUnusable(file, (error as Error).message, error);
    }
    const symbol = (name: string): bigint | undefined => {
      try {
        return library.symbol(name) as bigint;
      } catch {
        return undefined;
      }
    };
    const version = libraryVersion(symbol("MPI_Get_library_version"));
    const missing = Object.keys(SIGNATURES).find((name) => symbol(name) === undefined);
    if (missing !== undefined)
      throw mpiUnusable(file, `${version} does not have the standard ABI (${missing} is missing)`);
    const functions = Object.fromEntries(
      Object.entries(SIGNATURES).map(([name, takes]) => [name, foreignFunction(symbol(name)!, "int", takes)]),
    ) as Functions;
    const mpi = new Mpi(file, version, functions);
    const [major, minor] = [new Int32Array(32), new Int32Array(32)];
    mpi.call("MPI_Abi_get_version", major, minor);
    if (major[0] !== 1)
      throw mpiUnusable(file, `${version} has version ${major[0]}.${minor[0]} of the standard ABI, not 1`);
    return mpi;
  }

  /** Connects the processes. Waits until all of them have started. */
  init(): { readonly rank: number; readonly size: number } {
    const [provided, rank, size] = [new Int32Array(32), new Int32Array(32), new Int32Array(32)];
    this.call("MPI_Init_thread", null, null, FUNNELED, provided);
    this.call("MPI_Comm_set_errhandler", WORLD, ERRORS_RETURN);
    this.call("MPI_Comm_rank", WORLD, rank);
    this.call("MPI_Comm_size", WORLD, size);
    return { rank: rank[0]!, size: size[0]! };
  }

  /** Ends the use of MPI. Waits until all processes have called it. */
  finalize(): void {
    this.call("MPI_Finalize");
  }

  /** Ends all processes. */
  abort(code: number): void {
    this.functions.MPI_Abort(WORLD, code);
  }

  /** Adds up arrays at the first process: in place there, unchanged elsewhere. */
  reduce(values: Float64Array, rank: number): Request {
    const [send, receive] = rank === 0 ? [IN_PLACE, values] : [values, null];
    return this.started(
      "MPI_Ireduce",
      [send, receive, values.length, typeOf(values), SUM, 0, WORLD],
      [values],
    );
  }

  /** Copies the array of the first process to all others. */
  broadcast(values: Exchanged): Request {
    return this.started("MPI_Ibcast", [values, values.length, typeOf(values), 0, WORLD], [values]);
  }

  /**
   * Adds up arrays and divides the sum.
   *
   * @param counts number of floats that each process gets
   * @param own where those of this process go
   */
  reduceScatter(values: Float32Array, counts: Int32Array, own: Float32Array): Request {
    return this.started(
      "MPI_Ireduce_scatter",
      [values, own, counts, FLOAT, SUM, WORLD],
      [values, counts, own],
    );
  }

  /** Completes an array of which each process has a part, in place. */
  allGather(values: Float32Array, counts: Int32Array, places: Int32Array): Request {
    return this.started(
      "MPI_Iallgatherv",
      [IN_PLACE, 0, FLOAT, values, counts, places, FLOAT, WORLD],
      [values, counts, places],
    );
  }

  send(values: Exchanged, to: number): Request {
    return this.started("MPI_Isend", [values, values.length, typeOf(values), to, 0, WORLD], [values]);
  }

  receive(values: Exchanged, from: number): Request {
    return this.started("MPI_Irecv", [values, values.length, typeOf(values), from, 0, WORLD], [values]);
  }

  /** @param held arrays that must not be collected before the exchange is done */
  private started(name: Name, args: readonly Argument[], held: readonly ArrayBufferView[]): Request {
    const request = cells();
    this.call(name, ...args, request);
    let holds: readonly ArrayBufferView[] | undefined = held;
    return {
      test: () => {
        if (holds === undefined) return true;
        this.call("MPI_Test", request, this.flag, IGNORE);
        if (this.flag[0] !== 0) holds = undefined;
        return holds === undefined;
      },
    };
  }

  private call(name: Name, ...args: Argument[]): void {
    const code = this.functions[name](...args);
    if (code !== 0) throw mpiCallFailed(name, this.errorText(code));
  }

  private errorText(code: number): string {
    const [text, length] = [Buffer.alloc(8192), new Int32Array(32)];
    this.functions.MPI_Error_string(code, text, length);
    return text.toString("utf8", 0, length[0]) || `error ${code}`;
  }
}

/**
 * Keeps UCX, through which MPI may exchange, from replacing `mmap`, `sbrk` and others in the C library's code while V8's threads
 * run. Its test of them calls `sbrk(4096)` and then `sbrk(-4096)` even if the first one failed
 * (https://github.com/openucx/ucx/blob/v1.20.1/src/ucm/mmap/install.c). It fails where V8's code follows the heap, and then
 * the heap loses a page that is in use: one process in a hundred died of it.
 */
function keepMemoryCalls(): void {
  process.env.UCX_MEM_EVENTS ??= "no";
}

/** What a library says about itself, in one line. It may say so before it is initialised. */
function libraryVersion(address: bigint | undefined): string {
  if (address === undefined) return "This library";
  const [text, length] = [Buffer.alloc(8192), new Int32Array(32)];
  foreignFunction<(text: Buffer, length: Int32Array) => number>(address, "int", ["void *", "void *"])(
    text,
    length,
  );
  const [line = ""] = text.toString("utf8", 0, length[0]).replaceAll("\0", "").split("\n");
  return line.replace(/\s+/g, " ").trim() || "This library";
}
