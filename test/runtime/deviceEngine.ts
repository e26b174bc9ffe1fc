import {
  byteLengthOf,
  type CompiledGraph,
  cpuEngine,
  type Engine,
  type GraphBinding,
  type StateBlock,
  type TensorView,
} from "../../src/runtime/index.js";

type Range = readonly [from: number, to: number];
const overlap = (a: Range, b: Range): boolean => a[0] < b[1] && b[0] < a[1];

/** What an engine was asked for. */
export interface Counts {
  compiled: number;
  runs: number;
  /** Blocks that have not been freed. */
  blocks: number;
}

/**
 * An engine that computes as the processor's does, but whose blocks are out of the caller's reach, as a GPU's are: what
 * is read is a copy, what is written is copied in afterwards. It spoils a copy as soon as it is no longer valid, and
 * refuses access to memory that a run is at work on.
 */
export function deviceEngine(profile = cpuEngine().profile): Engine & { readonly counts: Counts } {
  const real = cpuEngine();
  const counts = { compiled: 0, runs: 0, blocks: 0 };
  return {
    name: "test",
    device: "elsewhere",
    description: "another place",
    precision: "fp32",
    version: () => real.version(),
    profile,
    readsAnyPart: true,
    readsWeightFiles: real.readsWeightFiles,
    placeOf: (weight) => real.placeOf(insideOf(weight)),
    counts,
    async compile(model, { initializers = {}, ...options }) {
      counts.compiled++;
      const inside = Object.entries(initializers).map(([name, tensor]) => [name, insideOf(tensor)]);
      const graph = await real.compile(model, { ...options, initializers: Object.fromEntries(inside) });
      return deviceGraph(graph, counts);
    },
    block(byteLength) {
      const block = new DeviceBlock(real.block(byteLength), counts);
      counts.blocks++;
      return block;
    },
  };
}

class DeviceBlock implements StateBlock {
  /** Copies that were given out, until what they are copies of changes. */
  private lent: { readonly range: Range; readonly values: Float32Array }[] = [];
  private busy: { readonly range: Range; readonly writes: boolean }[] = [];
  private freed = false;

  constructor(
    readonly memory: StateBlock,
    private readonly counts: Counts,
  ) {}

  get byteLength(): number {
    return this.memory.byteLength;
  }

  read(byteOffset = 0, length?: number): Float32Array {
    const values = this.copyOut(byteOffset, length);
    this.lent.push({ range: [byteOffset, byteOffset + values.byteLength], values });
    return values;
  }

  copyOut(byteOffset = 0, length?: number): Float32Array {
    const values = this.memory.copyOut(byteOffset, length);
    this.refuse([byteOffset, byteOffset + values.byteLength], "read", ({ writes }) => writes);
    return values;
  }

  copyIn(byteOffset: number, values: ArrayBufferView): void {
    const range: Range = [byteOffset, byteOffset + values.byteLength];
    this.refuse(range, "written", () => true);
    this.changed(range);
    this.memory.copyIn(byteOffset, values);
  }

  write<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (values: Float32Array) => T,
  ): T {
    return this.staged(byteOffset, new Float32Array(length).fill(Number.NaN), set);
  }

  writeBytes<T extends void | Promise<void>>(
    byteOffset: number,
    length: number,
    set: (bytes: Uint8Array) => T,
  ): T {
    return this.staged(byteOffset, new Uint8Array(length).fill(255), set);
  }

  private staged<A extends Float32Array | Uint8Array, T extends void | Promise<void>>(
    byteOffset: number,
    values: A,
    set: (values: A) => T,
  ): T {
    const done = () => {
      this.copyIn(byteOffset, values);
      values.fill(255);
    };
    const result = set(values);
    if (result instanceof Promise) return result.then(done) as T;
    done();
    return result;
  }

  fetch(): void {}

  free(): void {
    this.memory.free();
    if (!this.freed) this.counts.blocks--;
    this.freed = true;
  }

  /** A run begins that reads or writes these bytes; the result says that it has ended. */
  runs(range: Range, writes: boolean): () => void {
    const use = { range, writes };
    this.busy.push(use);
    if (writes) this.changed(range);
    return () => {
      this.busy.splice(this.busy.indexOf(use), 1);
    };
  }

  private changed(range: Range): void {
    const stale = this.lent.filter((each) => overlap(each.range, range));
    for (const { values } of stale) values.fill(Number.NaN);
    this.lent = this.lent.filter((each) => !stale.includes(each));
  }

  private refuse(range: Range, what: string, by: (use: { readonly writes: boolean }) => boolean): void {
    if (this.busy.some((use) => by(use) && overlap(use.range, range)))
      throw new Error(`bytes ${range.join(" to ")} are ${what} during a run`);
  }
}

function deviceGraph(graph: CompiledGraph, counts: Counts): CompiledGraph {
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    bind: () => deviceBinding(graph.bind(), counts),
    endProfiling: () => graph.endProfiling(),
    dispose: () => graph.dispose(),
  };
}

function deviceBinding(binding: GraphBinding, counts: Counts): GraphBinding {
  const bound = new Map<string, { readonly tensor: TensorView; readonly writes: boolean }>();
  return {
    takes: (name) => binding.takes(name),
    gives: (name) => binding.gives(name),
    bindInput(name, tensor) {
      binding.bindInput(name, insideOf(tensor));
      bound.set(`input ${name}`, { tensor, writes: false });
    },
    bindOutput(name, tensor) {
      binding.bindOutput(name, insideOf(tensor));
      bound.set(`output ${name}`, { tensor, writes: true });
    },
    bindOutputToCpu(name) {
      binding.bindOutputToCpu(name);
      bound.delete(`output ${name}`);
    },
    async run() {
      counts.runs++;
      const ends = [...bound.values()].map(({ tensor: { buffer, byteOffset, type, dims }, writes }) =>
        (buffer as DeviceBlock).runs([byteOffset, byteOffset + byteLengthOf(type, dims)], writes),
      );
      try {
        await binding.run();
      } finally {
        for (const end of ends) end();
      }
    },
    output: (name) => binding.output(name),
    dispose: () => binding.dispose(),
  };
}

/** The tensor as the real engine has it. */
function insideOf(tensor: TensorView): TensorView {
  if (!(tensor.buffer instanceof DeviceBlock)) throw new Error("a block of another engine is bound");
  return { ...tensor, buffer: tensor.buffer.memory };
}
