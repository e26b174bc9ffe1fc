import { Binding } from "./binding.js";
import { NativeBuffer } from "./buffer.js";
import { describeValues } from "./describe.js";
import { busy, disposed, modelInvalid, optionInvalid } from "./errors.js";
import { textAt } from "./foreign.js";
import { releaseAtExit } from "./lifetime.js";
import { createOptions, type SessionOptions } from "./options.js";
import { allocateCells, type Cells, type Ort, ort, takeStatus, written } from "./ort.js";
import { inTurn } from "./queue.js";
import type { ValueInfo } from "./tensor.js";

/** A protocol buffer holds at most 2 GiB. */
const maxModelBytes = 2 ** 31 - 1;

/** A model, ready to run. Its bindings may run at the same time. */
export class Session {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly #ort: Ort;
  readonly #handle: bigint;
  readonly #profiled: boolean;
  readonly #names: NativeBuffer;
  readonly #nameAddresses = new Map<string, bigint>();
  readonly #bindings = new Set<Binding>();
  readonly #keepAtExit: () => void;
  #disposed = false;

  private constructor(ort: Ort, handle: bigint, name: string, profiled: boolean) {
    this.#ort = ort;
    this.#handle = handle;
    this.#profiled = profiled;
    this.name = name;
    this.inputs = describeValues(ort, handle, name, "input");
    this.outputs = describeValues(ort, handle, name, "output");
    this.#names = this.#writeNames();
    this.#keepAtExit = releaseAtExit(() => this.#releaseAtExit());
  }

  /**
   * A session of an ONNX model, built off the main thread.
   * Throws RUNTIME_MODEL_INVALID, RUNTIME_OPTION_INVALID, RUNTIME_VALUE_UNSUPPORTED, and what loading the library throws.
   */
  static async create(model: Uint8Array, options: SessionOptions): Promise<Session> {
    const name = options.name ?? "model";
    if (!(model instanceof Uint8Array)) throw modelInvalid(name, "it is no Uint8Array");
    if (model.byteLength === 0) throw modelInvalid(name, "it is empty");
    if (model.byteLength > maxModelBytes)
      throw modelInvalid(name, `${model.byteLength} bytes are more than 2 GiB`);
    const runtime = ort();
    const optionsHandle = createOptions(runtime, options);
    try {
      const handle = await createNative(runtime, model, optionsHandle, name);
      try {
        return new Session(runtime, handle, name, options.profile !== undefined);
      } catch (error) {
        runtime.call.ReleaseSession(handle);
        throw error;
      }
    } finally {
      runtime.call.ReleaseSessionOptions(optionsHandle);
    }
  }

  /** A new set of tensors for this session's inputs and outputs. */
  bind(): Binding {
    this.#check();
    const binding = new Binding(this.#ort, {
      name: this.name,
      inputs: this.inputs,
      outputs: this.outputs,
      handle: () => {
        this.#check();
        return this.#handle;
      },
      nameAddress: (name) => this.#nameAddresses.get(name)!,
      forget: (binding) => this.#bindings.delete(binding),
    });
    this.#bindings.add(binding);
    return binding;
  }

  /** Ends the measuring that the option `profile` began; the path of the JSON file. */
  endProfiling(): string {
    this.#check();
    this.#refuseWhileRunning("its profile is ended");
    if (!this.#profiled) throw optionInvalid("profile", "The session was made without the option `profile`.");
    const { call, allocator } = this.#ort;
    const text = written((cell) => call.SessionEndProfiling(this.#handle, allocator, cell));
    const file = textAt(text);
    call.AllocatorFree(allocator, text);
    return file;
  }

  /** Releases the session and its bindings. Throws RUNTIME_BUSY while one of them runs. Twice does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#refuseWhileRunning("it is disposed of");
    this.#disposed = true;
    for (const binding of [...this.#bindings]) binding.dispose();
    this.#ort.call.ReleaseSession(this.#handle);
    this.#names.free();
    this.#keepAtExit();
  }

  #check(): void {
    if (this.#disposed) throw disposed(`Session "${this.name}"`);
  }

  #refuseWhileRunning(what: string): void {
    if ([...this.#bindings].some((binding) => binding.running)) {
      throw busy(`Session "${this.name}" runs while ${what}.`, "Wait for the promises of its runs first.");
    }
  }

  #releaseAtExit(): boolean {
    const running = [...this.#bindings].filter((binding) => binding.running);
    for (const binding of running) binding.terminate();
    if (running.length === 0) this.dispose();
    return running.length === 0;
  }

  /** All names as C strings in one block, so that a bind does not convert them again. */
  #writeNames(): NativeBuffer {
    const names = new Set([...this.inputs, ...this.outputs].map((value) => value.name));
    const encoded = [...names].map((name) => ({ name, bytes: new TextEncoder().encode(`${name}\0`) }));
    const block = NativeBuffer.allocate(encoded.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
    const target = block.bytes();
    let offset = 0;
    for (const { name, bytes } of encoded) {
      target.set(bytes, offset);
      this.#nameAddresses.set(name, block.address + BigInt(offset));
      offset += bytes.byteLength;
    }
    return block;
  }
}

/** `CreateSessionFromArray` on a thread of its own, over a copy of the bytes that stays where it is. */
function createNative(runtime: Ort, model: Uint8Array, options: bigint, name: string): Promise<bigint> {
  const bytes = NativeBuffer.allocate(model.byteLength);
  bytes.bytes().set(model);
  const cell = borrowCell();
  const finished = releaseAtExit(() => false);
  return new Promise<bigint>((resolve, reject) => {
    inTurn((done) => {
      const { CreateSessionFromArray } = runtime.raw;
      CreateSessionFromArray.async(
        runtime.env,
        bytes.address,
        bytes.byteLength,
        options,
        cell.address,
        (error, status) => {
          done();
          const failed = error ? undefined : takeStatus(runtime.raw, status);
          if (error) reject(error);
          else if (failed) reject(modelInvalid(name, failed.message, failed.code));
          else resolve(cell.values[0]!);
        },
      );
    });
  }).finally(() => {
    finished();
    bytes.free();
    idleCells.push(cell);
  });
}

/** Where `CreateSessionFromArray` leaves its result; one for each call at the same time. */
const idleCells: Cells[] = [];

function borrowCell(): Cells {
  return idleCells.pop() ?? allocateCells(1);
}
