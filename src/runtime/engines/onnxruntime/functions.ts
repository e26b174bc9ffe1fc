/**
 * The functions of ONNX Runtime's C interface that Nerium calls: their slot in the `OrtApi` table, their result and
 * their arguments. New functions are only added at the end of the table, so a slot is valid for every release that has it.
 *
 * Source: onnxruntime/include/onnxruntime/core/session/onnxruntime_c_api.h, struct OrtApi. A wrong slot calls another
 * function and corrupts memory, so test/runtime/engines/onnxruntime/functions.test.ts checks each by what it does.
 */
export const ortFunctions = {
  GetErrorCode: { slot: 1, returns: "int", takes: ["pointer"] },
  GetErrorMessage: { slot: 2, returns: "string", takes: ["pointer"] },
  CreateEnv: { slot: 3, returns: "status", takes: ["int", "string", "pointer"] },
  DisableTelemetryEvents: { slot: 6, returns: "status", takes: ["pointer"] },
  CreateSession: { slot: 7, returns: "status", takes: ["pointer", "path", "pointer", "pointer"] },
  CreateSessionFromArray: {
    slot: 8,
    returns: "status",
    takes: ["pointer", "pointer", "size", "pointer", "pointer"],
  },
  CreateSessionOptions: { slot: 10, returns: "status", takes: ["pointer"] },
  SetSessionExecutionMode: { slot: 13, returns: "status", takes: ["pointer", "int"] },
  EnableProfiling: { slot: 14, returns: "status", takes: ["pointer", "path"] },
  DisableMemPattern: { slot: 17, returns: "status", takes: ["pointer"] },
  DisableCpuMemArena: { slot: 19, returns: "status", takes: ["pointer"] },
  SetSessionLogSeverityLevel: { slot: 22, returns: "status", takes: ["pointer", "int"] },
  SetSessionGraphOptimizationLevel: { slot: 23, returns: "status", takes: ["pointer", "int"] },
  SetIntraOpNumThreads: { slot: 24, returns: "status", takes: ["pointer", "int"] },
  SetInterOpNumThreads: { slot: 25, returns: "status", takes: ["pointer", "int"] },
  SessionGetInputCount: { slot: 30, returns: "status", takes: ["pointer", "pointer"] },
  SessionGetOutputCount: { slot: 31, returns: "status", takes: ["pointer", "pointer"] },
  SessionGetInputTypeInfo: { slot: 33, returns: "status", takes: ["pointer", "size", "pointer"] },
  SessionGetOutputTypeInfo: { slot: 34, returns: "status", takes: ["pointer", "size", "pointer"] },
  SessionGetInputName: { slot: 36, returns: "status", takes: ["pointer", "size", "pointer", "pointer"] },
  SessionGetOutputName: { slot: 37, returns: "status", takes: ["pointer", "size", "pointer", "pointer"] },
  CreateRunOptions: { slot: 39, returns: "status", takes: ["pointer"] },
  RunOptionsSetTerminate: { slot: 46, returns: "status", takes: ["pointer"] },
  RunOptionsUnsetTerminate: { slot: 47, returns: "status", takes: ["pointer"] },
  CreateTensorWithDataAsOrtValue: {
    slot: 49,
    returns: "status",
    takes: ["pointer", "pointer", "size", "pointer", "size", "int", "pointer"],
  },
  GetTensorMutableData: { slot: 51, returns: "status", takes: ["pointer", "pointer"] },
  CastTypeInfoToTensorInfo: { slot: 55, returns: "status", takes: ["pointer", "pointer"] },
  GetTensorElementType: { slot: 60, returns: "status", takes: ["pointer", "pointer"] },
  GetDimensionsCount: { slot: 61, returns: "status", takes: ["pointer", "pointer"] },
  GetDimensions: { slot: 62, returns: "status", takes: ["pointer", "pointer", "size"] },
  GetSymbolicDimensions: { slot: 63, returns: "status", takes: ["pointer", "pointer", "size"] },
  GetTensorTypeAndShape: { slot: 65, returns: "status", takes: ["pointer", "pointer"] },
  CreateMemoryInfo: { slot: 68, returns: "status", takes: ["string", "int", "int", "int", "pointer"] },
  CreateCpuMemoryInfo: { slot: 69, returns: "status", takes: ["int", "int", "pointer"] },
  AllocatorFree: { slot: 76, returns: "status", takes: ["pointer", "pointer"] },
  GetAllocatorWithDefaultOptions: { slot: 78, returns: "status", takes: ["pointer"] },
  ReleaseEnv: { slot: 92, returns: "nothing", takes: ["pointer"] },
  ReleaseStatus: { slot: 93, returns: "nothing", takes: ["pointer"] },
  ReleaseMemoryInfo: { slot: 94, returns: "nothing", takes: ["pointer"] },
  ReleaseSession: { slot: 95, returns: "nothing", takes: ["pointer"] },
  ReleaseValue: { slot: 96, returns: "nothing", takes: ["pointer"] },
  ReleaseRunOptions: { slot: 97, returns: "nothing", takes: ["pointer"] },
  ReleaseTypeInfo: { slot: 98, returns: "nothing", takes: ["pointer"] },
  ReleaseTensorTypeAndShapeInfo: { slot: 99, returns: "nothing", takes: ["pointer"] },
  ReleaseSessionOptions: { slot: 100, returns: "nothing", takes: ["pointer"] },
  SessionEndProfiling: { slot: 110, returns: "status", takes: ["pointer", "pointer", "pointer"] },
  AddSessionConfigEntry: { slot: 130, returns: "status", takes: ["pointer", "string", "string"] },
  GetAvailableProviders: { slot: 125, returns: "status", takes: ["pointer", "pointer"] },
  ReleaseAvailableProviders: { slot: 126, returns: "status", takes: ["pointer", "int"] },
  RunWithBinding: { slot: 133, returns: "status", takes: ["pointer", "pointer", "pointer"] },
  CreateIoBinding: { slot: 134, returns: "status", takes: ["pointer", "pointer"] },
  ReleaseIoBinding: { slot: 135, returns: "nothing", takes: ["pointer"] },
  BindInput: { slot: 136, returns: "status", takes: ["pointer", "pointer", "pointer"] },
  BindOutput: { slot: 137, returns: "status", takes: ["pointer", "pointer", "pointer"] },
  BindOutputToDevice: { slot: 138, returns: "status", takes: ["pointer", "pointer", "pointer"] },
  GetBoundOutputValues: { slot: 140, returns: "status", takes: ["pointer", "pointer", "pointer", "pointer"] },
  SessionOptionsAppendExecutionProvider_CUDA_V2: {
    slot: 204,
    returns: "status",
    takes: ["pointer", "pointer"],
  },
  CreateCUDAProviderOptions: { slot: 205, returns: "status", takes: ["pointer"] },
  UpdateCUDAProviderOptions: {
    slot: 206,
    returns: "status",
    takes: ["pointer", "pointer", "pointer", "size"],
  },
  ReleaseCUDAProviderOptions: { slot: 208, returns: "nothing", takes: ["pointer"] },
  SetDeterministicCompute: { slot: 273, returns: "status", takes: ["pointer", "int"] },
  SessionOptionsAppendExecutionProvider: {
    slot: 216,
    returns: "status",
    takes: ["pointer", "string", "pointer", "pointer", "size"],
  },
  AddExternalInitializers: { slot: 210, returns: "status", takes: ["pointer", "pointer", "pointer", "size"] },
} as const;

