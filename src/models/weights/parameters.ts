import type { Engine, StateBlock, TensorView } from "../../runtime/index.js";

/** One parameter of a model, as the graph sees it. */
export interface Parameter {
  /** Its name in Hugging Face's weight files, or, for a stacked one, a name of the same form. */
  readonly name: string;
  readonly shape: readonly number[];
  /** For a stacked parameter: the tensors of the weight file that stand one below the other in it. */
  readonly parts?: readonly string[];
}

/** Parameters that weight decay leaves alone, as in HF Trainer: biases and LayerNorm. */
export const decays = ({ name }: Parameter): boolean => !name.endsWith("bias") && !name.includes("LayerNorm");

/** Number of elements. */
export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Parameters start at multiples of this many floats: 64 bytes, a cache line. */
const ALIGNMENT = 16;

/**
 * Where each parameter stands in one flat block of floats: first those that decay, then the others.
 *
 * Weights, gradients and both moments have the same layout, so the optimiser runs over plain memory.
 */
export class ParameterLayout {
  /** Floats in the whole block, gaps included. */
  readonly length: number;
  /** Floats at its beginning that weight decay applies to. */
  readonly decayed: number;
  private readonly places = new Map<string, { parameter: Parameter; offset: number }>();

  constructor(readonly parameters: readonly Parameter[]) {
    let offset = 0;
    const place = (parameter: Parameter): void => {
      this.places.set(parameter.name, { parameter, offset });
      offset += Math.ceil(elements(parameter.shape) / ALIGNMENT) * ALIGNMENT;
    };
    parameters.filter(decays).forEach(place);
    this.decayed = offset;
    parameters.filter((parameter) => !decays(parameter)).forEach(place);
    this.length = offset;
  }

  /** A block of zeros in this layout. */
  allocate(engine: Engine): StateBlock {
    return engine.block(this.length * 4);
  }

  /** Floats before a parameter. */
  offset(name: string): number {
    return this.places.get(name)!.offset;
  }

  /** A parameter's place in a block, for a graph. */
  tensor(block: StateBlock, name: string): TensorView {
    const { parameter, offset } = this.places.get(name)!;
    return { buffer: block, byteOffset: offset * 4, type: "float32", dims: parameter.shape };
  }

  /** A parameter's values in a block, as {@link StateBlock.read} gives them. */
  values(block: StateBlock, name: string): Float32Array {
    const { parameter, offset } = this.places.get(name)!;
    return block.read(offset * 4, elements(parameter.shape));
  }
}
