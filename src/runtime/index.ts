/** Engines, which compile and run graphs, their blocks of state, and tensors in blocks. */
export type { StateBlock } from "./block.js";
export {
  combinations,
  type DeviceKind,
  type DeviceName,
  deviceKind,
  deviceNames,
  type Format,
  formatsOf,
} from "./combinations.js";
export type { CompiledGraph, CompileOptions, Engine, GraphBinding, Precision } from "./engine.js";
export { type EngineName, engineNames } from "./engineNames.js";
export {
  chosenEngine,
  cpuEngine,
  type EngineChoice,
  machineReport,
} from "./engines/index.js";
export { ortVersion } from "./engines/onnxruntime/ort.js";
export type { DeviceReport, EngineReport, MachineReport } from "./engines/report.js";
export { type Gpu, machineGpus } from "./gpus.js";
export { HostMemory } from "./hostMemory.js";
export { usableMemory } from "./memory.js";
export { type Bf16Support, bf16Support, hasByteProducts, processorName } from "./processor.js";
export { usableThreads } from "./quota.js";
export {
  byteLengthOf,
  type ElementType,
  type OutputTensor,
  type TensorView,
  type ValueInfo,
} from "./tensor.js";
