import { NeriumError } from "../errors.js";

/** ONNX Runtime has no build for this operating system and processor. */
export function platformUnsupported(platform: string, detail: string): NeriumError {
  const what = `ONNX Runtime is not available for ${platform}: ${detail}`;
  return new NeriumError("RUNTIME_PLATFORM_UNSUPPORTED", what, {
    remedy:
      "Use Linux with glibc (x64, arm64), macOS on Apple silicon or Windows (x64, arm64), or set NERIUM_ONNXRUNTIME to your own build of ONNX Runtime 1.x.",
  });
}

/** No shared library of ONNX Runtime was found in any of the searched places. */
export function runtimeLibraryMissing(searched: readonly string[]): NeriumError {
  return new NeriumError("RUNTIME_LIBRARY_MISSING", "The shared library of ONNX Runtime was not found", {
    where: searched.join(", "),
    remedy:
      "Install nerium again without --omit=optional (next to a bundle, too; in a clone, run npm run build), or set NERIUM_ONNXRUNTIME to the path of the library file.",
  });
}

/** koffi, which calls native code, is not installed or has no binary for this platform. */
export function koffiMissing(cause: unknown): NeriumError {
  return new NeriumError(
    "RUNTIME_KOFFI_MISSING",
    "Could not load the package koffi, which calls the engines",
    {
      remedy: "Install nerium again without --omit=optional, on a platform that koffi supports.",
      cause,
    },
  );
}

/** The library was found, but the system could not load it, or it is not ONNX Runtime 1.18 or later. */
export function libraryUnusable(file: string, reason: string, cause?: unknown): NeriumError {
  return new NeriumError("RUNTIME_LIBRARY_UNUSABLE", `Could not load ONNX Runtime: ${reason}`, {
    where: file,
    remedy:
      "Unset NERIUM_ONNXRUNTIME to use the packaged ONNX Runtime 1.30. Other versions from 1.18 may also work.",
    cause,
  });
}

/** A function of ONNX Runtime's interface failed outside a run. The status code and the message are ONNX Runtime's. */
export function callFailed(name: string, status: string, message: string): NeriumError {
  return new NeriumError("RUNTIME_CALL_FAILED", `ONNX Runtime failed in ${name} (${status}): ${message}`);
}

/** The system does not have enough memory for a buffer. */
export function memoryExhausted(byteLength: number): NeriumError {
  const what = `Not enough memory: the system could not allocate ${byteLength} bytes`;
  return new NeriumError("RUNTIME_MEMORY_EXHAUSTED", what, {
    remedy: "Use a smaller batch or model, or a machine with more memory.",
  });
}

/** The size of a buffer is invalid, or a view or tensor in it is out of bounds or misaligned. */
export function viewInvalid(what: string): NeriumError {
  return new NeriumError("RUNTIME_WINDOW_INVALID", what);
}

/** A buffer, session or binding is used after it was freed or disposed of. */
export function disposed(what: string): NeriumError {
  return new NeriumError("RUNTIME_DISPOSED", `${what} is used after it was disposed of`);
}

/** A buffer, session or binding is changed or disposed of while the engine may still use it. */
export function busy(what: string, remedy: string): NeriumError {
  return new NeriumError("RUNTIME_BUSY", what, { remedy });
}

/** An option of a session has a value that the engine cannot use. */
export function sessionOptionInvalid(option: string, what: string): NeriumError {
  return new NeriumError("RUNTIME_OPTION_INVALID", what, { where: option });
}

/** The model is invalid, or the engine does not accept it. */
export function modelInvalid(
  session: string,
  message: string,
  { status, engine = "ONNX Runtime" }: { readonly status?: string; readonly engine?: string } = {},
): NeriumError {
  const by = status === undefined ? "" : ` (${status})`;
  return new NeriumError("RUNTIME_MODEL_INVALID", `${engine} rejected the model${by}: ${message}`, {
    where: session,
  });
}

/** A model's input or output is not a tensor, or has an element type that the runtime does not support. */
export function valueUnsupported(session: string, name: string, what: string): NeriumError {
  return new NeriumError("RUNTIME_VALUE_UNSUPPORTED", `"${name}" of the model ${what}`, { where: session });
}

/** A tensor is bound to a name that the model does not have, or read from an output that was not bound for reading. */
export function nameUnknown(
  session: string,
  kind: string,
  name: string,
  known: readonly string[],
): NeriumError {
  const what = `The model has no ${kind} "${name}"; it has: ${known.join(", ") || "none"}`;
  return new NeriumError("RUNTIME_NAME_UNKNOWN", what, {
    where: session,
  });
}

/** A tensor's element type or dimensions differ from those that the model declares, or its block is from another engine. */
export function tensorMismatch(session: string, name: string, what: string): NeriumError {
  return new NeriumError("RUNTIME_TENSOR_MISMATCH", `"${name}": ${what}`, { where: session });
}

/** A run is requested while an input has no tensor or no output is bound, or an output is read before a run. */
export function bindingIncomplete(session: string, what: string): NeriumError {
  return new NeriumError("RUNTIME_BINDING_INCOMPLETE", what, { where: session });
}

/** The engine stopped a run with an error, for example because shapes do not fit together. */
export function runFailed(session: string, status: string, message: string): NeriumError {
  return new NeriumError("RUNTIME_RUN_FAILED", `The run failed (${status}): ${message}`, { where: session });
}

/** A run was ended early by `terminate()`. */
export function runAborted(session: string): NeriumError {
  return new NeriumError("RUNTIME_RUN_ABORTED", "The run was terminated", { where: session });
}

/** The command that installs OpenVINO. */
const INSTALL = "pip install openvino";

