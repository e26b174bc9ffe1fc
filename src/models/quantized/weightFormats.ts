/** The formats that a trained model's weights can have: floats, or 8-bit integers. */
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

/** A tensor of a model in some format. */
export interface FormatTensor {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
}
export type FormatValues = Float32Array | Int8Array | Uint8Array;

/** How parameters are stored, and how the forward pass applies them. */
export interface WeightFormat {
  /** Returns the tensors that represent a parameter. */
  tensors(parameter: Parameter): readonly FormatTensor[];
  /** Returns the values of these tensors, in the same order. */
  values(parameter: Parameter, floats: Float32Array): readonly FormatValues[];
  /** @param p returns a tensor of the format by its name, or `undefined` if there is none */
  ops(p: (name: string) => Tensor | undefined): WeightOps;
}

/** Stores every parameter unchanged. */
export const floatFormat: WeightFormat = {
  tensors: ({ name, shape }) => [{ name, type: "float32", shape }],
  values: (_, floats) => [floats],
  ops: floatWeightOps,
};

/** One way to store a matrix in 8 bits: integers and their scales. */
interface Kind {
  /** The suffixes of its two tensors, which follow the matrix's name. */
  readonly suffixes: readonly [whole: string, scale: string];
  readonly type: "int8" | "uint8";
  shapes(shape: readonly number[]): readonly [whole: readonly number[], scale: readonly number[]];
  values(floats: Float32Array, shape: readonly number[]): readonly FormatValues[];
}

/** One scale per output, for linear layers whose inputs are quantised to 8-bit integers too. */
const columns = (bits: 7 | 8): Kind => ({
  suffixes: ["_quantized", "_scale"],
  type: "int8",
  shapes: ([rows, columns]) => [[columns!, rows!], [rows!]],
  values: (floats, shape) => quantizeColumns(floats, shape, bits),
});

/** One scale per block of the weights of an output. */
const blocks = (size: number): Kind => ({
  suffixes: ["_blocks", "_block_scales"],
  type: "uint8",
  shapes: ([rows, columns]) => {
    const count = Math.ceil(columns! / size);
    return [[rows!, count, size], [rows! * count]];
  },
  values: (floats, shape) => quantizeBlocks(floats, shape, size),
});

/** One scale per row of a table. */
const rows: Kind = {
  suffixes: ["_rows", "_row_scales"],
  type: "int8",
  shapes: (shape) => [shape, [shape[0]!, 1]],
  values: (floats, shape) => quantizeRows(floats, shape, 8),
};

/** Returns a format that stores some parameters in 8 bits and the others as floats. */
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

/** The head stays in floats: it is small, and its errors would change the logits directly. */
const isQuantizable = ({ role, place }: Parameter): boolean => role === "linear" && place !== "head";

/**
 * `q8`: linear layers in blocks, both their weights and their inputs. Blocks of 256 would be a seventh faster and change about
 * one and a half times as many tags (0.055% instead of 0.039% on the validation sentences of CoNLL-2003).
 */
export const blockFormat: WeightFormat = form((parameter) =>
  isQuantizable(parameter) ? blocks(128) : undefined,
);

/**
 * `int8` with standard ONNX operators: one scale per output, and one for all inputs. The word-embedding table, a large part of
 * a file, is in 8 bits as well.
 */
export const standardInt8Format = (bits: 7 | 8): WeightFormat =>
  form((parameter) => (parameter.isVocabulary ? rows : isQuantizable(parameter) ? columns(bits) : undefined));

/**
 * `int8` for our own engine: like the standard format, but the word-embedding table stays in floats, and in the last third of
 * the `layers` the second layer of the feed-forward network is in blocks. The blocks take little time and halve the loss of F1
 * (0.0013 instead of 0.0027 on the validation sentences of CoNLL-2003).
 */
export const int8Format = (bits: 7 | 8, layers: number): WeightFormat =>
  form((parameter) => {
    if (!isQuantizable(parameter)) return undefined;
    const { contracts, place } = parameter;
    return contracts && typeof place === "number" && place >= (layers * 2) / 3 ? blocks(256) : columns(bits);
  });
