import { Owned } from "../../owned.js";
import type { TensorInfo, Weights } from "../../safetensors/index.js";
import type { ModelConfig } from "../config.js";
import { headMissing, parametersMissing, weightShape } from "../errors.js";
import { encoderOf } from "../families/index.js";
import { parameters } from "../heads/tokenClassification.js";
import { elements, type Parameter, storedParts } from "../parameter.js";
import { openWeights } from "./openWeights.js";
import { readFinite } from "./readFinite.js";
import { storedName } from "./storedTensors.js";

/** A tensor of a weight file. */
export interface StoredTensor extends TensorInfo {
  readonly file: string;
}

/** Reads a trained model's parameters one at a time on request, so that the whole model is never in memory. */
export class ParameterReader {
  private constructor(
    readonly parameters: readonly Parameter[],
    private readonly source: Weights,
    private readonly parts: ReadonlyMap<string, readonly StoredTensor[]>,
  ) {}

  /**
   * Finds every parameter in a folder's weight files.
   *
   * @throws NeriumError MODEL_HEAD_MISSING, MODEL_TENSORS_MISSING, MODEL_TENSOR_SHAPE, and the errors of {@link openWeights}
   */
  static async open(folder: string, config: ModelConfig, labels: number): Promise<ParameterReader> {
    return Owned.making(async (owned) => {
      const source = owned.own(await openWeights(folder), "close");
      const encoder = encoderOf(config);
      const all = parameters(encoder, labels);
      const absent = { encoder: [] as string[], head: [] as string[] };
      const parts = new Map<string, readonly StoredTensor[]>();
      for (const parameter of all) {
        const found = storedParts(parameter).flatMap(({ name, shape }) => {
          const stored = storedName(source, encoder, name);
          if (stored === undefined) {
            absent[parameter.place === "head" ? "head" : "encoder"].push(name);
            return [];
          }
          const info = source.tensors.get(stored)!;
          if (info.shape.join() !== shape.join()) throw weightShape(folder, stored, info.shape, shape);
          return [{ ...info, file: source.fileOf(stored) }];
        });
        parts.set(parameter.name, found);
      }
      if (absent.encoder.length > 0) throw parametersMissing(folder, absent.encoder);
      if (absent.head.length > 0) throw headMissing(folder);
      return new ParameterReader(all, source, parts);
    });
  }

  /** Returns the tensors of the files that a parameter consists of, in the order in which they are stacked. */
  stored({ name }: Parameter): readonly StoredTensor[] {
    return this.parts.get(name)!;
  }

  /**
   * Reads a parameter's values into `into`, which must have as many elements.
   *
   * @throws NeriumError MODEL_NOT_FINITE
   */
  async read(parameter: Parameter, into: Float32Array): Promise<void> {
    let from = 0;
    for (const { name, shape } of this.stored(parameter)) {
      const length = elements(shape);
      await readFinite(this.source, name, into.subarray(from, from + length));
      from += length;
    }
  }

  close(): Promise<void> {
    return this.source.close();
  }
}
