/** The engines that a user can name. `auto` is ONNX Runtime, or OpenVINO for bf16. */
export const engineNames = ["auto", "onnxruntime", "openvino"] as const;
export type EngineName = (typeof engineNames)[number];
