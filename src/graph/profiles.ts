/** Operators of `com.microsoft`, beyond the ONNX standard, that operations have a form in. */
export type ContribOperator = "FusedMatMul" | "DynamicQuantizeMatMul" | "MatMulNBits";

/** What a graph must look like for an engine. Each engine states its own. */
export interface EmissionProfile {
  /** The operators beyond the ONNX standard that the engine has. */
  readonly contribOperators: readonly ContribOperator[];
  /** Whether it has `LogSoftmax`; else that is written as its formula. */
  readonly logSoftmax: boolean;
  /** The type in which it compares whole numbers: those that stay below 2³¹ lose nothing in int32. */
  readonly comparedIntegers: "int64" | "int32";
}

/** Operators of the ONNX standard alone: for any engine. */
export const standard: EmissionProfile = {
  contribOperators: [],
  logSoftmax: true,
  comparedIntegers: "int64",
};
