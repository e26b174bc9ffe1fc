import {
  type DropoutSite,
  dimsOf,
  elements,
  type FeedMemory,
  type ParameterLayout,
} from "../../models/index.js";
import type { CompiledGraph, Engine, GraphBinding, StateBlock } from "../../runtime/index.js";
import { type GradientNorm, normOf } from "./gradientNorm.js";
import { drawJointMasks } from "./jointMasks.js";
import { dropoutMask } from "./keystream.js";
import type { StepBatch, StepBlocks, StepOptions } from "./step.js";

/** Compiles a graph of the step: the whole step, or one of several graphs that run in turn. */
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

/**
 * The memory where the graphs of a step read weights and write gradients, their squared norms and the loss.
 */
export class StepBuffers {
  /** The loss, if the graph computes it, then the squared gradient norms, each this many floats after the other. */
  private readonly figures: StateBlock;
  private readonly stride: number;
  /** The index of the first squared norm. */
  private readonly squares: number;

  /** @param hasLoss whether the loss is part of the graph */
  constructor(
    engine: Engine,
    private readonly layout: ParameterLayout,
    private readonly blocks: StepBlocks,
    hasLoss: boolean,
  ) {
    this.squares = hasLoss ? 1 : 0;
    // On the CPU they are 64 bytes apart: threads should not write to one line of the cache.
    this.stride = engine.profile.joinsFigures ? 1 : 16;
    this.figures = engine.block(this.count * this.stride * 4);
  }

  private get count(): number {
    return this.squares + this.layout.parameters.length;
  }

  /** Binds those of these inputs and outputs that a graph has. */
  bind(binding: GraphBinding): void {
    const { layout, blocks, squares, stride } = this;
    const figure = (index: number, dims: readonly number[] = []) =>
      ({ buffer: this.figures, byteOffset: index * stride * 4, type: "float32", dims }) as const;
    if (binding.gives("figures")) binding.bindOutput("figures", figure(0, [this.count]));
    if (binding.gives("loss")) binding.bindOutput("loss", figure(0));
    layout.parameters.forEach(({ name }, index) => {
      const gradient = layout.tensor(blocks.gradients, name);
      if (binding.takes(name)) binding.bindInput(name, layout.tensor(blocks.weights, name));
      if (binding.takes(`before.${name}`)) binding.bindInput(`before.${name}`, gradient);
      if (binding.gives(`gradient.${name}`)) binding.bindOutput(`gradient.${name}`, gradient);
      if (binding.gives(`squared.${name}`)) binding.bindOutput(`squared.${name}`, figure(squares + index));
    });
  }

  get loss(): number {
    return this.figures.read(0, 1)[0]!;
  }

  /** Computes the gradient norm from the squared norms that the graph wrote. */
  gradientNorm(): GradientNorm {
    const figures = this.figures.read();
    return normOf(
      this.layout.parameters.map(({ name }, index) => ({
        name,
        square: figures[(this.squares + index) * this.stride]!,
      })),
    );
  }

  /** Call it after the bindings are disposed of. */
  free(): void {
    this.figures.free();
  }
}

/** Draws the dropout masks of a batch into the memory that the graphs read. */
export function drawMasks(
  memory: FeedMemory,
  sites: readonly DropoutSite[],
  { packed, key: { seed, step, part }, joint }: Pick<StepBatch, "packed" | "key" | "joint">,
): void {
  const keyOf = (site: number) => ({ seed, step, site: part * sites.length + site });
  if (joint !== undefined) {
    drawJointMasks(memory, sites, packed, joint, keyOf);
    return;
  }
  sites.forEach(({ name, shape, probability }, site) => {
    const dims = dimsOf(shape, packed);
    const count = elements(dims);
    memory.reserve(name, "uint8", dims).buffer.writeBytes(0, count, (mask) => {
      dropoutMask(mask, probability, keyOf(site));
    });
  });
}
