/** Operators outside the ONNX standard, from the domain `com.microsoft`, that operations can use. */
export type ContribOperator = "FusedMatMul" | "DynamicQuantizeMatMul" | "MatMulNBits" | "RotaryEmbedding";

/** The form that a graph must have for an engine. Each engine has its own profile. */
export interface EmissionProfile {
  /** The operators outside the ONNX standard that the engine supports. */
  readonly contribOperators: readonly ContribOperator[];
  /** Whether the engine supports `LogSoftmax`. If not, it is written as its formula. */
  readonly logSoftmax: boolean;
  /** The type in which the engine compares integers. int32 is exact for integers whose magnitude is below 2³¹. */
  readonly comparedIntegers: "int64" | "int32";
  /** Whether the engine supports `ScatterElements`. If not, rows are placed in a table of zeros with `ScatterND`. */
  readonly scatterElements: boolean;
  /** Whether sine and cosine are as exact as other operations, for large angles too. If not, they are written as polynomials. */
  readonly exactSine: boolean;
  /**
   * The type of the operands of matrix products. With bfloat16, they and the product are rounded to it, and added up in float32;
   * all other operations take and give float32.
   */
  readonly products: "float32" | "bfloat16";
  /**
   * Whether results of one number each come out as one vector. Otherwise each would be copied from the device on its own.
   */
  readonly joinsFigures: boolean;
}

/** Uses only operators of the ONNX standard, for any engine. */
export const standard: EmissionProfile = {
  contribOperators: [],
  logSoftmax: true,
  comparedIntegers: "int64",
  scatterElements: true,
  exactSine: true,
  products: "float32",
  joinsFigures: false,
};
