import type { NeriumError } from "../../../errors.js";
import { cudaUnavailable, deviceLost, deviceMemoryExhausted } from "../../errors.js";

/** Texts of WebGPU's and CUDA's errors after which the device does not work any more, and of those about its memory. */
const MEMORY = /out of memory|failed to allocate memory|OutOfMemory|cudaErrorMemoryAllocation/i;
const LOST = /device (is |was |has been )?lost|MapAsyncStatus|CUDA failure (46|100|214|7\d\d|999)\b/i;

/** CUDA's provider loads this library of NVIDIA only when an operation needs it. */
const WITHOUT_CUDNN = /cuDNN is (not available|unavailable)/;

/** Returns the error that a failed run on a device stands for, or `undefined` if the device still works. */
export function deviceFailure(session: string, message: string): NeriumError | undefined {
  if (WITHOUT_CUDNN.test(message))
    return cudaUnavailable("NVIDIA's library cuDNN is missing", {
      where: session,
      remedy:
        'Install it: pip install "onnxruntime-gpu[cuda,cudnn]". Or leave out the device, to compute on the CPU.',
    });
  if (MEMORY.test(message)) return deviceMemoryExhausted(session, message);
  return LOST.test(message) ? deviceLost(session, message) : undefined;
}
