/** Operators of `com.microsoft`, beyond the ONNX standard, that operations have a form in. */
export type ContribOperator = "FusedMatMul" | "DynamicQuantizeMatMul" | "MatMulNBits";

/** What a graph must look like for an engine. Each engine states its own. */
export interface EmissionProfile {
  /** The operators beyond the ONNX standard that the engine has. */
  readonly contribOperators: readonly ContribOperator[];
}

/** Operators of the ONNX standard alone: for any engine. */
export const standard: EmissionProfile = {
  contribOperators: [],
};
