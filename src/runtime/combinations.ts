import type { EngineName } from "./engineNames.js";

/** The devices that a user can name. */
export const deviceNames = ["cpu", "webgpu"] as const;
/**
 * The name of a device: `cpu`, or `webgpu`, a GPU that ONNX Runtime reaches through WebGPU.
 *
 * @example
 * const ner = await load("my-model", { device: "webgpu" });
 */
export type DeviceName = (typeof deviceNames)[number];

/** A number format of the computation. */
export type Format = "fp32" | "bf16" | "q8" | "int8";

/** What exists: the number formats that an engine computes in on a device. */
export const combinations: readonly {
  readonly engine: Exclude<EngineName, "auto">;
  readonly device: DeviceName;
  readonly formats: readonly Format[];
}[] = [
  { engine: "onnxruntime", device: "cpu", formats: ["fp32", "q8", "int8"] },
  { engine: "onnxruntime", device: "webgpu", formats: ["fp32"] },
  { engine: "openvino", device: "cpu", formats: ["fp32", "bf16"] },
];

/** The formats that an engine has on a device; with `auto`, those of any engine. */
export const formatsOf = (engine: EngineName, device: DeviceName): readonly Format[] =>
  combinations
    .filter((each) => each.device === device && (engine === "auto" || each.engine === engine))
    .flatMap(({ formats }) => formats);