/** Functions that older releases do not have: the version of the interface that added them is `since`. */
export const laterFunctions = {
  CopyTensors: {
    slot: 386,
    since: 23,
    returns: "status",
    takes: ["pointer", "pointer", "pointer", "pointer", "size"],
  },
} as const;

export type OrtFunctionName = keyof typeof ortFunctions;

interface Taken {
  int: number;
  size: number;
  pointer: bigint;
  string: string;
  path: string;
}
interface Returned {
  /** NULL, or a pointer to an `OrtStatus` that the caller must release. */
  status: bigint | null;
  int: number;
  string: string;
  nothing: undefined;
}
type Arguments<T extends readonly (keyof Taken)[]> = { [I in keyof T]: Taken[T[I]] };

/** The TypeScript type of a function in {@link ortFunctions}. */
export type NativeCall<N extends OrtFunctionName> = (
  ...args: Arguments<(typeof ortFunctions)[N]["takes"]>
) => Returned[(typeof ortFunctions)[N]["returns"]];

/** koffi's names for the types above. Paths are UTF-16 on Windows (`ORTCHAR_T`). */
export const foreignTypes: Record<keyof Taken | keyof Returned, string> = {
  int: "int",
  size: "size_t",
  pointer: "void *",
  string: "str",
  path: process.platform === "win32" ? "str16" : "str",
  status: "void *",
  nothing: "void",
};
