/** The forms that a finished model's weights can have: floats, or whole numbers of 8 bits. */
import {
  blockLinear,
  cast,
  type DataType,
  dynamicLinear,
  gather,
  multiply,
  type Tensor,
} from "../../graph/index.js";
import type { Parameter } from "../parameter.js";
import { quantizeBlocks, quantizeColumns, quantizeRows } from "./quantize.js";
import { floatWeightOps, type WeightOps } from "./weightOps.js";

/** A tensor of a model in some form. */
export interface FormatTensor {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
}
export type FormatValues = Float32Array | Int8Array | Uint8Array;

/** How parameters are stored, and how the forward pass applies them. */
export interface WeightFormat {
  /** The tensors that stand for a parameter. */
  tensors(parameter: Parameter): readonly FormatTensor[];
  /** The values of these tensors, in their order. */
  values(parameter: Parameter, floats: Float32Array): readonly FormatValues[];
  /** @param p gives a tensor of the form by its name, `undefined` where the form has none */
  ops(p: (name: string) => Tensor | undefined): WeightOps;
}

/** Every parameter as it is. */
export const floatFormat: WeightFormat = {
  tensors: ({ name, shape }) => [{ name, type: "float32", shape }],
  values: (_, floats) => [floats],
  ops: floatWeightOps,
};

/** One way to hold a matrix in 8 bits: whole numbers and their scales. */
interface Kind {
  /** What the names of its two tensors end in, after the matrix's own. */
  readonly suffixes: readonly [whole: string, scale: string];
  readonly type: "int8" | "uint8";
  shapes(shape: readonly number[]): readonly [whole: readonly number[], scale: readonly number[]];
  values(floats: Float32Array, shape: readonly number[]): readonly FormatValues[];
}

/** A scale for each output, for whole numbers in and out of a linear layer. */
const columns = (bits: 7 | 8): Kind => ({
  suffixes: ["_quantized", "_scale"],
  type: "int8",
  shapes: ([rows, columns]) => [[columns!, rows!], [rows!]],
  values: (floats, shape) => quantizeColumns(floats, shape, bits),
});

/** A scale for each block of an output's numbers. */
const blocks = (size: number): Kind => ({
  suffixes: ["_blocks", "_block_scales"],
  type: "uint8",
  shapes: ([rows, columns]) => {
    const count = Math.ceil(columns! / size);
    return [[rows!, count, size], [rows! * count]];
  },
  values: (floats, shape) => quantizeBlocks(floats, shape, size),
});

/** A scale for each row of a table. */
const rows: Kind = {
  suffixes: ["_rows", "_row_scales"],
  type: "int8",
  shapes: (shape) => [shape, [shape[0]!, 1]],
  values: (floats, shape) => quantizeRows(floats, shape, 8),
};

/** A form that holds some parameters in 8 bits and leaves the others floats. */
function form(kindOf: (parameter: Parameter) => Kind | undefined): WeightFormat {
  return {
    tensors(parameter) {
      const kind = kindOf(parameter);
      if (kind === undefined) return floatFormat.tensors(parameter);
      const [whole, scale] = kind.shapes(parameter.shape);
      const [wholeSuffix, scaleSuffix] = kind.suffixes;
      return [
        { name: parameter.name + wholeSuffix, type: kind.type, shape: whole },
        { name: parameter.name + scaleSuffix, type: "float32", shape: scale },
      ];
    },
    values: (parameter, floats) => kindOf(parameter)?.values(floats, parameter.shape) ?? [floats],
    ops(p) {
      const floats = floatFormat.ops(p);
      return {
        ...floats,
        linear(at, x) {
          const [inColumns, inBlocks] = [p(`${at}.weight_quantized`), p(`${at}.weight_blocks`)];
          const bias = p(`${at}.bias`);
          if (inColumns) return dynamicLinear(x, inColumns, p(`${at}.weight_scale`)!, bias);
          if (inBlocks) return blockLinear(x, inBlocks, p(`${at}.weight_block_scales`)!, bias);
          return floats.linear(at, x);
        },
        embedding(at, lookup) {
          const table = p(`${at}.weight_rows`);
          if (table === undefined) return floats.embedding(at, lookup);
          const whole = cast(gather(table, lookup.indices), "float32");
          return multiply(whole, gather(p(`${at}.weight_row_scales`)!, lookup.indices));
        },
      };
    },
  };
}

/** The head is small and has the last word: it stays floats. */
const isQuantizable = ({ role, place }: Parameter): boolean => role === "linear" && place !== "head";

/**
 * `q8`: linear layers in blocks, weights and what comes in alike. Blocks of 256 would be a seventh faster and change half as
 * many tags again (0.055% for 0.039% on CoNLL-2003's validation sentences).
 */
export const blockFormat: WeightFormat = form((parameter) =>
  isQuantizable(parameter) ? blocks(128) : undefined,
);

/**
 * `int8` as ONNX's standard has it: a scale for each output, another for all that comes in. The table of word embeddings,
 * a good part of a file, is in 8 bits as well.
 */
export const standardInt8Format = (bits: 7 | 8): WeightFormat =>
  form((parameter) => (parameter.isVocabulary ? rows : isQuantizable(parameter) ? columns(bits) : undefined));

/**
 * `int8` for our own engine: as the standard's, but in the last third of `layers` the feed-forward network's second half is in
 * blocks. That costs little time and half as much F1 (0.0013 for 0.0027 on CoNLL-2003's validation sentences).
 */
export const int8Format = (bits: 7 | 8, layers: number): WeightFormat =>
  form((parameter) => {
    if (!isQuantizable(parameter)) return undefined;
    const { contracts, place } = parameter;
    return contracts && typeof place === "number" && place >= (layers * 2) / 3 ? blocks(256) : columns(bits);
  });
