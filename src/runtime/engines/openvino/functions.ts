/**
 * The functions of OpenVINO's C interface that Nerium calls: their result, then their arguments. `int` results are an
 * `ov_status_e`, 0 for success.
 *
 * Source: openvino/src/bindings/c/include/openvino/c/*.h of 2026.4. Enumerations change between releases, so no number of
 * one is written here: element types are read from the ports of each model.
 */
export const openvinoFunctions = {
  ov_get_openvino_version: ["int", "void *"],
  ov_version_free: ["void", "void *"],
  ov_get_last_err_msg: ["void *"],
  ov_get_error_info: ["str", "int"],
  ov_free: ["void", "void *"],
  ov_core_create: ["int", "void *"],
  ov_core_free: ["void", "void *"],
  ov_core_get_property: ["int", "void *", "str", "str", "void *"],
  ov_core_read_model: ["int", "void *", "str", "void *", "void *"],
  ov_core_read_model_from_memory_buffer: ["int", "void *", "void *", "size_t", "void *", "void *"],
  ov_core_compile_model_props: ["int", "void *", "void *", "str", "size_t", "void *", "void *"],
  ov_model_free: ["void", "void *"],
  ov_compiled_model_free: ["void", "void *"],
  ov_compiled_model_get_property: ["int", "void *", "str", "void *"],
  ov_compiled_model_inputs_size: ["int", "void *", "void *"],
  ov_compiled_model_outputs_size: ["int", "void *", "void *"],
  ov_compiled_model_input_by_index: ["int", "void *", "size_t", "void *"],
  ov_compiled_model_output_by_index: ["int", "void *", "size_t", "void *"],
  ov_compiled_model_create_infer_request: ["int", "void *", "void *"],
  ov_port_get_element_type: ["int", "void *", "void *"],
  ov_output_const_port_free: ["void", "void *"],
  ov_infer_request_set_input_tensor_by_index: ["int", "void *", "size_t", "void *"],
  ov_infer_request_set_output_tensor_by_index: ["int", "void *", "size_t", "void *"],
  ov_infer_request_get_output_tensor_by_index: ["int", "void *", "size_t", "void *"],
  ov_infer_request_start_async: ["int", "void *"],
  ov_infer_request_wait: ["int", "void *"],
  ov_infer_request_cancel: ["int", "void *"],
  ov_infer_request_get_profiling_info: ["int", "void *", "void *"],
  ov_profiling_info_list_free: ["void", "void *"],
  ov_infer_request_free: ["void", "void *"],
  ov_tensor_create: ["int", "int", "shape", "void *"],
  ov_tensor_create_from_host_ptr: ["int", "int", "shape", "void *", "void *"],
  ov_tensor_get_shape: ["int", "void *", "void *"],
  ov_tensor_data: ["int", "void *", "void *"],
  ov_tensor_free: ["void", "void *"],
  ov_shape_free: ["void", "void *"],
} as const;

export type FunctionName = keyof typeof openvinoFunctions;

/** An `ov_shape_t`, which is passed by value: the address of its dims, as int64. */
export interface Shape {
  readonly rank: number;
  readonly dims: bigint;
}

interface Types {
  int: number;
  size_t: number;
  str: string;
  "void *": bigint | null;
  void: undefined;
  shape: Shape;
}

type Signature<N extends FunctionName> = (typeof openvinoFunctions)[N];
type Arguments<S> = S extends readonly [unknown, ...infer A extends (keyof Types)[]]
  ? { [I in keyof A]: Types[A[I]] }
  : never;

/** The TypeScript type of a function in {@link openvinoFunctions}. */
export type NativeCall<N extends FunctionName> = (...args: Arguments<Signature<N>>) => Types[Signature<N>[0]];
