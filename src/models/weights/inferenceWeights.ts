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
 * What a finished model computes in. `fp32`: floats of 32 bits. `q8`: weights and what meets them in blocks of 8 bits,
 * near-exact. `int8`: whole numbers of 8 bits with one scale for all that meets a weight, the fastest; what else is in a
 * batch then moves a score a little.
 */
export type Dtype = "fp32" | "q8" | "int8";
export const dtypes: readonly Dtype[] = ["fp32", "q8", "int8"];

function formOf(dtype: Dtype, { layers }: Encoder): WeightFormat {
  if (dtype === "fp32") return floatFormat;
  return dtype === "q8" ? blockFormat : int8Format(hasByteProducts() ? 8 : 7, layers);
}

/**
 * The weights of a finished model as constants of one graph, which keeps them in a form of its own.
 *
 * Weights of linear layers that stand in a file as float32 are not read here: the engine maps the file, packs them and
 * lets the file go. All others are in blocks.
 */
export class InferenceWeights {
  /** The values that stand in blocks, by the names that the graph gives them. */
  readonly initializers: Record<string, TensorView> = {};
  private readonly tensors = new Map<string, Tensor>();
  private readonly places = new Map<string, WeightPlace>();
  private readonly owned = new Owned();

  private constructor(
    readonly encoder: Encoder,
    readonly labels: number,
    /** The folder of the files that {@link place} names. */
    readonly folder: string,
    private readonly form: WeightFormat,
    /** What computes with them. */
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

  /** How the graph applies them. */
  get ops(): WeightOps {
    return this.form.ops((name) => this.tensors.get(name));
  }

  /** Where the values stand that are in a file. */
  readonly place = (name: string): WeightPlace =>
    this.places.get(name) ?? { location: "memory", offset: 0, length: 0 };

  private async add(parameter: Parameter, reader: ParameterReader): Promise<void> {
    const [first, ...others] = this.form.tensors(parameter);
    const isFloat = others.length === 0;
    if (isFloat && parameter.role === "linear" && (await this.map(parameter, reader.stored(parameter))))
      return;
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

  /** A block for a tensor's values, which the graph will read. */
  private give({ name, type, shape }: FormatTensor): StateBlock {
    const bytes = elements(shape) * (type === "float32" ? 4 : 1);
    const buffer = this.owned.own(this.engine.block(bytes), "free");
    this.initializers[name] = { buffer, byteOffset: 0, type: type as ElementType, dims: shape };
    this.tensors.set(name, weight(name, type, shape));
    return buffer;
  }

  /** Leaves a parameter in its file, where it stands there as float32; false where it does not. */
  private async map({ name }: Parameter, stored: readonly StoredTensor[]): Promise<boolean> {
    const files = await Promise.all(stored.map(({ file }) => realpath(file)));
    if (!stored.every(({ dtype }, part) => dtype === "F32" && dirname(files[part]!) === this.folder))
      return false;
    const parts = stored.map(({ name, shape, byteOffset, byteLength }, part) => {
      this.places.set(name, { location: basename(files[part]!), offset: byteOffset, length: byteLength });
      return weight(name, "float32", shape);
    });
    this.tensors.set(name, parts.length === 1 ? parts[0]! : stack(parts));
    return true;
  }

  /** Gives the memory back. Call it after the graph is disposed of. */
  dispose(): Promise<void> {
    return this.owned.release();
  }
}
