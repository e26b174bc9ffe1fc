/** The forms that a finished model's weights can have: floats, or whole numbers of 8 bits. */
import {
  blockLinear,
  cast,
  type DataType,
  dynamicLinear,
  multiply,
  type Tensor,
  takeRows,
} from "../graph/index.js";
import { floatLayers, type Layers } from "./layers.js";
import type { Parameter } from "./parameters.js";
import { quantizeBlocks, quantizeColumns, quantizeRows } from "./quantize.js";

/** A tensor of a model in some form. */
export interface FormTensor {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
}
export type FormValues = Float32Array | Int8Array | Uint8Array;

/** How parameters are stored, and how the forward pass applies them. */
export interface Form {
  /** The tensors that stand for a parameter. */
  tensors(parameter: Parameter): readonly FormTensor[];
  /** The values of these tensors, in their order. */
  values(parameter: Parameter, floats: Float32Array): readonly FormValues[];
  /** @param p gives a tensor of the form by its name, `undefined` where the form has none */
  layers(p: (name: string) => Tensor | undefined): Layers;
}

/** Every parameter as it is. */
export const floatForm: Form = {
  tensors: ({ name, shape }) => [{ name, type: "float32", shape }],
  values: (_, floats) => [floats],
  layers: (p) => floatLayers((name) => p(name)!),
};

export interface DynamicFormOptions {
  /** Bits of a weight: 7 where the processor would lose products of 8, see `hasByteProducts`. */
  readonly bits: 7 | 8;
  /** Quantise the table of word embeddings as well, with a scale for each row. */
  readonly embeddings: boolean;
}

/** Linear layers in whole numbers, with one scale for each output; what comes in is quantised while it runs. */
export function dynamicForm({ bits, embeddings }: DynamicFormOptions): Form {
  const isTable = ({ name }: Parameter) => embeddings && name.endsWith(".word_embeddings.weight");
  return quantizedForm({
    applies: (parameter) => isTable(parameter) || isQuantizable(parameter),
    tensors: (parameter) => {
      const [rows, columns] = parameter.shape as [number, number];
      return isTable(parameter)
        ? quantized(parameter, "int8", [rows, columns], [rows, 1])
        : quantized(parameter, "int8", [columns, rows], [rows]);
    },
    values: (parameter, floats) =>
      isTable(parameter)
        ? quantizeRows(floats, parameter.shape, 8)
        : quantizeColumns(floats, parameter.shape, bits),
    linear: (x, weight, scale, bias) => dynamicLinear(x, weight, scale, bias),
    embedding: (weight, scale, indices) =>
      multiply(cast(takeRows(weight, indices), "float32"), takeRows(scale, indices)),
  });
}

/** Numbers of a row that share one scale. */
const BLOCK = 128;

/** Linear layers in whole numbers, with one scale for each {@link BLOCK} numbers of weight and of what comes in. */
export function blockForm(): Form {
  return quantizedForm({
    applies: isQuantizable,
    tensors: (parameter) => {
      const [rows, columns] = parameter.shape as [number, number];
      const blocks = Math.ceil(columns / BLOCK);
      return quantized(parameter, "uint8", [rows, blocks, BLOCK], [rows * blocks]);
    },
    values: ({ shape }, floats) => quantizeBlocks(floats, shape, BLOCK),
    linear: (x, weight, scale, bias) => blockLinear(x, weight, scale, bias),
  });
}

/** Whether a parameter is the weight of a linear layer. */
export const isLinear = ({ name, shape }: Parameter): boolean =>
  shape.length === 2 && !name.endsWith("_embeddings.weight");

/** The classifier is small and has the last word: it stays floats. */
const isQuantizable = (parameter: Parameter): boolean =>
  isLinear(parameter) && !parameter.name.startsWith("classifier.");

const quantized = (
  { name }: Parameter,
  type: DataType,
  shape: readonly number[],
  scales: readonly number[],
): readonly FormTensor[] => [
  { name: `${name}_quantized`, type, shape },
  { name: `${name}_scale`, type: "float32", shape: scales },
];

/** A form that replaces some parameters and leaves the others floats. */
function quantizedForm(form: {
  readonly applies: (parameter: Parameter) => boolean;
  readonly tensors: Form["tensors"];
  readonly values: Form["values"];
  readonly linear: (x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor) => Tensor;
  readonly embedding?: (weight: Tensor, scale: Tensor, indices: Tensor) => Tensor;
}): Form {
  const of = (parameter: Parameter) => (form.applies(parameter) ? form : floatForm);
  return {
    tensors: (parameter) => of(parameter).tensors(parameter),
    values: (parameter, floats) => of(parameter).values(parameter, floats),
    layers: (p) => {
      const floats = floatForm.layers(p);
      const both = (at: string) => [p(`${at}.weight_quantized`), p(`${at}.weight_scale`)] as const;
      return {
        linear(at, x) {
          const [weight, scale] = both(at);
          if (weight === undefined || scale === undefined) return floats.linear(at, x);
          return form.linear(x, weight, scale, p(`${at}.bias`)!);
        },
        embedding(at, lookup) {
          const [weight, scale] = both(at);
          if (weight === undefined || scale === undefined) return floats.embedding(at, lookup);
          return form.embedding!(weight, scale, lookup.indices);
        },
      };
    },
  };
}
