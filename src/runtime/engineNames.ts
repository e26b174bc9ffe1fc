/** The engines that a user can name. `auto` is ONNX Runtime, or OpenVINO for bf16. */
export const engineNames = ["auto", "onnxruntime", "openvino"] as const;
/**
 * The name of an engine.
 *
 * @example
 * const ner = await load("my-model", { engine: "openvino", dtype: "bf16" });
 */
export type EngineName = (typeof engineNames)[number];
