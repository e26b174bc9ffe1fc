import {
  type DropoutSite,
  dimsOf,
  elements,
  type FeedMemory,
  type PackedBatch,
  type ParameterLayout,
} from "../../models/index.js";
import { type Binding, NativeBuffer, Session } from "../../runtime/index.js";
import { dropoutMask } from "./keystream.js";
import type { DropoutKey, StepBlocks, StepOptions } from "./step.js";

/**
 * A session for a graph of the step.
 *
 * @param oneOfSeveral where sessions take turns: the threads of one must not wait in a loop while those of another work
 */
export const stepSession = (
  bytes: Uint8Array,
  { threads, profile }: StepOptions,
  oneOfSeveral = false,
): Promise<Session> =>
  Session.create(bytes, {
    name: "training step",
    threads,
    optimization: "all",
    config: {
      // Merging equal nodes would keep alive what is computed twice on purpose.
      "optimization.disable_specified_optimizers": "CommonSubexpressionElimination",
      ...(oneOfSeveral ? { "session.force_spinning_stop": "1" } : {}),
    },
    ...(profile === undefined ? {} : { profile }),
  });

/** Where the graphs of a step read weights, and write gradients, their squared lengths and the loss. */
export class StepBuffers {
  /** Loss, then the squared gradient lengths, 64 bytes apart. */
  private readonly figures: NativeBuffer;

  constructor(
    private readonly layout: ParameterLayout,
    private readonly blocks: StepBlocks,
  ) {
    this.figures = NativeBuffer.allocate((layout.parameters.length + 1) * 64);
  }

  /** Binds what a graph takes and gives of all this. */
  bind(binding: Binding): void {
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
    return this.figures.float32(0, 1)[0]!;
  }

  /** The global norm of the gradient, and the parameters whose own is not finite. */
  gradientNorm(): { norm: number; notFinite: readonly string[] } {
    const squares = this.layout.parameters.map(({ name }, index) => ({
      name,
      square: this.figures.float32((index + 1) * 64, 1)[0]!,
    }));
    return {
      norm: Math.sqrt(squares.reduce((total, { square }) => total + square, 0)),
      notFinite: squares.filter(({ square }) => !Number.isFinite(square)).map(({ name }) => name),
    };
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
    const { buffer } = memory.reserve(name, "uint8", dims);
    dropoutMask(buffer.uint8(0, count), probability, { seed, step, site: part * sites.length + site });
  });
}
