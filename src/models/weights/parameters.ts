import type { Engine, StateBlock, TensorView } from "../../runtime/index.js";
import { elements, type Parameter } from "../parameter.js";

/** Parameters start at multiples of this many floats: 64 bytes, a cache line. */
const ALIGNMENT = 16;

/**
 * The place of each parameter in one flat block of floats. Parameters with weight decay come first, then the others.
 *
 * Weights, gradients and both moments have the same layout, so the optimiser can treat each block as one flat array.
 */
export class ParameterLayout {
  /** Number of floats in the whole block, including gaps. */
  readonly length: number;
  /** Number of floats at its beginning that weight decay applies to. */
  readonly decayed: number;
  private readonly places = new Map<string, { parameter: Parameter; offset: number }>();

  constructor(readonly parameters: readonly Parameter[]) {
    let offset = 0;
    const place = (parameter: Parameter): void => {
      this.places.set(parameter.name, { parameter, offset });
      offset += Math.ceil(elements(parameter.shape) / ALIGNMENT) * ALIGNMENT;
    };
    parameters.filter(({ decays }) => decays).forEach(place);
    this.decayed = offset;
    parameters.filter(({ decays }) => !decays).forEach(place);
    this.length = offset;
  }

  /** The word-embedding table. */
  get vocabulary(): Parameter {
    return this.parameters.find(({ isVocabulary }) => isVocabulary)!;
  }

  /** Allocates a block of zeros with this layout. */
  allocate(engine: Engine): StateBlock {
    return engine.block(this.length * 4);
  }

  /** Number of floats before a parameter. */
  offset(name: string): number {
    return this.places.get(name)!.offset;
  }

  /** Returns a parameter's place in a block, as a tensor for a graph. */
  tensor(block: StateBlock, name: string): TensorView {
    const { parameter, offset } = this.places.get(name)!;
    return { buffer: block, byteOffset: offset * 4, type: "float32", dims: parameter.shape };
  }

  /** Returns a parameter's values in a block, as {@link StateBlock.read} does. */
  values(block: StateBlock, name: string): Float32Array {
    const { parameter, offset } = this.places.get(name)!;
    return block.read(offset * 4, elements(parameter.shape));
  }
}
