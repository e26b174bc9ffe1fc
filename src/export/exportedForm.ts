import type { FloatType } from "../graph/index.js";
import { floatFormat, standardInt8Format, type WeightFormat } from "../models/index.js";

/**
 * What an exported model computes in, in transformers.js's words: `fp32`, `fp16`, and `int8`, which is its `q8` (the file
 * `model_quantized.onnx`).
 */
export type ExportDtype = "fp32" | "fp16" | "int8";

/**
 * Where an int8 file is to run. `any`: also on x64 processors without VNNI, where products of 8-bit weights are lost
 * without a word: weights have 7 bits. `vnni`: on others only, with all 8 bits.
 */
export type ExportTarget = "any" | "vnni";

export const exportDtypes: readonly ExportDtype[] = ["fp32", "fp16", "int8"];
export const exportTargets: readonly ExportTarget[] = ["any", "vnni"];

/** How one file of an export is made. */
export interface ExportedForm {
  readonly dtype: ExportDtype;
  /** The name that optimum and transformers.js look for. */
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