/** No shared library of OpenVINO was found in any of the searched places. */
export function openvinoMissing(searched: string): NeriumError {
  return new NeriumError("RUNTIME_OPENVINO_MISSING", "OpenVINO was not found", {
    where: searched,
    remedy: `Install it: ${INSTALL}. Or set NERIUM_OPENVINO to its folder or to the file libopenvino_c.`,
  });
}

/** OpenVINO was found, but it cannot be loaded, or parts of it are missing. */
export function openvinoUnusable(file: string, reason: string, cause?: unknown): NeriumError {
  return new NeriumError("RUNTIME_OPENVINO_UNUSABLE", `Could not load OpenVINO: ${reason}`, {
    where: file,
    remedy: `Install it again: ${INSTALL}. Or set NERIUM_OPENVINO to another copy of it.`,
    cause,
  });
}

/** OpenVINO was found in a version that Nerium was not tried with. */
export function openvinoVersionUnsupported(
  file: string,
  version: string,
  { year, release }: { readonly year: number; readonly release: number },
): NeriumError {
  const what = `OpenVINO ${version || "of an unknown version"} is not supported: Nerium needs ${year}.${release} or a later release of ${year}`;
  return new NeriumError("RUNTIME_OPENVINO_VERSION", what, {
    where: file,
    remedy: `Install a supported version: pip install "openvino>=${year}.${release},<${year + 1}"`,
  });
}

/** A function of OpenVINO's interface failed outside a run. The status and the message are OpenVINO's. */
export function openvinoCallFailed(name: string, status: string, message: string): NeriumError {
  return new NeriumError(
    "RUNTIME_OPENVINO_CALL_FAILED",
    `OpenVINO failed in ${name} (${status}): ${message}`,
  );
}

/** bf16 is asked for, but this processor or OpenVINO's plugin for it does not have it. */
export function bf16Unsupported(reason: string): NeriumError {
  return new NeriumError("RUNTIME_BF16_UNSUPPORTED", `This CPU cannot compute in bf16: ${reason}`, {
    remedy: "Leave bf16 out to compute in fp32, or use a CPU with AVX512_BF16 or AMX.",
  });
}

/** A device is asked for together with an engine or a number format that it does not have. */
export function deviceUnsupported(device: string, what: string, remedy: string): NeriumError {
  return new NeriumError("RUNTIME_DEVICE_UNSUPPORTED", `The device ${device} cannot be used with ${what}`, {
    remedy,
  });
}

/** A GPU is asked for, but ONNX Runtime finds none that it can use. */
export function webgpuUnavailable(reason: string, cause: unknown): NeriumError {
  return new NeriumError("RUNTIME_WEBGPU_UNAVAILABLE", `No GPU can be used through WebGPU: ${reason}`, {
    remedy:
      "Install the driver of the GPU, and on Linux libvulkan1. nerium devices shows the result. Or leave out the device, to compute on the CPU.",
    cause,
  });
}

/** The command that installs ONNX Runtime with CUDA. */
const INSTALL_CUDA = 'pip install "onnxruntime-gpu[cuda,cudnn]"';

/** CUDA is asked for, but no ONNX Runtime that has it was found in any of the searched places. */
export function cudaMissing(what: string, searched: string): NeriumError {
  return new NeriumError("RUNTIME_CUDA_MISSING", what, {
    where: searched,
    remedy: `Install it: ${INSTALL_CUDA}. Or set NERIUM_ONNXRUNTIME to its library (onnxruntime/capi/libonnxruntime.so.1…).`,
  });
}

/** An ONNX Runtime with CUDA was found in a version that Nerium does not support. */
export function cudaVersionUnsupported(file: string, version: string, least: number): NeriumError {
  const what = `ONNX Runtime ${version} is too old for the device cuda: Nerium needs 1.${least} or later`;
  return new NeriumError("RUNTIME_CUDA_VERSION", what, {
    where: file,
    remedy: `Install a later version: pip install --upgrade "onnxruntime-gpu[cuda,cudnn]>=1.${least}"`,
  });
}

/** ONNX Runtime has CUDA, but it cannot be used on this machine. */
export function cudaUnavailable(
  reason: string,
  {
    where,
    remedy = "Leave out the device, to compute on the CPU.",
    cause,
  }: { readonly where?: string; readonly remedy?: string; readonly cause?: unknown } = {},
): NeriumError {
  return new NeriumError("RUNTIME_CUDA_UNAVAILABLE", `No GPU can be used through CUDA: ${reason}`, {
    ...(where === undefined ? {} : { where }),
    remedy,
    cause,
  });
}

/** A GPU stopped working: its driver was reset, or it was removed. */
export function deviceLost(session: string, message: string): NeriumError {
  return new NeriumError("RUNTIME_DEVICE_LOST", `The GPU was lost: ${message}`, {
    where: session,
    remedy:
      "Start the program again: this process cannot use the GPU any more. If it happens often, look at the log of the system, and at the GPU's temperature, memory and driver.",
  });
}

/** A GPU does not have enough memory for a run. */
export function deviceMemoryExhausted(session: string, message: string): NeriumError {
  return new NeriumError("RUNTIME_MEMORY_EXHAUSTED", `Not enough memory on the GPU: ${message}`, {
    where: session,
    remedy: "Use a smaller batch or model, or a GPU with more memory.",
  });
}

/** bf16 is asked for, but so is an engine that does not have it. */
export function bf16NeedsOpenvino(): NeriumError {
  return new NeriumError("RUNTIME_BF16_ENGINE", "The engine onnxruntime cannot compute in bf16", {
    remedy: "Choose the engine openvino or auto, or leave bf16 out.",
  });
}
