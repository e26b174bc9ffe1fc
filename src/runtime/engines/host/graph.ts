import type { CompiledGraph } from "../../engine.js";
import { busy, disposed } from "../../errors.js";
import { releaseAtExit } from "../../lifetime.js";
import type { ValueInfo } from "../../tensor.js";
import type { BoundGraph, HostBinding } from "./binding.js";

/** A graph of an engine that computes in host memory: its bindings, and when it may be disposed of. */
export abstract class HostGraph<B extends HostBinding> implements CompiledGraph, BoundGraph {
  readonly inputsByName: ReadonlyMap<string, ValueInfo>;
  readonly outputsByName: ReadonlyMap<string, ValueInfo>;
  readonly #bindings = new Set<HostBinding>();
  readonly #takeOffExit: () => void;
  #disposed = false;

  protected constructor(
    readonly name: string,
    readonly inputs: readonly ValueInfo[],
    readonly outputs: readonly ValueInfo[],
  ) {
    this.inputsByName = new Map(inputs.map((value) => [value.name, value]));
    this.outputsByName = new Map(outputs.map((value) => [value.name, value]));
    this.#takeOffExit = releaseAtExit(() => this.#releaseAtExit());
  }

  protected abstract newBinding(): B;
  /** Releases what the engine holds. The bindings are already disposed of. */
  protected abstract release(): void;
  abstract endProfiling(): string;

  bind(): B {
    this.check();
    const binding = this.newBinding();
    this.#bindings.add(binding);
    return binding;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.refuseWhileRunning("be disposed of");
    this.#disposed = true;
    for (const binding of [...this.#bindings]) binding.dispose();
    this.release();
    this.#takeOffExit();
  }

  check(): void {
    if (this.#disposed) throw disposed(`Session "${this.name}"`);
  }

  forget(binding: HostBinding): void {
    this.#bindings.delete(binding);
  }

  protected refuseWhileRunning(what: string): void {
    if ([...this.#bindings].some((binding) => binding.running)) {
      throw busy(
        `The session "${this.name}" cannot ${what} while it runs`,
        "Wait for the promises of its runs first.",
      );
    }
  }

  #releaseAtExit(): boolean {
    const running = [...this.#bindings].filter((binding) => binding.running);
    for (const binding of running) binding.terminate();
    if (running.length === 0) this.dispose();
    return running.length === 0;
  }
}
