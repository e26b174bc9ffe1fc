import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { stack, type Tensor, type WeightPlace, weight } from "../../graph/index.js";
import { Owned } from "../../owned.js";
import {
  cpuEngine,
  type ElementType,
  type Engine,
  hasByteProducts,
  type StateBlock,
  type TensorView,
} from "../../runtime/index.js";
import type { ModelConfig } from "../config.js";
import { encoderOf } from "../families/index.js";
import type { Encoder } from "../family.js";
import { elements, type Parameter } from "../parameter.js";
import {
  blockFormat,
  type FormatTensor,
  floatFormat,
  int8Format,
  type WeightFormat,
} from "../quantized/weightFormats.js";
import type { WeightOps } from "../quantized/weightOps.js";
import { ParameterReader, type StoredTensor } from "./parameterReader.js";

/**
 * The number format that a trained model computes in. `fp32`: 32-bit floats. `bf16`: products of matrices in bfloat16, on
 * processors that have it. `q8`: weights and inputs of linear layers in
 * blocks of 8-bit integers, nearly exact. `int8`: 8-bit integers with one scale for the whole input of a linear layer. This is
 * the fastest, but a score then depends slightly on the other sentences of its batch.
 */
export type Dtype = "fp32" | "bf16" | "q8" | "int8";
export const dtypes: readonly Dtype[] = ["fp32", "bf16", "q8", "int8"];

function formOf(dtype: Dtype, { layers }: Encoder): WeightFormat {
  if (dtype === "fp32" || dtype === "bf16") return floatFormat;
  return dtype === "q8" ? blockFormat : int8Format(hasByteProducts() ? 8 : 7, layers);
}

/**
 * The weights of a trained model as constants of one graph, which stores them in its own format.
 *
 * Weights of linear layers that stay floats and are float32 in a file are not read here if the engine reads weight files: it
 * maps the file, packs the weights and releases the file. All others are in blocks.
 */
export class InferenceWeights {
  /** The values in blocks, by their names in the graph. */
  readonly initializers: Record<string, TensorView> = {};
  private readonly tensors = new Map<string, Tensor>();
  private readonly places = new Map<string, WeightPlace>();
  private readonly owned = new Owned();

  private constructor(
    readonly encoder: Encoder,
    readonly labels: number,
    /** The folder of the files that {@link place} refers to. */
    readonly folder: string,
    private readonly form: WeightFormat,
    /** The engine that computes with them. */
    readonly engine: Engine,
  ) {}

  /** @throws NeriumError as {@link ParameterReader.open} */
  static async load(
    folder: string,
    config: ModelConfig,
    labels: number,
    dtype: Dtype,
    engine: Engine = cpuEngine(),
  ): Promise<InferenceWeights> {
    return Owned.making(async (owned) => {
      const reader = owned.own(await ParameterReader.open(folder, config, labels), "close");
      const [first] = reader.stored(reader.parameters[0]!);
      const real = await realpath(first!.file);
      const encoder = encoderOf(config);
      const form = formOf(dtype, encoder);
      const frozen = owned.own(new InferenceWeights(encoder, labels, dirname(real), form, engine));
      for (const parameter of reader.parameters) await frozen.add(parameter, reader);
      await reader.close();
      return frozen;
    });
  }

  /** The operations that apply them in a graph. */
  get ops(): WeightOps {
    return this.form.ops((name) => this.tensors.get(name));
  }

  /** Returns where the values of a tensor are: in a file, or in memory. */
  readonly place = (name: string): WeightPlace =>
    this.places.get(name) ?? this.engine.placeOf(this.initializers[name]!);

  private async add(parameter: Parameter, reader: ParameterReader): Promise<void> {
    const [first, ...others] = this.form.tensors(parameter);
    const isFloat = others.length === 0;
    const canStay = isFloat && parameter.role === "linear" && this.engine.readsWeightFiles;
    if (canStay && (await this.map(parameter, reader.stored(parameter)))) return;
    const count = elements(parameter.shape);
    if (isFloat) {
      return this.give(first!).write(0, count, (values) => reader.read(parameter, values));
    }
    const floats = new Float32Array(count);
    await reader.read(parameter, floats);
    this.form.values(parameter, floats).forEach((values, index) => {
      this.give([first!, ...others][index]!).copyIn(0, values);
    });
  }

  /** Allocates a block for a tensor's values, which the graph will read. */
  private give({ name, type, shape }: FormatTensor): StateBlock {
    const bytes = elements(shape) * (type === "float32" ? 4 : 1);
    const buffer = this.owned.own(this.engine.block(bytes), "free");
    this.initializers[name] = { buffer, byteOffset: 0, type: type as ElementType, dims: shape };
    this.tensors.set(name, weight(name, type, shape));
    return buffer;
  }

  /** Leaves a parameter in its files if they are in `folder` and hold it as float32 in its shape. Returns false otherwise. */
  private async map({ name, storedShape }: Parameter, stored: readonly StoredTensor[]): Promise<boolean> {
    if (storedShape !== undefined) return false;
    const files = await Promise.all(stored.map(({ file }) => realpath(file)));
    if (
      !stored.every(
        ({ dtype, strides }, part) =>
          dtype === "F32" && strides === undefined && dirname(files[part]!) === this.folder,
      )
    )
      return false;
    const parts = stored.map(({ name, shape, byteOffset, byteLength }, part) => {
      this.places.set(name, { location: basename(files[part]!), offset: byteOffset, length: byteLength });
      return weight(name, "float32", shape);
    });
    this.tensors.set(name, parts.length === 1 ? parts[0]! : stack(parts));
    return true;
  }

  /** Frees the memory. Call it after disposing of the graph. */
  dispose(): Promise<void> {
    return this.owned.release();
  }
}
