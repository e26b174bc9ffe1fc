import type { FloatType } from "../graph/index.js";
import { floatFormat, standardInt8Format, type WeightFormat } from "../models/index.js";

/**
 * Number format of an exported model, named as in transformers.js, except that `int8` is its `q8` (the file
 * `model_quantized.onnx`).
 */
export type ExportDtype = "fp32" | "fp16" | "int8";

/**
 * Processors that an int8 file is for. `any` includes x64 processors without VNNI, which silently lose
 * products of 8-bit weights, so weights have 7 bits. `vnni` excludes them and uses all 8 bits.
 */
export type ExportTarget = "any" | "vnni";

export const exportDtypes: readonly ExportDtype[] = ["fp32", "fp16", "int8"];
export const exportTargets: readonly ExportTarget[] = ["any", "vnni"];

/** How one file of an export is made. */
export interface ExportedForm {
  readonly dtype: ExportDtype;
  /** The file name that optimum and transformers.js look for. */
  readonly file: string;
  readonly form: WeightFormat;
  readonly float: FloatType;
}

export function exportedForm(dtype: ExportDtype, target: ExportTarget): ExportedForm {
  if (dtype === "fp32") return { dtype, file: "model.onnx", form: floatFormat, float: "float32" };
  if (dtype === "fp16") return { dtype, file: "model_fp16.onnx", form: floatFormat, float: "float16" };
  const form = standardInt8Format(target === "any" ? 7 : 8);
  return { dtype, file: "model_quantized.onnx", form, float: "float32" };
}
