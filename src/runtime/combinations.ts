import type { EngineName } from "./engineNames.js";

/** The devices that a user can name. */
export const deviceNames = [
  "auto",
  "cpu",
  "webgpu",
  "cuda",
  "cuda:0",
  "cuda:1",
  "cuda:2",
  "cuda:3",
  "cuda:4",
  "cuda:5",
  "cuda:6",
  "cuda:7",
] as const;
/**
 * The name of a device: `cpu`; `auto`, a discrete GPU where there is one that can be used, otherwise the CPU; `webgpu`, a GPU that ONNX Runtime reaches through WebGPU; or `cuda`, a GPU of NVIDIA, the first one
 * or that of a number, such as `cuda:1`.
 *
 * @example
 * const ner = await load("my-model", { device: "webgpu" });
 */
export type DeviceName = (typeof deviceNames)[number];

/** A device that is not left to choose. */
export type ConcreteDevice = Exclude<DeviceName, "auto">;

/** A kind of device. */
export type DeviceKind = "cpu" | "webgpu" | "cuda";

/** Returns the kind of a device, and its number among those of this kind. */
export function deviceKind(device: ConcreteDevice): { readonly kind: DeviceKind; readonly index: number } {
  const [kind, index = "0"] = device.split(":");
  return { kind: kind as DeviceKind, index: Number(index) };
}

/** A number format of the computation. */
export type Format = "fp32" | "tf32" | "bf16" | "q8" | "int8";

/** What exists: the number formats that an engine computes in on a device. */
export const combinations: readonly {
  readonly engine: Exclude<EngineName, "auto">;
  readonly device: DeviceKind;
  readonly formats: readonly Format[];
}[] = [
  { engine: "onnxruntime", device: "cpu", formats: ["fp32", "q8", "int8"] },
  { engine: "onnxruntime", device: "webgpu", formats: ["fp32"] },
  { engine: "onnxruntime", device: "cuda", formats: ["fp32", "tf32", "bf16"] },
  { engine: "openvino", device: "cpu", formats: ["fp32", "bf16"] },
];

/** The formats that an engine has on a kind of device; with `auto`, those of any engine. */
export const formatsOf = (engine: EngineName, device: DeviceKind): readonly Format[] =>
  combinations
    .filter((each) => each.device === device && (engine === "auto" || each.engine === engine))
    .flatMap(({ formats }) => formats);
