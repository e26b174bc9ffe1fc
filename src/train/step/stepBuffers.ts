import {
  type DropoutSite,
  dimsOf,
  elements,
  type FeedMemory,
  type PackedBatch,
  type ParameterLayout,
} from "../../models/index.js";
import type { CompiledGraph, Engine, GraphBinding, StateBlock } from "../../runtime/index.js";
import { type GradientNorm, normOf } from "./gradientNorm.js";
import { dropoutMask } from "./keystream.js";
import type { DropoutKey, StepBlocks, StepOptions } from "./step.js";

/** Compiles a graph of the step: the whole of it, or one of several that take turns. */
export const compileStep = (
  bytes: Uint8Array,
  { engine, threads, profile }: StepOptions,
  takesTurns = false,
): Promise<CompiledGraph> =>
  engine.compile(bytes, {
    name: "training step",
    threads,
    keepRematerialised: true,
    takesTurns,
    ...(profile === undefined ? {} : { profilePrefix: profile }),
  });

/** Where the graphs of a step read weights, and write gradients, their squared lengths and the loss. */
export class StepBuffers {
  /** Loss, then the squared gradient lengths, 64 bytes apart. */
  private readonly figures: StateBlock;

  constructor(
    engine: Engine,
    private readonly layout: ParameterLayout,
    private readonly blocks: StepBlocks,
  ) {
    this.figures = engine.block((layout.parameters.length + 1) * 64);
  }

  /** Binds what a graph takes and gives of all this. */
  bind(binding: GraphBinding): void {
    const { layout, blocks } = this;
    const figure = (index: number) =>
      ({ buffer: this.figures, byteOffset: index * 64, type: "float32", dims: [] }) as const;
    if (binding.gives("loss")) binding.bindOutput("loss", figure(0));
    layout.parameters.forEach(({ name }, index) => {
      const gradient = layout.tensor(blocks.gradients, name);
      if (binding.takes(name)) binding.bindInput(name, layout.tensor(blocks.weights, name));
      if (binding.takes(`before.${name}`)) binding.bindInput(`before.${name}`, gradient);
      if (binding.gives(`gradient.${name}`)) binding.bindOutput(`gradient.${name}`, gradient);
      if (binding.gives(`squared.${name}`)) binding.bindOutput(`squared.${name}`, figure(index + 1));
    });
  }

  get loss(): number {
    return this.figures.read(0, 1)[0]!;
  }

  /** From the squared lengths that the graph gave. */
  gradientNorm(): GradientNorm {
    const figures = this.figures.read();
    return normOf(
      this.layout.parameters.map(({ name }, index) => ({ name, square: figures[(index + 1) * 16]! })),
    );
  }

  /** Call after the bindings are disposed of. */
  free(): void {
    this.figures.free();
  }
}

/** Draws the dropout masks of a batch where the graphs will read them. */
export function drawMasks(
  memory: FeedMemory,
  sites: readonly DropoutSite[],
  packed: PackedBatch,
  { seed, step, part }: DropoutKey,
): void {
  sites.forEach(({ name, shape, probability }, site) => {
    const dims = dimsOf(shape, packed);
    const count = elements(dims);
    memory.reserve(name, "uint8", dims).buffer.writeBytes(0, count, (mask) => {
      dropoutMask(mask, probability, { seed, step, site: part * sites.length + site });
    });
  });
}
